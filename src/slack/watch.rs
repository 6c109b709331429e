//! Forms that are about to be changed by themselves. Whoever acts in one meanwhile has moved it on, and
//! what was to be shown in it must not come over what it shows now.

use crate::coach::ids::ViewId;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The forms that somebody watches.
#[derive(Default)]
pub struct Forms(Mutex<HashMap<ViewId, Watched>>);

#[derive(Default)]
struct Watched {
    by: usize,
    moves: u64,
}

/// A form under watch, from its making to its end.
pub struct Watch<'a> {
    forms: &'a Forms,
    view: &'a ViewId,
    moves: u64,
}

impl Forms {
    /// Watches a form.
    pub fn watch<'a>(&'a self, view: &'a ViewId) -> Watch<'a> {
        let mut watched = self.lock();
        let form = watched.entry(view.clone()).or_default();
        form.by = form.by.saturating_add(1);
        Watch { forms: self, view, moves: form.moves }
    }

    /// Its member acted in a form.
    pub fn moved_on(&self, view: &ViewId) {
        if let Some(form) = self.lock().get_mut(view) {
            form.moves = form.moves.wrapping_add(1);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ViewId, Watched>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch<'_> {
    /// Whether the member has acted in it since.
    pub fn has_moved_on(&self) -> bool {
        self.forms.lock().get(self.view).is_none_or(|form| form.moves != self.moves)
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let mut watched = self.forms.lock();
        if let Some(form) = watched.get_mut(self.view) {
            form.by = form.by.saturating_sub(1);
            if form.by == 0 {
                watched.remove(self.view);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_acts_in_a_form_moves_it_on_for_all_who_watch_it() {
        let (forms, one, other) =
            (Forms::default(), ViewId::parse("V1").unwrap(), ViewId::parse("V2").unwrap());
        let (first, second, elsewhere) = (forms.watch(&one), forms.watch(&one), forms.watch(&other));
        forms.moved_on(&one);
        assert!(first.has_moved_on() && second.has_moved_on() && !elsewhere.has_moved_on());
        assert!(!forms.watch(&one).has_moved_on(), "what comes after knows the form as it is");
        drop((first, second, elsewhere));
        assert!(forms.lock().is_empty(), "nobody watches any more");
        forms.moved_on(&one);
        assert!(forms.lock().is_empty());
    }
}
