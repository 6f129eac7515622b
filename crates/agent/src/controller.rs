//! The one owner of state, with one event loop: decides nothing about timing (the engine does), touches nothing of
//! the machine itself (the ports do).
//!
//! It alone knows more than one feature: each gets [`Core`] and what concerns it, and leaves what concerns another as a
//! [`FollowUp`].

mod adding;
mod arranging;
mod connecting;
mod console;
mod copying;
mod core;
mod device_wait;
mod editing;
mod effects;
mod handing_out;
mod http_port;
mod listening;
mod lock;
mod locking;
mod publish;
mod questions;
mod remembering;
mod removing;
mod replacing;
mod settings;
mod signing_in;
mod sinks;
mod token_results;
mod updating;
mod webhook;
mod work;

use std::{fmt, sync::Arc};

use glowjar_ims::{Client, ClientSettings, Endpoint};
use glowjar_lifecycle::{
    engine::Engine,
    id::ProfileId,
    input::Input,
    time::{Step, Timestamp},
};
use glowjar_protocol::message::{Answer, Ask, HttpAnswer, Reason, TOKEN_PATH};
use tokio::sync::{mpsc, oneshot, watch};

pub use self::settings::client_for;
pub use crate::{agent::Agent, event::HostEvent};

use self::{
    copying::{Clipboard, Wanted},
    core::{BuiltInSandbox, Core, Host, Journal, Tasks},
    editing::ProfileChanges,
    handing_out::Callers,
    http_port::HttpPort,
    listening::Listening,
    lock::{Lock, LockedBy},
    publish::{Parts, Publisher},
    questions::Questions,
    replacing::Replacing,
    settings::Settings,
    signing_in::SigningIn,
    sinks::Sinks,
    updating::Updating,
    webhook::Webhook,
};
use crate::{
    clock::{Clock, Jump, Sleep},
    draft, environment,
    event::{Asker, Deferred, Event, FollowUp, Waiting},
    fault_injection::{InjectedFault, is_committed},
    folders::Folders,
    handout::{Caller, Record, http::HttpApi, refused},
    history::{self, Entry, History, HistoryFile},
    keychain::KeychainThread,
    managed::Managed,
    permissions::PermissionsFile,
    ports::{Desk, Keychain, Presence, Sandbox, Shell, Updates},
    preferences::{KeptPreferences, Preferences, PreferencesStore},
    presets,
    profile::Profile,
    profiles::{PendingRemoval, ProfileRuntimes, Profiles, ProfilesFile},
    request::{CopyFormat, Reply, Request},
    secret_store::SecretStore,
    sinks::SinksFile,
    timed::{Due, Timed},
    token_requests::Requests,
    tray::Click,
    view::{
        BannerView, Choices, Language, PermissionsView, Preset, ProgramsView, SettingsView,
        Snapshot,
    },
};

/// The machine as the controller uses it.
pub struct Ports {
    pub clock: Clock,
    pub keychain: Arc<dyn Keychain>,
    pub shell: Arc<dyn Shell>,
    pub sandbox: Arc<dyn Sandbox>,
    pub presence: Arc<dyn Presence>,
    pub preferences: Arc<dyn PreferencesStore>,
    pub updates: Arc<dyn Updates>,
    /// Who may ask over HTTP.
    pub http_api: HttpApi,
    pub client: Client,
    /// What `client` was made from, for another one when proxy or certificates change.
    pub client_settings: ClientSettings,
}

impl fmt::Debug for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ports").field("clock", &self.clock).finish_non_exhaustive()
    }
}

/// What was found when the application started.
#[derive(Debug)]
pub struct InitialState {
    pub version: String,
    pub profiles_file: ProfilesFile,
    pub profiles: Vec<Profile>,
    pub sinks_file: SinksFile,
    pub permissions_file: PermissionsFile,
    /// Removed shortly before the application ended.
    pub leaving: Vec<PendingRemoval>,
    pub history_file: HistoryFile,
    /// The person's, most wanted first, as `de-AT`.
    pub languages: Vec<String>,
    pub preferences: Preferences,
    /// What the studio's admin has set over them.
    pub managed: Managed,
    pub folders: Folders,
    /// Trouble met so far, such as a settings file that was kept aside.
    pub banners: Vec<BannerView>,
    /// Decides the jitter and the ids of new profiles; random, and never the same twice on one machine.
    pub seed: u64,
}

impl InitialState {
    /// The language of everything that is said.
    #[must_use]
    pub fn language(&self) -> Language {
        Language::resolve(self.preferences.choices.language, &self.languages)
    }

    /// The person's choices, with what the studio's admin set in place of some.
    #[must_use]
    pub fn choices(&self) -> Choices {
        self.managed.over(&self.preferences.choices)
    }
}

