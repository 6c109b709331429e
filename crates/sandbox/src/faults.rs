//! What goes wrong: calls that fail, tokens that are refused, connections that break, acknowledgements that
//! are lost.

use crate::{
    Sandbox, deliver,
    workspace::{Fault, Served},
};
use std::sync::PoisonError;

/// Makes things fail. Made by [`Sandbox::faults`].
#[derive(Clone, Copy)]
pub struct Faults<'a>(pub(crate) &'a Sandbox);

impl Faults<'_> {
    /// From now on the file host hands out what was uploaded like this.
    pub fn serve_files(self, served: Served) {
        self.0.inner.change(|state| state.served = served);
    }

    /// The next call of a method (`*`: of any) fails so.
    pub fn fail(self, method: &str, fault: Fault) {
        self.0.inner.change(|state| state.faults.push_back((method.to_owned(), fault)));
    }

    /// From now on every call of a method fails so, until it is mended.
    pub fn fail_always(self, method: &str, fault: Fault) {
        self.0.inner.change(|state| state.standing_faults.insert(method.to_owned(), fault));
    }

    /// A method of [`Self::fail_always`] works again.
    pub fn mend(self, method: &str) {
        self.0.inner.change(|state| state.standing_faults.remove(method));
    }

    /// The bot's token is refused with this code (`account_inactive`, `org_login_required`), until it is
    /// taken again (`None`).
    pub fn refuse_token(self, code: Option<&str>) {
        self.0.inner.change(|state| state.token_error = code.map(str::to_owned));
    }

    /// From now on neither reaches the other: calls and connections break, events wait for their retries,
    /// commands and taps fail.
    pub fn goes_dark(self) {
        self.0.inner.change(|state| (state.unreachable, state.deliveries_fail) = (true, true));
        self.cut_connections();
    }

    /// From now on Slack cannot reach the app, which still reaches Slack.
    pub fn loses_the_app(self) {
        self.0.inner.change(|state| state.deliveries_fail = true);
    }

    /// Ends [`Self::goes_dark`] and [`Self::loses_the_app`]. Events whose retries are not over come
    /// when those are due: see [`crate::Deliveries::retry_due`].
    pub fn comes_back(self) {
        self.0.inner.change(|state| (state.unreachable, state.deliveries_fail) = (false, false));
    }

    /// Cuts every Socket Mode connection without a word.
    pub fn cut_connections(self) {
        deliver::cut_connections(&self.0.inner);
    }

    /// Tells every Socket Mode connection that it is about to be replaced, as Slack does hourly.
    pub fn send_disconnect(self) {
        deliver::send_disconnect(&self.0.inner);
    }

    /// The next acknowledgements are lost on the way.
    pub fn lose_next_acks(self, count: u32) {
        self.0.inner.delivery.lock().unwrap_or_else(PoisonError::into_inner).lose_acks = count;
    }
}
