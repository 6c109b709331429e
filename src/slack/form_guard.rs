//! Guards an open form against a late update. While the lens reads an answer, the member may submit
//! the form or press a button in it. The result of the lens belongs to the earlier state of the form
//! then, and showing it would overwrite what the member sees now.

use crate::coach::ids::ViewId;
use parking_lot::Mutex;
use std::collections::HashMap;

/// The forms that are waiting for an update.
#[derive(Default)]
pub struct FormGuards(Mutex<HashMap<ViewId, Guarded>>);

#[derive(Default)]
struct Guarded {
    /// How many guards exist for this form.
    guards: usize,
    /// How often the member has acted in it.
    revision: u64,
}

/// Watches one form from its creation until it is dropped.
pub struct FormGuard<'a> {
    guards: &'a FormGuards,
    view: &'a ViewId,
    revision: u64,
}

impl FormGuards {
    /// Starts watching a form.
    pub fn guard<'a>(&'a self, view: &'a ViewId) -> FormGuard<'a> {
        let mut forms = self.0.lock();
        let form = forms.entry(view.clone()).or_default();
        form.guards = form.guards.saturating_add(1);
        FormGuard { guards: self, view, revision: form.revision }
    }

    /// Notes that the member acted in a form: every update that is prepared for it is superseded.
    pub fn supersede(&self, view: &ViewId) {
        if let Some(form) = self.0.lock().get_mut(view) {
            form.revision = form.revision.wrapping_add(1);
        }
    }
}

impl FormGuard<'_> {
    /// Whether the member has acted in the form since the guard was created.
    pub fn is_superseded(&self) -> bool {
        self.guards.0.lock().get(self.view).is_none_or(|form| form.revision != self.revision)
    }
}

impl Drop for FormGuard<'_> {
    fn drop(&mut self) {
        let mut forms = self.guards.0.lock();
        if let Some(form) = forms.get_mut(self.view) {
            form.guards = form.guards.saturating_sub(1);
            if form.guards == 0 {
                forms.remove(self.view);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_supersedes_every_guard_of_that_form_and_no_other() {
        let (guards, one, other) =
            (FormGuards::default(), ViewId::parse("V1").unwrap(), ViewId::parse("V2").unwrap());
        let (first, second, elsewhere) = (guards.guard(&one), guards.guard(&one), guards.guard(&other));
        guards.supersede(&one);
        assert!(first.is_superseded() && second.is_superseded() && !elsewhere.is_superseded());
        assert!(!guards.guard(&one).is_superseded(), "a new guard starts from the present state");
        drop((first, second, elsewhere));
        assert!(guards.0.lock().is_empty(), "no form is guarded any more");
        guards.supersede(&one);
        assert!(guards.0.lock().is_empty());
    }
}
