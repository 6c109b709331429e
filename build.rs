//! A new file in `migrations/` changes no line of Rust; this makes cargo notice it all the same.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
