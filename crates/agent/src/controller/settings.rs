//! What a person chooses, checked field by field and taken into use at once.

use std::fs;

use glowjar_ims::{Client, ClientError, ClientSettings, ProxyChoice};
use tokio::sync::oneshot;

use super::{arranging::apply_renew_early, core::Core, locking};
use crate::{
    choices::{CLEAR_CLIPBOARD_AFTER, LOCK_AFTER, parse_proxy},
    draft, environment,
    event::{Event, Network, SettingsChange},
    localization::FieldError,
    managed::{IGNORED, Managed},
    ports::{ShortcutError, StartAtLoginError},
    preferences::ChoicesEdit,
    request::{Field, FieldTrouble, Reply},
    view::{Action, BannerView, Choices, Language, Level, ManagedKey, ProxyView, SettingsView},
};

/// What settings are applied to, beside the features that read them.
pub(super) struct Settings {
    /// What the client is made from when proxy or certificates change.
    client_settings: ClientSettings,
    /// The person's, most wanted first, as `de-AT`.
    system_languages: Vec<String>,
    /// The certificates that the studio's admin set, if they could not be used, and why. It goes without.
    unusable_ca: Option<(String, FieldError)>,
}

pub(super) fn settings_view(core: &Core) -> SettingsView {
    SettingsView {
        screen_lock_is_told: core.lock.screen_lock_is_told(),
        idleness_is_told: core.lock.idleness_is_told(),
        managed: Box::new(core.preferences.managed().view(core.language)),
        ..core.preferences.view(&core.host.folders)
    }
}

/// What was chosen in an earlier run and takes effect outside of this process.
pub(super) fn take_settings_into_use(core: &mut Core) {
    locking::watch_for_idleness(core);
    start_at_login_as_managed(core);
    show_ignored(core);
    let Some(keys) = core.preferences.choices.copy_shortcut.clone() else { return };
    if let Err(error) = core.host.shell.copy_shortcut(Some(&keys)) {
        let cause = error.to_string();
        let said = core.language.tell("banner-shortcut", &[("keys", &keys), ("cause", &cause)]);
        core.banners.push(BannerView {
            code: "shortcut".to_owned(),
            level: Level::Soon,
            headline: said.headline,
            advice: said.advice,
            action: Some(Action::OpenSettings),
            dismissible: true,
            cause: said.cause,
        });
    }
}

/// The system keeps it beyond this process: what the studio set is set at each start, and what the person chose once the studio
/// sets it no longer.
fn start_at_login_as_managed(core: &mut Core) {
    let is_managed = core.preferences.managed().sets(ManagedKey::StartAtLogin);
    if !is_managed && !core.preferences.login_was_managed {
        return;
    }
    if let Err(cause) = core.host.shell.start_at_login(core.preferences.choices.start_at_login) {
        tracing::warn!(event = "start_at_login", %cause);
    }
    core.preferences.change(|preferences| preferences.login_was_managed = is_managed);
}

/// One quiet line if some of what the studio's admin set does not count: the person can do nothing but tell them.
fn show_ignored(core: &mut Core) {
    core.banners.retain(|banner| !banner.code.starts_with(IGNORED));
    let Some(code) = core.preferences.managed().code_of_ignored() else { return };
    if core.preferences.dismissed_banners.contains(&code) {
        return;
    }
    let said = core.language.tell("banner-managed", &[]);
    core.banners.push(BannerView {
        code,
        level: Level::Off,
        headline: said.headline,
        advice: said.advice,
        action: Some(Action::OpenSettings),
        dismissible: true,
        cause: None,
    });
}

impl Settings {
    pub(super) const fn new(
        client_settings: ClientSettings,
        system_languages: Vec<String>,
    ) -> Self {
        Self { client_settings, system_languages, unusable_ca: None }
    }