/// Starts the controller on the current tokio runtime. It ends when the last [`Agent`] is dropped or after
/// [`HostEvent::Quitting`].
pub fn start(ports: Ports, beginning: InitialState) -> Agent {
    let (events, inbox) = mpsc::unbounded_channel();
    let language = beginning.language();
    let settings = beginning.preferences.view(&beginning.folders);
    let (published, snapshots) =
        watch::channel(Snapshot::empty(beginning.version.clone(), settings));
    let keychain_changed = {
        let events = events.downgrade();
        Arc::new(move || {
            if let Some(events) = events.upgrade() {
                let _ = events.send(Event::Happened(HostEvent::KeychainChanged));
            }
        })
    };
    let mut banners = beginning.banners;
    let sinks = Sinks::open(beginning.sinks_file, language, &mut banners);
    let now = ports.clock.now();
    let questions = Questions::open(beginning.permissions_file, now, language, &mut banners);
    environment::show(&mut banners, &ports.client, &beginning.preferences, language);
    let desk = Desk::new(ports.shell.clone());
    let core = Core {
        engine: Engine::new(beginning.seed),
        clock: ports.clock,
        profiles: Profiles::new(
            beginning.profiles_file,
            beginning.profiles,
            beginning.leaving,
            beginning.seed,
        ),
        runtimes: ProfileRuntimes::default(),
        secret_store: SecretStore::new(KeychainThread::start(ports.keychain, keychain_changed)),
        requests: Requests::default(),
        client: ports.client,
        sandbox: BuiltInSandbox { port: ports.sandbox, url: None },
        host: Host {
            shell: ports.shell,
            presence: ports.presence,
            folders: beginning.folders,
            version: beginning.version,
        },
        language,
        preferences: KeptPreferences::new(
            beginning.preferences,
            beginning.managed,
            ports.preferences,
        ),
        banners,
        journal: Journal {
            history: History::open(beginning.history_file),
            record: Record::default(),
        },
        lock: Lock::default(),
        tasks: Tasks::new(events.downgrade()),
    };
    let controller = Controller {
        core,
        settings: Settings::new(ports.client_settings, beginning.languages),
        changes: ProfileChanges::default(),
        replacing: Replacing::default(),
        signing_in: SigningIn::default(),
        clipboard: Clipboard::default(),
        callers: Callers::default(),
        questions,
        sinks,
        http: HttpPort::new(ports.http_api, snapshots.clone()),
        updating: Updating::new(ports.updates),
        webhook: Webhook::default(),
        listening: Listening::default(),
        publisher: Publisher::new(published),
    };
    tokio::spawn(controller.run(inbox));
    Agent::new(events, snapshots, desk)
}

struct Controller {
    core: Core,
    settings: Settings,
    changes: ProfileChanges,
    replacing: Replacing,
    signing_in: SigningIn,
    clipboard: Clipboard,
    callers: Callers,
    questions: Questions,
    sinks: Sinks,
    http: HttpPort,
    updating: Updating,
    webhook: Webhook,
    listening: Listening,
    publisher: Publisher,
}

