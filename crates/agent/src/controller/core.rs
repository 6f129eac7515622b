//! What every feature may use: the clock, the engine, profiles and their secrets, the language, what is told and written
//! down. The state of a feature is not here.

use std::{collections::VecDeque, future::Future, sync::Arc};

use glowjar_ims::{Client, Endpoint, Technical};
use glowjar_lifecycle::{
    engine::Engine,
    failure::Failure,
    id::ProfileId,
    input::Input,
    status::{Status, TokenStatus, Trouble},
};
use tokio::{
    sync::{mpsc, oneshot},
    task::AbortHandle,
};

use super::lock::Lock;
use crate::{
    clock::Clock,
    event::{Event, FollowUp},
    folders::Folders,
    handout::{Caller, Record, fingerprint},
    history::{Entry, History},
    notices::{Notice, Urgency},
    ports::{Presence, Sandbox, Shell},
    preferences::KeptPreferences,
    profile::Profile,
    profile_view,
    profiles::{ProfileRuntimes, Profiles, ProfilesFileError},
    request::Reply,
    secret_store::SecretStore,
    texts,
    token_requests::Requests,
    view::{BannerView, Language, ProfileView, SecretApiView},
};

pub(super) struct Core {
    pub engine: Engine,
    pub clock: Clock,
    pub profiles: Profiles,
    pub runtimes: ProfileRuntimes,
    pub secret_store: SecretStore,
    pub requests: Requests,
    pub client: Client,
    pub sandbox: BuiltInSandbox,
    pub host: Host,
    pub language: Language,
    pub preferences: KeptPreferences,
    pub banners: Vec<BannerView>,
    pub journal: Journal,
    pub lock: Lock,
    pub tasks: Tasks,
}

impl Core {
    /// Tells the engine.
    pub(super) fn input(&mut self, input: Input) {
        self.engine.handle_input(self.clock.now(), input);
    }

    pub(super) fn status(&self, profile: ProfileId) -> Option<Status> {
        self.engine.status(profile, self.clock.now())
    }

    /// The profile's live token.
    pub(super) fn current(&self, profile: ProfileId) -> Option<TokenStatus> {
        self.status(profile)?.token.filter(|token| token.live)
    }

    pub(super) fn fingerprint_of(&self, profile: ProfileId) -> Option<String> {
        self.secret_store.access_token(profile).map(fingerprint)
    }

    /// The profile by its id as text, as window and tray name it.
    pub(super) fn profile_named(&self, id: &str) -> Option<&Profile> {
        self.profiles.get(&id.parse().ok()?)
    }

    /// Empty for one that is gone.
    pub(super) fn name_of(&self, profile: ProfileId) -> &str {
        self.profiles.get(&profile).map(|profile| profile.name.as_str()).unwrap_or_default()
    }

    /// The chosen one, or else the first.
    pub(super) fn default_profile(&self) -> Option<ProfileId> {
        let chosen = self.preferences.default_profile.as_deref();
        let chosen = chosen.and_then(|id| id.parse().ok());
        let chosen = chosen.filter(|id| self.profiles.contains(id));
        chosen.or_else(|| self.profiles.ids().first().copied())
    }

    pub(super) fn view_of(&self, profile: &Profile, status: &Status) -> ProfileView {
        let runtime = self.runtimes.get(profile.id).cloned().unwrap_or_default();
        let provider = profile.provider(self.sandbox.url.as_ref());
        let has_console = provider.as_ref().is_some_and(|it| it.console.is_some());
        let token_endpoint =
            provider.map(|provider| provider.token_endpoint.to_string()).unwrap_or_default();
        let mut view =
            profile_view::profile(profile, status, &runtime, token_endpoint, self.language);
        view.checks.life_is_assumed = self.secret_store.life_is_assumed(profile.id);
        if let (Some(signed_in), Some(secrets)) =
            (&mut view.client.signed_in, self.secret_store.secrets(profile.id))
        {
            signed_in.renews = secrets.credential.refresh_token.is_some();
        }
        if let (Some(secret), Some(held)) =
            (&mut view.client.secret, self.secret_store.secrets(profile.id))
        {
            secret.has_standby = held.credential.standby_secret.is_some();
            secret.api = has_console.then(|| SecretApiView {
                is_set_up: profile.console.is_some(),
                step: held.credential.step(profile.console.as_ref()),
            });
        }
        view.is_default = self.default_profile() == Some(profile.id);
        view
    }

    /// Changes one profile in the list. True if that could be saved.
    pub(super) fn change_profile(
        &mut self,
        profile: ProfileId,
        reply: oneshot::Sender<Reply>,
        change: impl FnOnce(&mut Profile),
    ) -> bool {
        let changed = self.profiles.change(|list| list.get_mut(profile).map(change));
        self.answer_change(changed, reply)
    }

    pub(super) fn answer_change<T>(
        &self,
        changed: Result<T, ProfilesFileError>,
        reply: oneshot::Sender<Reply>,
    ) -> bool {
        match &changed {
            Ok(_) => drop(reply.send(Reply::Done)),
            Err(error) => self.refuse(reply, "profiles_file", &[("cause", &error.to_string())]),
        }
        changed.is_ok()
    }