    /// Each by itself: one that can't be had stays as it was and is answered at its field, and the others change.
    pub(super) fn change_settings(
        &mut self,
        core: &mut Core,
        from: Choices,
        mut to: Choices,
        reply: oneshot::Sender<Reply>,
    ) {
        let mut faults: Vec<(Field, FieldError)> = Vec::new();
        for field in core.preferences.managed().defend(&from, &mut to) {
            faults.push((field, FieldError::new("managed")));
        }
        if !CLEAR_CLIPBOARD_AFTER.contains(&to.clear_clipboard_after_seconds) {
            faults.push((Field::ClearClipboardAfterSeconds, FieldError::new("clear_clipboard")));
            to.clear_clipboard_after_seconds = from.clear_clipboard_after_seconds;
        }
        if let Err(fault) = draft::parse_renew_early(to.renew_early_minutes) {
            faults.push((Field::RenewEarlyMinutes, fault));
            to.renew_early_minutes = from.renew_early_minutes;
        }
        if to.lock_after_minutes.is_some_and(|minutes| !LOCK_AFTER.contains(&minutes)) {
            faults.push((Field::LockAfterMinutes, FieldError::new("lock_after")));
            to.lock_after_minutes = from.lock_after_minutes;
        }
        if let Err(fault) = parse_proxy(&to.proxy) {
            faults.push((Field::Proxy, fault));
            to.proxy = from.proxy.clone();
        }
        let is_said = |text: &String| !text.trim().is_empty();
        to.extra_ca = to.extra_ca.filter(is_said);
        to.copy_shortcut = to.copy_shortcut.filter(is_said);
        let edit = ChoicesEdit::between(from, to);
        let network = self.network(&core.preferences.choices);
        let change = Box::new(SettingsChange { edit, network, faults });
        self.client_made(core, change, Ok(core.client.clone()), reply);
    }

    /// Takes into use what the studio's admin set, over what the person chose and without losing that.
    pub(super) fn manage(&mut self, core: &mut Core, managed: Managed) {
        if managed == *core.preferences.managed() {
            return;
        }
        let before = core.preferences.choices.clone();
        let network = self.network(&before);
        core.preferences.manage(managed);
        tracing::info!(event = "managed_settings_changed");
        start_at_login_as_managed(core);
        show_ignored(core);
        // A file that could not be used may be another by now.
        self.unusable_ca = None;
        self.take_into_use(core, &before);
        if self.network(&core.preferences.choices) != network {
            let nothing = core.preferences.own().choices.clone();
            let edit = ChoicesEdit::between(nothing.clone(), nothing);
            let change = Box::new(SettingsChange { edit, network, faults: Vec::new() });
            self.client_made(core, change, Ok(core.client.clone()), oneshot::channel().0);
        }
    }

    /// What the client is to be made with.
    fn network(&self, choices: &Choices) -> Network {
        let mut network = Network::of(choices);
        let unusable = self.unusable_ca.as_ref().map(|(path, _)| path);
        network.extra_ca.take_if(|path| Some(&*path) == unusable);
        network
    }

    /// Certificates take a while to read.
    fn make_client(&self, core: &Core, change: Box<SettingsChange>, reply: oneshot::Sender<Reply>) {
        let base = self.client_settings.clone();
        let Network { extra_ca, proxy } = change.network.clone();
        core.tasks.start(None, async move {
            let made =
                tokio::task::spawn_blocking(move || client(base, extra_ca.as_deref(), &proxy));
            let outcome = made.await.unwrap_or_else(|error| {
                Err((Field::ExtraCa, FieldError::with("extra_ca_unreadable", "cause", error)))
            });
            Event::ClientMade { change, outcome, reply }
        });
    }

    pub(super) fn client_made(
        &mut self,
        core: &mut Core,
        change: Box<SettingsChange>,
        outcome: Result<Client, (Field, FieldError)>,
        reply: oneshot::Sender<Reply>,
    ) {
        let SettingsChange { edit, network, mut faults } = *change;
        let (now, managed) = (&core.preferences.own().choices, core.preferences.managed());
        // Others may have been made since.
        let mut choices = edit.applied_to(now);
        let wanted = self.network(&managed.over(&choices));
        match outcome {
            Ok(client) if wanted == network => core.client = client,
            Ok(_) => {
                let change = SettingsChange { edit, network: wanted, faults };
                return self.make_client(core, Box::new(change), reply);
            }
            // Nobody at this computer can mend it, and everything else is not to suffer.
            Err((Field::ExtraCa, fault))
                if managed.sets(ManagedKey::ExtraCa) && network.extra_ca.is_some() =>
            {
                self.unusable_ca = network.extra_ca.map(|path| (path, fault));
                let network = self.network(&managed.over(&choices));
                let change = SettingsChange { edit, network, faults };
                return self.make_client(core, Box::new(change), reply);
            }
            Err(fault) => {
                faults.push(fault);
                choices.extra_ca.clone_from(&now.extra_ca);
                choices.proxy.clone_from(&now.proxy);
            }
        }
        if choices.copy_shortcut != now.copy_shortcut
            && let Err(error) = core.host.shell.copy_shortcut(choices.copy_shortcut.as_deref())
        {
            faults.push((Field::CopyShortcut, shortcut_fault(&error)));
            // The one before still holds, if it can.
            let _ = core.host.shell.copy_shortcut(now.copy_shortcut.as_deref());
            choices.copy_shortcut.clone_from(&now.copy_shortcut);
        }
        if choices.start_at_login != now.start_at_login
            && let Err(error) = core.host.shell.start_at_login(choices.start_at_login)
        {
            let code = match error {
                StartAtLoginError::ProgramGone(_) => "start_at_login_program_gone",
                StartAtLoginError::Refused(_) => "start_at_login",
            };
            let fault = FieldError::with(code, "cause", error.to_string());
            faults.push((Field::StartAtLogin, fault));
            choices.start_at_login = now.start_at_login;
        }
        if faults.is_empty() || choices != *now {
            self.take_over(core, choices);
        }
        let _ = reply.send(if faults.is_empty() { Reply::Done } else { invalid(core, faults) });
    }