impl Controller {
    #[expect(clippy::disallowed_methods, reason = "the one place that waits for a time")]
    async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Event>) {
        self.begin().await;
        settings::take_settings_into_use(&mut self.core);
        self.changes.removal.finish_leaving(&mut self.core);
        self.replacing.begin(&self.core);
        self.core.journal.history.note(self.core.clock.now(), None, Entry::Started);
        let mut sleep = Sleep::new(self.core.clock.clone());
        loop {
            self.drain_effects();
            let parts = self.parts();
            self.publisher.publish(&mut self.core, parts);
            let changed = self.publisher.take_changed(self.webhook.looks_at_all(&self.core));
            let changed: Vec<_> = changed.collect();
            self.listening.look(&self.core, changed.iter().map(|(profile, _)| *profile));
            self.webhook.look(&mut self.core, changed);
            let deadline = self.deadline();
            tokio::select! {
                // What has happened comes before what is due, so that the same facts tell the same story.
                biased;
                event = inbox.recv() => match event {
                    Some(Event::Happened(HostEvent::Quitting)) | None => break,
                    Some(event) => self.handle(event),
                },
                () = sleep.until(deadline) => {}
            }
            self.look_at_the_clock();
        }
        self.clipboard.clear_if_held(None);
        self.core.journal.history.note(self.core.clock.now(), None, Entry::Ended);
        self.core.journal.history.keep();
    }

    /// Profiles of the built-in sandbox need its address before they can ask for anything.
    async fn begin(&mut self) {
        let core = &mut self.core;
        let leaving = core.profiles.leaving().iter().map(|leaving| &leaving.profile);
        let is_of_sandbox = |profile: &Profile| profile.source.preset == Preset::Sandbox;
        if core.profiles.iter().chain(leaving).any(is_of_sandbox) {
            match core.sandbox.port.start().await {
                Ok(offer) => core.sandbox.url = Endpoint::parse(&offer.url).ok(),
                Err(error) => tracing::warn!(%error, "the sandbox did not start"),
            }
        }
        let now = core.clock.now();
        for profile in core.profiles.iter() {
            let input = Input::ProfileAdded {
                profile: profile.id,
                policy: profile.policy(core.preferences.renew_early()),
                paused: profile.paused,
            };
            core.engine.handle_input(now, input);
            for input in profile.refused.remembered(profile.id) {
                core.engine.handle_input(now, input);
            }
        }
    }

    /// Effects are carried out, features get what others left to them, and whoever waits is served.
    fn drain_effects(&mut self) {
        loop {
            if let Some(effect) = self.core.engine.poll_effect() {
                effects::execute(&mut self.core, effect);
            } else if let Some(follow_up) = self.core.tasks.next_follow_up() {
                self.follow(follow_up);
            } else {
                break;
            }
        }
        self.clipboard.serve_copies(&mut self.core);
        self.questions.tend_questions(&mut self.core);
        self.callers.serve_callers(&mut self.core);
        self.updating.follow_the_choice(&mut self.core);
    }

    fn follow(&mut self, follow_up: FollowUp) {
        let core = &mut self.core;
        match follow_up {
            FollowUp::ClearClipboard { of } => self.clipboard.clear_if_held(of),
            FollowUp::Locked => {
                self.clipboard.clear_if_held(None);
                self.questions.locked();
            }
            FollowUp::Supply(profile) => {
                if !self.listening.withholds(core, profile) {
                    self.sinks.supply(core, profile);
                }
            }
            FollowUp::SuppliesEnd(profile) => self.sinks.supplies_end(core, profile),
            FollowUp::ForgetProfile(profile) => {
                self.sinks.sinks_of_removed(core, profile);
                self.questions.forget_profile(profile);
                self.replacing.plan_reminder(core, profile);
            }
            FollowUp::AnsweredAfterRemoval(profile, issued) => {
                self.changes.removal.answered_after_removal(core, profile, *issued);
            }
            FollowUp::Granted(it, reply) => {
                let (parsed, secrets) = *it;
                self.changes.signed_in(core, parsed, secrets, reply);
            }
            FollowUp::Made(parsed, reply) => self.changes.store_made(core, *parsed, reply),
            FollowUp::SignedOut(profile, secrets) => {
                self.changes.removal.end_sign_in(core, profile, *secrets, None);
            }
            FollowUp::Saved(profile) => {
                self.signing_in.saved(core, profile);
                self.replacing.plan_reminder(core, profile);
            }
            FollowUp::GoOn(profile, waiting) => {
                let Waiting { want, until, caller, reply, allowed } = waiting;
                match want {
                    Deferred::Token(ask) => {
                        self.callers.token_allowed(core, profile, ask, until, (caller, reply));
                    }
                    Deferred::Sink(target) => {
                        self.sinks.sink_added(core, profile, target, reply);
                    }
                    Deferred::Admission => drop(reply.send(handing_out::admission(core, profile))),
                    want @ Deferred::HttpApi => {
                        let waiting = Waiting { want, until, caller, reply, allowed };
                        self.questions.http_api_wanted(core, waiting);
                    }
                }
            }
        }
    }

    fn handle(&mut self, event: Event) {
        let core = &mut self.core;
        match event {
            Event::Asked { request, asker, desk, reply } => {
                self.asked(request, asker, &desk, reply);
            }
            Event::Wanted { ask, caller, reply } => self.wanted(ask, caller, reply),
            Event::Clicked(click, desk) => self.clicked(click, &desk),
            Event::Happened(happening) => self.happened(happening),
            Event::Supplied { profile, fingerprint, results } => {
                self.sinks.supplied(core, profile, &fingerprint, results);
            }
            Event::LetIn { profile, name, answer, desk, reply } => {
                self.let_in(profile, name, answer, &desk, reply);
            }
            Event::SettingsConnected { outcome, reply } => {
                connecting::file_connected(core, outcome, reply);
            }
            Event::SettingsRead { outcome, asker, reply } => match outcome {
                Ok(text) => self.changes.imports.understand(core, (&text, None), asker, reply),
                Err(error) => connecting::refuse(core, &error, reply),
            },
            Event::SinkLookedAt { number, result } => {
                self.sinks.sink_looked_at(core, number, result);
            }
            Event::Opened { profile, outcome } => token_results::opened(core, profile, outcome),
            Event::Rechecked { profile, attempt, outcome } => {
                token_results::rechecked(core, profile, attempt, outcome);
            }
            Event::Answered { profile, attempt, outcome } => {
                token_results::answered(core, profile, attempt, outcome);
            }
            Event::Stored { profile, generation, credential, outcome } => {
                token_results::stored(core, profile, generation, &credential, outcome);
            }
            Event::Verified { profile, generation, verification } => {
                token_results::verified(core, profile, generation, verification);
            }
            Event::Checked { profile, generation, report, reply } => {
                token_results::checked(core, profile, generation, &report, reply);
            }
            Event::RequestPanicked { profile, attempt } => {
                token_results::request_panicked(core, profile, attempt);
            }
            Event::DraftStored { profile, outcome } => {
                self.changes.draft_stored(core, profile, outcome);
            }
            Event::Tried { trial, outcome, reply } => {
                self.changes.tried(core, *trial, outcome, reply);
            }
            Event::SecretTried { trial, verdict, reply } => {
                replacing::tried(core, *trial, verdict, reply);
            }
            Event::ConsoleAsked { profile, outcome, reply } => {
                console::asked(core, profile, outcome, reply);
            }
            Event::LeftBehind { profile, outcome } => {
                self.changes.removal.left_behind(core, profile, outcome);
            }
            Event::SecretsDeleted { profile, outcome } => {
                self.changes.removal.secrets_deleted(core, profile, outcome);
            }
            Event::Revoked { profile, secrets, outcome } => {
                self.changes.removal.revoked(core, profile, secrets, outcome);
            }
            Event::SignedOut { leaving, secrets, outcome, reply } => {
                self.changes.removal.signed_out(core, leaving, *secrets, outcome, reply);
            }
            Event::ClientMade { change, outcome, reply } => {
                self.settings.client_made(core, change, outcome, reply);
            }
            Event::SignInPrepared { number, outcome } => {
                self.signing_in.prepared(core, number, outcome);
            }
            Event::DeviceAuthorized { number, outcome } => {
                self.signing_in.device_authorized(core, number, outcome);
            }
            Event::DevicePolled { number, outcome } => {
                self.signing_in.device_polled(core, number, outcome);
            }
            Event::SignInArrived { number, address, reply } => {
                self.signing_in.arrived(core, number, &address, reply);
            }
            Event::SignInExchanged { number, outcome } => {
                self.signing_in.exchanged(core, number, outcome);
            }
            Event::PersonTold { profile, person } => {
                signing_in::person_told(core, profile, person);
            }
            Event::WebhookStored { server, outcome, reply } => {
                self.webhook.stored(core, server, outcome, reply);
            }
            Event::WebhookTried { outcome, reply } => Webhook::tried(core, outcome, reply),
            Event::WebhookDelivered { server, profile, needs_person, outcome } => {
                self.webhook.delivered(core, &server, (profile, needs_person), outcome);
            }
            Event::UpdateLookedFor { outcome } => self.updating.looked_for(core, outcome),
            Event::UpdateInstalled { outcome, reply } => {
                self.updating.installed(core, outcome, reply);
            }
            Event::UpdatePanicked => self.updating.panicked(core),
            Event::KeeperHeard { profile, number, heard } => {
                self.listening.heard(core, profile, number, heard);
            }
            Event::IdleTimeTold { idle } => locking::idle_time_told(core, idle),
            Event::FileWritten { outcome, reply } => arranging::file_written(core, outcome, reply),
            Event::SandboxStarted { outcome, reply } => {
                self.changes.sandbox_started(core, outcome, reply);
            }
            Event::SandboxStartedFor { profile, attempt, slot, outcome } => {
                effects::sandbox_started_for(core, profile, attempt, slot, outcome);
            }
        }
    }

    fn happened(&mut self, happening: HostEvent) {
        let core = &mut self.core;
        match happening {
            HostEvent::KeychainChanged => {
                self.changes.removal.keychain_changed(core.clock.now());
                core.input(Input::KeychainChanged);
            }
            HostEvent::Woke => {
                self.changes.removal.woke(core.clock.now());
                self.listening.woke(core);
                core.input(Input::Woke);
            }
            HostEvent::ScreenLocked => {
                // What a person allowed "until locked" ends with it, also where the screen does not lock Glowjar.
                self.questions.locked();
                locking::screen_locked(core);
            }
            HostEvent::ScreenUnlocked => locking::screen_unlocked(core),
            HostEvent::ScreenLockWatched { works } => core.lock.screen_lock_watched(works),
            HostEvent::BannerRaised(banner) => {
                core.banners.retain(|known| known.code != banner.code);
                if !core.preferences.dismissed_banners.contains(&banner.code) {
                    core.banners.push(banner);
                }
            }
            HostEvent::HttpApiChanged => self.http.http_api_changed(core),
            HostEvent::TurnedAway => self.http.turned_away(core),
            HostEvent::ManagedSettingsRead(managed) => self.settings.manage(core, *managed),
            HostEvent::BannerCleared { code } => core.banners.retain(|known| known.code != code),
            HostEvent::Quitting => {}
        }
    }

    fn look_at_the_clock(&mut self) {
        let mut jumps = self.core.clock.observe();
        if is_committed(InjectedFault::ClockStepsUnheard) {
            jumps.clear();
        }
        // A sleep before a step is told on the clock that was, or its time would be moved as well.
        let stepped = jumps.iter().fold(Step::from_millis(0), |sum, jump| match jump {
            Jump::Stepped(step) => sum.then(*step),
            Jump::Slept(_) => sum,
        });
        let mut now = self.core.clock.now().shifted(stepped.until(Step::from_millis(0)));
        for jump in jumps {
            match jump {
                Jump::Stepped(step) => {
                    now = now.shifted(step);
                    tracing::info!(event = "clock_set", millis = step.as_millis());
                    for timed in self.timed() {
                        timed.shift(step);
                    }
                    self.core.engine.handle_input(now, Input::ClockStepped(step));
                }
                Jump::Slept(span) => {
                    tracing::info!(event = "woke");
                    locking::slept(&mut self.core, span);
                    self.changes.imports.woke(now);
                    self.listening.woke(&self.core);
                    self.core.engine.handle_input(now, Input::Woke);
                }
            }
        }
        let now = self.core.clock.now();
        self.core.engine.handle_timeout(now);
        let due: Vec<_> = self.timed().into_iter().filter_map(|timed| timed.on_time(now)).collect();
        let core = &mut self.core;
        for due in due {
            match due {
                Due::ClipboardCleared => self.clipboard.clear_if_held(None),
                Due::SinksRetried => self.sinks.supply_again(core),
                Due::IdleTimeAsked => locking::ask_idle_time(core),
                Due::PortRetried => self.http.open_port_again(core, now),
                Due::TrialsSent => self.changes.send_waiting_trials(core, now),
                Due::SecretReminded => self.replacing.remind(core, now),
                Due::WebhookSent => self.webhook.send_again(core),
                Due::KeepersTried => self.listening.try_again(core, now),
                Due::SignInAsked => self.signing_in.poll_device(core),
                Due::SignInOver => self.signing_in.time_is_over(core),
                Due::SecretsDeleted => self.changes.removal.delete_secrets_again(core, now),
                Due::UpdateLookedFor => self.updating.look(core),
                Due::RemovalFinished => self.changes.removal.finish_removal(core),
            }
        }
    }

    fn deadline(&mut self) -> Timestamp {
        let engine = self.core.engine.poll_timeout().map(|wakeup| wakeup.at);
        let others = self.timed().into_iter().filter_map(|timed| timed.deadline()).min();
        engine.into_iter().chain(others).min().unwrap_or(Timestamp::FAR_FUTURE)
    }

    /// Everything with times of its own, but for the engine, which is told of the clock as of everything else.
    fn timed(&mut self) -> [&mut dyn Timed; 18] {
        [
            &mut self.core.secret_store,
            &mut self.core.requests,
            &mut self.core.runtimes,
            &mut self.changes.saves,
            &mut self.changes.imports,
            &mut self.changes.removal,
            &mut self.replacing,
            &mut self.signing_in,
            &mut self.clipboard,
            &mut self.callers,
            &mut self.questions,
            &mut self.sinks,
            &mut self.core.lock,
            &mut self.core.journal.history,
            &mut self.http.http_api,
            &mut self.updating,
            &mut self.webhook,
            &mut self.listening,
        ]
    }

    fn asked(
        &mut self,
        request: Request,
        asker: Asker,
        desk: &Desk,
        reply: oneshot::Sender<Reply>,
    ) {
        match request {
            Request::Snapshot => {
                let _ = reply.send(Reply::Snapshot {
                    snapshot: self.publisher.snapshot(&self.core, self.parts()),
                });
            }
            Request::Presets => {
                let language = self.core.language;
                let _ = reply.send(Reply::Presets {
                    presets: presets::offered(language),
                    apis: presets::apis(language),
                    families: presets::families(language),
                });
            }
            Request::RefreshNow { profile } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    this.core.input(Input::RefreshRequested { profile });
                    let _ = reply.send(Reply::Done);
                })
            }
            Request::CopyToken { profile } => {
                let wanted = Wanted::Clipboard(CopyFormat::Token);
                self.for_profile(&profile, reply, |this, profile, reply| {
                    this.clipboard.copy(&mut this.core, profile, wanted, desk, Some(reply));
                })
            }
            Request::CopyAs { profile, format } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    this.clipboard.copy(
                        &mut this.core,
                        profile,
                        Wanted::Clipboard(format),
                        desk,
                        Some(reply),
                    );
                })
            }
            Request::SavePostman { profile } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    this.clipboard.copy(
                        &mut this.core,
                        profile,
                        Wanted::Postman,
                        desk,
                        Some(reply),
                    );
                })
            }
            Request::CopyDetails { profile } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    this.clipboard.copy_details(&this.core, profile, desk, reply);
                })
            }
            Request::ClearClipboard => {
                self.clipboard.clear_clipboard(&self.core);
                let _ = reply.send(Reply::Done);
            }
            Request::CheckAccess { profile } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    token_results::check_access(&this.core, profile, reply);
                })
            }
            Request::DraftOf { profile } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    let Some(config) = this.core.profiles.get(&profile) else { return };
                    let credential =
                        this.core.secret_store.secrets(profile).map(|secrets| &secrets.credential);
                    let _ = reply.send(Reply::Draft { draft: draft::view(config, credential) });
                })
            }
            Request::CheckDraft { profile, draft, understood } => self.changes.check_draft(
                &self.core,
                profile.as_deref(),
                draft,
                understood.as_deref(),
                reply,
            ),
            Request::SaveProfile { profile, draft, understood, anyway } => {
                self.changes.save_profile(
                    &mut self.core,
                    profile.as_deref(),
                    draft,
                    understood.as_deref(),
                    anyway,
                    reply,
                )
            }
            Request::Understand { text, api } => {
                let api = api.as_deref().and_then(glowjar_import::api);
                self.changes.imports.understand(&self.core, (&text, api), asker, reply)
            }
            Request::DraftOfUnderstood { handle } => {
                self.changes.imports.draft_of_understood(&self.core, &handle, reply)
            }
            Request::AddUnderstood { handle, name, anyway } => {
                self.changes.add_understood(&mut self.core, &handle, name, anyway, &asker, reply)
            }
            Request::SignIn { draft, redirect, way } => {
                let desk = matches!(asker, Asker::Person).then_some(desk);
                self.signing_in.begin(&mut self.core, draft, (way, &redirect), desk, reply);
            }
            Request::SignInAgain { profile, way } => {
                let desk = matches!(asker, Asker::Person).then_some(desk);
                self.for_profile(&profile, reply, |this, profile, reply| {
                    this.signing_in.begin_again(&mut this.core, (profile, way), desk, reply);
                })
            }
            Request::ReopenSignIn => self.signing_in.reopen(&self.core, desk, reply),
            Request::PasteSignIn { text } => self.signing_in.pasted(&mut self.core, &text, reply),
            Request::CancelSignIn => self.signing_in.cancel(&mut self.core, reply),
            Request::ReplaceSecret { profile, text } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    replacing::replace(&this.core, profile, &text, reply);
                })
            }
            Request::ConfirmSecretGone { profile } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    replacing::confirm_gone(&this.core, profile, reply);
                })
            }
            Request::SetConsole { profile, page } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    console::set(&mut this.core, profile, &page, reply);
                })
            }
            Request::ListSecrets { profile } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    console::list(&this.core, profile, reply);
                })
            }
            Request::MakeSecret { profile } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    console::make(&this.core, profile, reply);
                })
            }
            Request::TryMadeSecret { profile } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    replacing::try_made(&this.core, profile, reply);
                })
            }
            Request::DropLostSecret { profile } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    console::drop_lost(&this.core, profile, reply);
                })
            }
            Request::DeleteOldSecret { profile } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    console::delete_old(&this.core, profile, reply);
                })
            }
            Request::PlanSecret { profile, replace_by } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    this.replacing.plan(&mut this.core, profile, replace_by, reply);
                })
            }
            Request::Rename { profile, name } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    arranging::rename(&mut this.core, profile, &name, reply);
                })
            }
            Request::Reorder { profiles } => arranging::reorder(&mut self.core, &profiles, reply),
            Request::Duplicate { profile } => self.for_profile(
                &profile,
                reply,
                |this, profile, reply| match arranging::duplicate(&this.core, profile) {
                    Ok(copy) => this.changes.store_draft(&mut this.core, copy, reply),
                    Err(refused) => drop(reply.send(*refused)),
                },
            ),
            Request::SetDefault { profile } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    let chosen = Some(profile.to_string());
                    this.core
                        .preferences
                        .change(|preferences| preferences.default_profile = chosen);
                    let _ = reply.send(Reply::Done);
                })
            }
            Request::RemoveProfile { profile, revoke } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    this.changes.removal.remove_profile(&mut this.core, profile, revoke, reply);
                })
            }
            Request::SignOut { profile } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    this.changes.removal.sign_out(&mut this.core, profile, reply);
                })
            }
            Request::UndoRemove => self.changes.removal.undo_remove(&mut self.core, reply),
            Request::Pause { profile } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    editing::set_paused(&mut this.core, profile, true, reply);
                })
            }
            Request::Resume { profile } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    editing::set_paused(&mut this.core, profile, false, reply);
                })
            }
            Request::Lock => {
                locking::lock(&mut self.core, LockedBy::Hand);
                let _ = reply.send(Reply::Done);
            }
            Request::Unlock => {
                locking::unlock(&mut self.core);
                let _ = reply.send(Reply::Done);
            }
            Request::TrySandbox => editing::try_sandbox(&self.core, reply),
            Request::UnlockKeychain => {
                self.core.secret_store.keychain().unlock();
                let _ = reply.send(Reply::Done);
            }
            Request::OpenAccountPage => {
                desk.open_url(ACCOUNT_PAGE);
                let _ = reply.send(Reply::Done);
            }
            Request::OpenNetworkSignIn => {
                desk.open_url(ANY_PLAIN_PAGE);
                let _ = reply.send(Reply::Done);
            }
            Request::OpenClockSettings => {
                if desk.open_clock_settings() {
                    let _ = reply.send(Reply::Done);
                } else {
                    self.core.refuse(reply, "no_clock_settings", &[]);
                }
            }
            Request::InstallUpdate => self.updating.install(&mut self.core, reply),
            Request::DismissBanner { code } => {
                arranging::dismiss_banner(&mut self.core, code);
                let _ = reply.send(Reply::Done);
            }
            Request::ChangeSettings { from, to } => {
                self.settings.change_settings(&mut self.core, from, to, reply)
            }
            Request::SetWebhook { address, signing_secret } => {
                Webhook::set(&self.core, &address, &signing_secret, reply);
            }
            Request::TryWebhook => Webhook::try_out(&self.core, reply),
            Request::OpenLogFolder => {
                let folder = self.core.host.folders.logs.clone();
                if desk.open_folder(&folder) {
                    let _ = reply.send(Reply::Done);
                } else {
                    let path = folder.display().to_string();
                    self.core.refuse(reply, "folder_not_opened", &[("path", &path)]);
                }
            }
            Request::ExportDiagnostics => {
                let snapshot = self.publisher.snapshot(&self.core, self.parts());
                arranging::export_diagnostics(&self.core, snapshot, reply);
            }
            Request::Programs { profile } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    let _ = reply.send(Reply::Programs { programs: this.programs_of(profile) });
                })
            }
            Request::AskFirst { profile, wanted } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    this.questions.set_asks_first(&mut this.core, profile, wanted, reply);
                })
            }
            Request::Permissions => {
                let permissions = self.permissions();
                let _ = reply.send(Reply::Permissions { permissions });
            }
            Request::AnswerQuestion { question, consent } => {
                self.questions.answer_question(&mut self.core, question, consent, reply)
            }
            Request::ForgetPermission { number } => {
                self.questions.forget_permission(&self.core, number, reply)
            }
            Request::RemoveSink { number } => self.sinks.remove_sink(&mut self.core, number, reply),
            Request::RemoveConsumer { name } => self.http.remove_consumer(&self.core, &name, reply),
            Request::RemovePassing { name } => self.http.remove_passing(&name, reply),
            Request::Recipes { profile } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    let recipes = connecting::recipes(&this.core, profile);
                    let _ = reply.send(Reply::Recipes { recipes });
                })
            }
            Request::LetIn { profile, name } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    this.http.let_in(&this.core, profile, &name, desk, reply);
                })
            }
            Request::ConnectFile { profile, path, step } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    connecting::connect_file(&this.core, profile, &path, step, reply);
                })
            }
            Request::UnderstandFile { path } => {
                connecting::read_file(&self.core, &path, asker, reply);
            }
            Request::History { profile, since } => {
                self.for_profile(&profile, reply, |this, profile, reply| {
                    let history = remembering::strip_of(&this.core, profile, since);
                    let _ = reply.send(Reply::History { history });
                })
            }
        }
    }

    /// Menu items arrive here even when they are shown disabled, so each is checked again.
    fn clicked(&mut self, click: Click, desk: &Desk) {
        let unheard = || oneshot::channel().0;
        let wanted = |format| Wanted::Clipboard(format);
        match click {
            Click::CopyToken { profile } => {
                self.copy_on_click(&profile, wanted(CopyFormat::Token), desk)
            }
            Click::CopyAs { profile, format } => self.copy_on_click(&profile, wanted(format), desk),
            Click::SavePostman { profile } => self.copy_on_click(&profile, Wanted::Postman, desk),
            Click::CopyDefault => match self.core.default_profile() {
                Some(profile) => self.clipboard.copy(
                    &mut self.core,
                    profile,
                    wanted(CopyFormat::Token),
                    desk,
                    None,
                ),
                None => copying::tell_of_no_default(&self.core),
            },
            Click::ClearClipboard => self.clipboard.clear_clipboard(&self.core),
            Click::RefreshNow { profile } => {
                self.asked(Request::RefreshNow { profile }, Asker::Person, desk, unheard());
            }
            Click::Pause { profile } => {
                self.asked(Request::Pause { profile }, Asker::Person, desk, unheard());
            }
            Click::Resume { profile } => {
                self.asked(Request::Resume { profile }, Asker::Person, desk, unheard());
            }
            Click::SignIn { profile } => {
                let request = Request::SignInAgain { profile, way: None };
                self.asked(request, Asker::Person, desk, unheard());
                desk.show_window();
            }
            Click::AnswerQuestion { question, consent } => {
                self.questions.answer_question(&mut self.core, question, consent, unheard());
            }
            Click::Lock => locking::lock(&mut self.core, LockedBy::Hand),
            Click::Unlock | Click::OpenWindow => desk.show_window(),
            Click::Quit => desk.quit(),
        }
    }

    fn copy_on_click(&mut self, profile: &str, wanted: Wanted, desk: &Desk) {
        if let Some(id) = self.core.profile_named(profile).map(|profile| profile.id) {
            self.clipboard.copy(&mut self.core, id, wanted, desk, None);
        }
    }

    fn for_profile(
        &mut self,
        id: &str,
        reply: oneshot::Sender<Reply>,
        serve: impl FnOnce(&mut Self, ProfileId, oneshot::Sender<Reply>),
    ) {
        match self.core.profile_named(id).map(|profile| profile.id) {
            Some(profile) => serve(self, profile, reply),
            None => self.core.refuse(reply, "unknown_profile", &[]),
        }
    }

    /// Another program asks for a token, or for something else that is a program's business.
    fn wanted(&mut self, ask: Ask, caller: Caller, reply: oneshot::Sender<Answer>) {
        let core = &mut self.core;
        let until = core.clock.now() + questions::PATIENCE;
        match ask {
            Ask::Token(_) | Ask::Admit { .. } if core.lock.is_locked() => {
                if let Some(refusal) = locking::refusal_while_locked(core) {
                    let _ = reply.send(refusal);
                }
            }
            Ask::Token(ask) => {
                let until = handing_out::patience(core, ask.timeout);
                if let Some((profile, reply)) =
                    handing_out::meant(core, ask.profile.as_deref(), reply)
                {
                    let waiting = Waiting::new(Deferred::Token(ask), until, (caller, reply));
                    self.questions.with_leave(core, profile, waiting);
                }
            }
            Ask::Refresh { profile, timeout } => {
                if let Some((profile, reply)) = handing_out::meant(core, profile.as_deref(), reply)
                {
                    self.callers.refresh_wanted(core, profile, timeout, (caller, reply));
                }
            }
            // The conversation asks again after each change.
            Ask::Status | Ask::Watch => {
                let _ =
                    reply.send(Answer::Status(handing_out::status_of(core, core.profiles.ids())));
            }
            Ask::Log => {
                let _ = reply.send(core.journal.record.answer());
            }
            Ask::Lock => {
                locking::lock(core, LockedBy::Hand);
                let _ = reply.send(Answer::Locked);
            }
            Ask::Sinks => {
                let _ = reply.send(self.sinks.sinks_answer(core));
            }
            Ask::AddSink { profile, target } => {
                if let Some((profile, reply)) = handing_out::meant(core, profile.as_deref(), reply)
                {
                    let want = Deferred::Sink(target);
                    let waiting = Waiting::new(want, until, (caller, reply));
                    self.questions.with_leave(core, profile, waiting);
                }
            }
            Ask::Admit { profile, .. } => {
                if let Some((profile, reply)) = handing_out::meant(core, profile.as_deref(), reply)
                {
                    let waiting = Waiting::new(Deferred::Admission, until, (caller, reply));
                    self.questions.with_leave(core, profile, waiting);
                }
            }
            Ask::RemoveSink { number } => self.sinks.sink_removed(core, number, reply),
            // Who may ask over HTTP is the HTTP API's business; whether the caller may change that, is ours.
            Ask::AddHttp { .. } | Ask::RenewHttp { .. } | Ask::MoveHttp => {
                let waiting = Waiting::new(Deferred::HttpApi, until, (caller, reply));
                self.questions.http_api_wanted(core, waiting);
            }
            // What is left of that is the HTTP API's, and new profiles come the window's way.
            Ask::Http
            | Ask::RemoveHttp { .. }
            | Ask::Understand { .. }
            | Ask::Import { .. }
            | Ask::SignIn { .. }
            | Ask::PasteSignIn { .. } => {
                let _ = reply.send(refused(Reason::Usage, "here", "This is not asked here", ""));
            }
            // The conversation goes on the window's way with the profile that is meant.
            Ask::Check { profile } => {
                if let Some((profile, reply)) = handing_out::meant(core, profile.as_deref(), reply)
                {
                    let _ = reply.send(Answer::Status(handing_out::status_of(core, &[profile])));
                }
            }
        }
    }

    /// Programs as a person sees them: who took tokens, and where tokens go by themselves.
    fn programs_of(&self, profile: ProfileId) -> ProgramsView {
        let core = &self.core;
        let day = core.clock.now().as_millis() - DAY;
        ProgramsView {
            asks_first: core.profiles.get(&profile).is_some_and(|profile| profile.asks_first),
            permissions: self.questions.permissions_of(core, profile),
            takers: history::takers(core.journal.history.of(profile), day, core.language),
            sinks: self.sinks.sinks_view(core, profile),
            consumers: self.http.http_api.names(),
        }
    }

    fn permissions(&self) -> PermissionsView {
        PermissionsView {
            permissions: self.questions.permissions(&self.core),
            consumers: self.http.consumers(&self.core),
        }
    }

    /// A program was let in: its secret goes to the clipboard, and nowhere else.
    fn let_in(
        &mut self,
        profile: ProfileId,
        name: String,
        answer: Answer,
        desk: &Desk,
        reply: oneshot::Sender<Reply>,
    ) {
        let core = &mut self.core;
        self.http.http_api_changed(core);
        let (url, secret) = match answer {
            Answer::Http(HttpAnswer { url: Some(url), secret: Some(secret), .. }) => (url, secret),
            Answer::Failed(refusal) => {
                return core.refuse(reply, "let_in", &[("cause", &refusal.message)]);
            }
            _ => return core.refuse(reply, "let_in", &[("cause", "")]),
        };
        match self.clipboard.hold(core, profile, desk, &secret) {
            Ok(clears_at) => {
                let token_url = format!("{url}{}", TOKEN_PATH);
                let clears_at = clears_at.as_millis();
                let _ = reply.send(Reply::LetIn { name, token_url, clears_at });
            }
            // Nobody has its secret.
            Err(code) => {
                let _ = self.http.http_api.remove(&name);
                self.http.http_api_changed(core);
                core.refuse(reply, code, &[]);
            }
        }
    }

    /// What the features show of themselves in the next snapshot.
    fn parts(&self) -> Parts {
        let (questions, sinks) = (self.questions.revision(), self.sinks.revision());
        Parts {
            questions: self.questions.questions_view(&self.core),
            clipboard: self.clipboard.view(),
            sign_in: self.signing_in.view(&self.core),
            undo: self.changes.removal.undo_view(&self.core),
            settings: SettingsView {
                updates_are_offered: self.updating.is_offered(),
                ..settings::settings_view(&self.core)
            },
            programs_revision: questions + sinks + self.http.revision(),
        }
    }
}

/// Milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1_000;
const ACCOUNT_PAGE: &str = "https://account.adobe.com/";
/// Answered over plain HTTP on purpose, so that a network can put its sign-in there.
const ANY_PLAIN_PAGE: &str = "http://detectportal.firefox.com/canonical.html";
