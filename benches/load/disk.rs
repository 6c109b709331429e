//! The disk under a measurement: this machine's, or the same with every sync taking a millisecond
//! longer, which is the kind that the design counts on. A library that is loaded first does that (Linux,
//! with the C compiler that SQLite needs anyway); both sides of a comparison get it.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

const SLOW: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
static void nap(void) { struct timespec ms = {0, 1000000}; nanosleep(&ms, 0); }
int fdatasync(int fd) { int done = ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd); nap(); return done; }
int fsync(int fd) { int done = ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd); nap(); return done; }
"#;

pub enum Disk {
    ThisOne,
    Slowed { library: PathBuf },
}

impl Disk {
    /// Makes the library in a folder.
    pub fn slowed(folder: &Path) -> Self {
        let (source, library) = (folder.join("slow.c"), folder.join("slow.so"));
        std::fs::write(&source, SLOW).unwrap();
        let made = Command::new("cc")
            .args(["-shared", "-fPIC", "-O2", "-o"])
            .arg(&library)
            .arg(&source)
            .arg("-ldl")
            .status();
        assert!(made.unwrap().success(), "cc did not make the library");
        Self::Slowed { library }
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::ThisOne => "this disk",
            Self::Slowed { .. } => "this disk, each sync 1 ms longer",
        }
    }

    /// Puts a process on it.
    pub fn under(&self, command: &mut Command) {
        if let Self::Slowed { library } = self {
            command.env("LD_PRELOAD", library);
        }
    }
}