    fn take_over(&mut self, core: &mut Core, choices: Choices) {
        let before = core.preferences.choices.clone();
        core.preferences.change(|preferences| preferences.choices = choices);
        self.take_into_use(core, &before);
    }

    fn take_into_use(&mut self, core: &mut Core, before: &Choices) {
        let idleness_counts_anew =
            before.lock_after_minutes != core.preferences.choices.lock_after_minutes;
        if idleness_counts_anew {
            locking::watch_for_idleness(core);
        }
        core.language =
            Language::resolve(core.preferences.choices.language, &self.system_languages);
        core.banners.retain(|banner| !OF_SETTINGS.contains(&banner.code.as_str()));
        environment::show(&mut core.banners, &core.client, &core.preferences, core.language);
        if let Some((_, fault)) = &self.unusable_ca {
            let cause = with_cause(fault, core.language);
            let said = core.language.tell("banner-network_settings", &[("cause", &cause)]);
            core.banners.push(BannerView::lasting("network_settings", said));
        }
        apply_renew_early(core);
        tracing::info!(event = "settings_changed");
    }
}

fn invalid(core: &Core, faults: Vec<(Field, FieldError)>) -> Reply {
    let fields = faults.into_iter().map(|fault| trouble(fault, core.language)).collect();
    Reply::Invalid { fields }
}

/// A client with the proxy and certificates that were chosen, made from `base` otherwise.
///
/// # Errors
/// The file or the address can't be used; says so in a sentence, with what the system said about it.
pub fn client_for(
    choices: &Choices,
    base: ClientSettings,
    language: Language,
) -> Result<Client, String> {
    client(base, choices.extra_ca.as_deref(), &choices.proxy)
        .map_err(|(_, fault)| with_cause(&fault, language))
}

fn with_cause(fault: &FieldError, language: Language) -> String {
    match fault.cause() {
        Some(cause) => format!("{} ({cause})", fault.say(language)),
        None => fault.say(language),
    }
}

fn client(
    base: ClientSettings,
    extra_ca: Option<&str>,
    proxy: &ProxyView,
) -> Result<Client, (Field, FieldError)> {
    let unreadable =
        |cause: &dyn ToString| FieldError::with("extra_ca_unreadable", "cause", cause.to_string());
    let pem = match extra_ca {
        None => None,
        Some(path) => {
            let length =
                fs::metadata(path).map_err(|error| (Field::ExtraCa, unreadable(&error)))?.len();
            if length > LARGEST_CA {
                return Err((Field::ExtraCa, FieldError::new("extra_ca_no_certificate")));
            }
            Some(fs::read(path).map_err(|error| (Field::ExtraCa, unreadable(&error)))?)
        }
    };
    let proxy = match proxy {
        ProxyView::System => base.proxy.clone(),
        ProxyView::Direct => ProxyChoice::Direct,
        ProxyView::At { .. } => {
            ProxyChoice::At(parse_proxy(proxy).map_err(|fault| (Field::Proxy, fault))?)
        }
    };
    Client::new(&ClientSettings { extra_ca: pem, proxy, ..base }).map_err(|error| match error {
        ClientError::Proxy => (Field::Proxy, FieldError::new("proxy_malformed")),
        ClientError::ExtraCa => (Field::ExtraCa, FieldError::new("extra_ca_no_certificate")),
        ClientError::UserAgent | ClientError::Tls(_) => (Field::ExtraCa, unreadable(&error)),
    })
}

fn shortcut_fault(error: &ShortcutError) -> FieldError {
    match error {
        ShortcutError::Malformed => FieldError::new("shortcut_malformed"),
        ShortcutError::Refused(cause) => FieldError::with("shortcut_taken", "cause", cause),
    }
}

fn trouble((field, fault): (Field, FieldError), language: Language) -> FieldTrouble {
    FieldTrouble { field, message: fault.say(language), cause: fault.cause() }
}

/// Banners about settings that did not work; new ones get a new chance.
const OF_SETTINGS: [&str; 2] = ["shortcut", "network_settings"];
/// In bytes. All of the world's certificate authorities take 250 kB.
const LARGEST_CA: u64 = 2 * 1024 * 1024;