    /// Why not, with the words of the catalogue: `id` is that of a message there, without `failed-`.
    pub(super) fn failed(&self, id: &str, arguments: &[(&'static str, &str)]) -> Reply {
        Reply::failed(self.language, id, arguments)
    }

    pub(super) fn refuse(
        &self,
        reply: oneshot::Sender<Reply>,
        id: &str,
        arguments: &[(&'static str, &str)],
    ) {
        let _ = reply.send(self.failed(id, arguments));
    }

    /// For a click in the tray, which has no window to answer into.
    pub(super) fn tell_of_failure(&self, reply: &Reply) {
        if let Reply::Failed { message, advice, .. } = reply {
            self.host.shell.raise(&Notice {
                id: "copy".to_owned(),
                title: message.clone(),
                body: advice.clone(),
                urgency: Urgency::Normal,
                buttons: Vec::new(),
            });
        }
    }

    pub(super) fn note(&mut self, profile: ProfileId, entry: Entry) {
        self.journal.history.note(self.clock.now(), Some(profile), entry);
    }

    pub(super) fn note_failure(
        &mut self,
        profile: ProfileId,
        failure: Failure,
        technical: &Technical,
    ) {
        let trouble = match failure {
            Failure::Transient { cause, .. } => Trouble::Transient(cause),
            Failure::Permanent(cause) => Trouble::Rejected(cause),
        };
        let code = texts::trouble(Language::En, trouble, "").code.to_owned();
        let parts = [technical.status.map(|status| status.to_string()), technical.error.clone()];
        let detail = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let detail = (!detail.is_empty()).then_some(detail);
        self.note(profile, Entry::Failed { code, detail, times: 1 });
    }

    /// Somebody has the token now. Goes into the log, the record and the history, none of which sees it.
    pub(super) fn taken(&mut self, profile: ProfileId, caller: &Caller, format: &str) {
        let Some(config) = self.profiles.get(&profile) else { return };
        let (name, now) = (config.name.as_str(), self.clock.now());
        let (program, pid) = (caller.program.line(), caller.pid);
        tracing::info!(event = "handed_out", name, program, pid, format);
        self.journal.record.add(now, caller, (profile, name), format);
        self.journal.history.handed_out(now, profile, caller, format);
    }
}

/// What happened, for a person to look back at.
pub(super) struct Journal {
    pub history: History,
    /// Which programs got tokens.
    pub record: Record,
}

/// The machine and the installation.
pub(super) struct Host {
    pub shell: Arc<dyn Shell>,
    pub presence: Arc<dyn Presence>,
    pub folders: Folders,
    /// Glowjar's own.
    pub version: String,
}

/// The identity server that is built in, and its address while it runs.
pub(super) struct BuiltInSandbox {
    pub port: Arc<dyn Sandbox>,
    pub url: Option<Endpoint>,
}

/// Work that goes on beside the controller's loop and reports to it, and what comes right after the event at hand.
pub(super) struct Tasks {
    /// Weak, so that the controller ends when nobody can speak to it any more.
    events: mpsc::WeakUnboundedSender<Event>,
    follow_ups: VecDeque<FollowUp>,
}

impl Tasks {
    pub(super) const fn new(events: mpsc::WeakUnboundedSender<Event>) -> Self {
        Self { events, follow_ups: VecDeque::new() }
    }

    /// Leaves something to a feature that this one does not know.
    pub(super) fn then(&mut self, follow_up: FollowUp) {
        self.follow_ups.push_back(follow_up);
    }

    pub(super) fn next_follow_up(&mut self) -> Option<FollowUp> {
        self.follow_ups.pop_front()
    }

    /// Starts work whose outcome comes back as an event. If it panics, `if_it_panics` comes back instead: whatever is
    /// marked as under way for this work has to end with it. A reply that the work held is dropped, which answers it.
    pub(super) fn start(
        &self,
        if_it_panics: Option<Event>,
        work: impl Future<Output = Event> + Send + 'static,
    ) -> AbortHandle {
        let mut guard = PanicGuard { events: self.events.clone(), event: if_it_panics };
        let task = tokio::spawn(async move {
            let event = work.await;
            guard.event = None;
            if let Some(events) = guard.events.upgrade() {
                let _ = events.send(event);
            }
        });
        task.abort_handle()
    }

    /// Absent when the application is about to end.
    pub(super) fn events(&self) -> Option<mpsc::UnboundedSender<Event>> {
        self.events.upgrade()
    }
}

/// Sends its event if the task that holds it panics. One that is aborted just ends.
struct PanicGuard {
    events: mpsc::WeakUnboundedSender<Event>,
    event: Option<Event>,
}

impl Drop for PanicGuard {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        tracing::error!(event = "task_panicked", outcome = ?self.event);
        if let (Some(event), Some(events)) = (self.event.take(), self.events.upgrade()) {
            let _ = events.send(event);
        }
    }
}
