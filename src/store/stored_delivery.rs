//! What is stored with a delivery key. A file of its own, because the key cache of `group_commit` and the
//! statements of `delivery_keys.rs` both need it.

/// A delivery that was processed before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDelivery {
    /// What it did, such as `reflection:01J…`; never text.
    pub effect: Option<String>,
}
