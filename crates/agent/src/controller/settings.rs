//! What a person chooses, checked field by field and taken into use at once.

use std::fs;

use glowjar_ims::{Client, ClientError, ClientSettings, ProxyChoice};
use tokio::sync::oneshot;
use url::Url;

use super::{arranging::apply_renew_early, core::Core, locking};
use crate::{
    draft, environment,
    event::{Event, Network, SettingsChange},
    localization::FieldError,
    ports::ShortcutError,
    preferences::{ChoicesEdit, LOCK_AFTER, Preferences},
    request::{Field, FieldTrouble, Reply},
    view::{BannerView, Choices, Language, Level, ProxyView, SettingsView},
};

/// What settings are applied to, beside the features that read them.
pub(super) struct Settings {
    /// What the client is made from when proxy or certificates change.
    client_settings: ClientSettings,
    /// The person's, most wanted first, as `de-AT`.
    system_languages: Vec<String>,
}

pub(super) fn settings_view(core: &Core) -> SettingsView {
    SettingsView {
        screen_lock_is_told: core.lock.screen_lock_is_told(),
        idleness_is_told: core.lock.idleness_is_told(),
        ..core.preferences.view(&core.host.folders)
    }
}

/// What was chosen in an earlier run and takes effect outside of this process.
pub(super) fn take_settings_into_use(core: &mut Core) {
    locking::watch_for_idleness(core);
    let Some(keys) = core.preferences.choices.copy_shortcut.clone() else { return };
    if let Err(error) = core.host.shell.copy_shortcut(Some(&keys)) {
        let cause = error.to_string();
        let said = core.language.tell("banner-shortcut", &[("keys", &keys), ("cause", &cause)]);
        core.banners.push(BannerView {
            code: "shortcut".to_owned(),
            level: Level::Soon,
            headline: said.headline,
            advice: said.advice,
            action: Some(crate::view::Action::OpenSettings),
            dismissible: true,
        });
    }
}

impl Settings {
    pub(super) const fn new(
        client_settings: ClientSettings,
        system_languages: Vec<String>,
    ) -> Self {
        Self { client_settings, system_languages }
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
        if !(5..=3_600).contains(&to.clear_clipboard_after_seconds) {
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
        let change = Box::new(SettingsChange {
            edit,
            network: Network::of(&core.preferences.choices),
            faults,
        });
        self.client_made(core, change, Ok(core.client.clone()), reply);
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
        let now = &core.preferences.choices;
        // Others may have been made since.
        let mut choices = edit.applied_to(now);
        match outcome {
            Ok(client) if Network::of(&choices) == network => core.client = client,
            Ok(_) => {
                let network = Network::of(&choices);
                return self.make_client(
                    core,
                    Box::new(SettingsChange { edit, network, faults }),
                    reply,
                );
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
            && let Err(cause) = core.host.shell.start_at_login(choices.start_at_login)
        {
            faults.push((Field::StartAtLogin, FieldError::with("start_at_login", "cause", cause)));
            choices.start_at_login = now.start_at_login;
        }
        if faults.is_empty() || choices != *now {
            self.take_over(core, choices);
        }
        let _ = reply.send(if faults.is_empty() { Reply::Done } else { invalid(core, faults) });
    }

    fn take_over(&mut self, core: &mut Core, choices: Choices) {
        let lock_after = core.preferences.lock_after();
        core.preferences.change(|preferences| preferences.choices = choices);
        let idleness_counts_anew = lock_after != core.preferences.lock_after();
        if idleness_counts_anew {
            locking::watch_for_idleness(core);
        }
        core.language =
            Language::resolve(core.preferences.choices.language, &self.system_languages);
        core.banners.retain(|banner| !OF_SETTINGS.contains(&banner.code.as_str()));
        environment::show(&mut core.banners, &core.client, &core.preferences, core.language);
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
/// The file or the address can't be used; says so in a sentence.
pub fn client_for(
    preferences: &Preferences,
    base: ClientSettings,
    language: Language,
) -> Result<Client, String> {
    client(base, preferences.choices.extra_ca.as_deref(), &preferences.choices.proxy)
        .map_err(|(_, fault)| fault.say(language))
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

/// The address of a proxy, with its scheme. Empty if there is none.
fn parse_proxy(proxy: &ProxyView) -> Result<String, FieldError> {
    let ProxyView::At { address } = proxy else { return Ok(String::new()) };
    let address = address.trim();
    let address =
        if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
    let url = Url::parse(&address).map_err(|_| FieldError::new("proxy_malformed"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(FieldError::new("proxy_password"));
    }
    let is_proxy = matches!(url.scheme(), "http" | "https")
        && url.host_str().is_some_and(|host| !host.is_empty())
        && url.path() == "/"
        && url.query().is_none();
    if !is_proxy {
        return Err(FieldError::new("proxy_malformed"));
    }
    Ok(url.to_string())
}

fn shortcut_fault(error: &ShortcutError) -> FieldError {
    match error {
        ShortcutError::Malformed => FieldError::new("shortcut_malformed"),
        ShortcutError::Refused(cause) => FieldError::with("shortcut_taken", "cause", cause),
    }
}

fn trouble((field, fault): (Field, FieldError), language: Language) -> FieldTrouble {
    FieldTrouble { field, message: fault.say(language) }
}

/// Banners about settings that did not work; new ones get a new chance.
const OF_SETTINGS: [&str; 2] = ["shortcut", "network_settings"];
/// In bytes. All of the world's certificate authorities take 250 kB.
const LARGEST_CA: u64 = 2 * 1024 * 1024;
