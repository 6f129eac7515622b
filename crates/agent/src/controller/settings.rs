//! What a person chooses, checked field by field and taken into use at once.

use std::fs;

use glowjar_ims::{Client, ClientError, ClientSettings, ProxyChoice};
use glowjar_lifecycle::id::ProfileId;
use tokio::sync::oneshot;
use url::Url;

use super::{Controller, outcomes::Event};
use crate::{
    catalogue::Fault,
    draft, environment,
    ports::ShortcutError,
    preferences::{ChoicesEdit, LOCK_AFTER, Preferences},
    request::{Field, FieldTrouble, Reply},
    view::{BannerView, Choices, Language, Level, ProxyView, SettingsView},
};

/// Settings that are good as far as one can see without trying them, and what was wrong with the others.
#[derive(Debug)]
pub(super) struct SettingsChange {
    edit: ChoicesEdit,
    /// What the client is made with.
    network: Network,
    faults: Vec<(Field, Fault)>,
}

/// The choices that decide how servers are reached.
#[derive(Clone, Debug, PartialEq)]
struct Network {
    extra_ca: Option<String>,
    proxy: ProxyView,
}

impl Network {
    fn of(choices: &Choices) -> Self {
        Self { extra_ca: choices.extra_ca.clone(), proxy: choices.proxy.clone() }
    }
}

impl Controller {
    pub(super) fn settings_view(&self) -> SettingsView {
        SettingsView {
            screen_lock_is_told: self.lock.screen_is_told,
            idleness_is_told: self.lock.idleness_is_told,
            ..self.preferences.view(&self.folders)
        }
    }

    /// The chosen one, or else the first.
    pub(super) fn default_profile(&self) -> Option<ProfileId> {
        let chosen = self.preferences.default_profile.as_deref();
        let chosen = chosen.and_then(|id| id.parse().ok());
        let chosen = chosen.filter(|id| self.profiles.contains(id));
        chosen.or_else(|| self.profiles.ids().first().copied())
    }

    /// Each by itself: one that can't be had stays as it was and is answered at its field, and the others change.
    pub(super) fn change_settings(&mut self, draft: Choices, reply: oneshot::Sender<Reply>) {
        let now = &self.preferences.choices;
        let mut faults: Vec<(Field, Fault)> = Vec::new();
        let mut choices = draft;
        if !(5..=3_600).contains(&choices.clear_clipboard_after_seconds) {
            faults.push((Field::ClearClipboardAfterSeconds, Fault::new("clear_clipboard")));
            choices.clear_clipboard_after_seconds = now.clear_clipboard_after_seconds;
        }
        if let Err(fault) = draft::parse_renew_early(choices.renew_early_minutes) {
            faults.push((Field::RenewEarlyMinutes, fault));
            choices.renew_early_minutes = now.renew_early_minutes;
        }
        if choices.lock_after_minutes.is_some_and(|minutes| !LOCK_AFTER.contains(&minutes)) {
            faults.push((Field::LockAfterMinutes, Fault::new("lock_after")));
            choices.lock_after_minutes = now.lock_after_minutes;
        }
        if let Err(fault) = parse_proxy(&choices.proxy) {
            faults.push((Field::Proxy, fault));
            choices.proxy = now.proxy.clone();
        }
        let is_said = |text: &String| !text.trim().is_empty();
        choices.extra_ca = choices.extra_ca.filter(is_said);
        choices.copy_shortcut = choices.copy_shortcut.filter(is_said);
        let edit = ChoicesEdit::between(now.clone(), choices);
        let change = Box::new(SettingsChange { edit, network: Network::of(now), faults });
        self.client_made(change, Ok(self.client.clone()), reply);
    }

    /// Certificates take a while to read.
    fn make_client(&self, change: Box<SettingsChange>, reply: oneshot::Sender<Reply>) {
        let base = self.client_settings.clone();
        let Network { extra_ca, proxy } = change.network.clone();
        self.start(None, async move {
            let made =
                tokio::task::spawn_blocking(move || client(base, extra_ca.as_deref(), &proxy));
            let outcome = made.await.unwrap_or_else(|error| {
                Err((Field::ExtraCa, Fault::with("extra_ca_unreadable", "cause", error)))
            });
            Event::ClientMade { change, outcome, reply }
        });
    }

    pub(super) fn client_made(
        &mut self,
        change: Box<SettingsChange>,
        outcome: Result<Client, (Field, Fault)>,
        reply: oneshot::Sender<Reply>,
    ) {
        let SettingsChange { edit, network, mut faults } = *change;
        let now = &self.preferences.choices;
        // Others may have been made since.
        let mut choices = edit.applied_to(now);
        match outcome {
            Ok(client) if Network::of(&choices) == network => self.client = client,
            Ok(_) => {
                let network = Network::of(&choices);
                return self.make_client(Box::new(SettingsChange { edit, network, faults }), reply);
            }
            Err(fault) => {
                faults.push(fault);
                choices.extra_ca.clone_from(&now.extra_ca);
                choices.proxy.clone_from(&now.proxy);
            }
        }
        if choices.copy_shortcut != now.copy_shortcut
            && let Err(error) = self.shell.copy_shortcut(choices.copy_shortcut.as_deref())
        {
            faults.push((Field::CopyShortcut, shortcut_fault(&error)));
            // The one before still holds, if it can.
            let _ = self.shell.copy_shortcut(now.copy_shortcut.as_deref());
            choices.copy_shortcut.clone_from(&now.copy_shortcut);
        }
        if choices.start_at_login != now.start_at_login
            && let Err(cause) = self.shell.start_at_login(choices.start_at_login)
        {
            faults.push((Field::StartAtLogin, Fault::with("start_at_login", "cause", cause)));
            choices.start_at_login = now.start_at_login;
        }
        if faults.is_empty() || choices != *now {
            self.take_over(choices);
        }
        let _ = reply.send(if faults.is_empty() { Reply::Done } else { self.invalid(faults) });
    }

    fn take_over(&mut self, choices: Choices) {
        let lock_after = self.preferences.lock_after();
        self.preferences.change(|preferences| preferences.choices = choices);
        let idleness_counts_anew = lock_after != self.preferences.lock_after();
        if idleness_counts_anew {
            self.watch_for_idleness();
        }
        self.language =
            Language::resolve(self.preferences.choices.language, &self.system_languages);
        self.banners.retain(|banner| !OF_SETTINGS.contains(&banner.code.as_str()));
        environment::show(&mut self.banners, &self.client, &self.preferences, self.language);
        self.apply_renew_early();
        tracing::info!(event = "settings_changed");
    }

    /// What was chosen in an earlier run and takes effect outside of this process.
    pub(super) fn take_settings_into_use(&mut self) {
        self.watch_for_idleness();
        let Some(keys) = self.preferences.choices.copy_shortcut.clone() else { return };
        if let Err(error) = self.shell.copy_shortcut(Some(&keys)) {
            let cause = error.to_string();
            let said = self.language.tell("banner-shortcut", &[("keys", &keys), ("cause", &cause)]);
            self.banners.push(BannerView {
                code: "shortcut".to_owned(),
                level: Level::Soon,
                headline: said.headline,
                advice: said.advice,
                action: Some(crate::view::Action::OpenSettings),
                dismissible: true,
            });
        }
    }

    fn invalid(&self, faults: Vec<(Field, Fault)>) -> Reply {
        let fields = faults.into_iter().map(|fault| trouble(fault, self.language)).collect();
        Reply::Invalid { fields }
    }
}

impl Preferences {
    /// A client with the chosen proxy and certificates, made from `base` otherwise.
    ///
    /// # Errors
    /// The file or the address can't be used; says so in a sentence.
    pub fn client(&self, base: ClientSettings, language: Language) -> Result<Client, String> {
        client(base, self.choices.extra_ca.as_deref(), &self.choices.proxy)
            .map_err(|(_, fault)| fault.say(language))
    }
}

fn client(
    base: ClientSettings,
    extra_ca: Option<&str>,
    proxy: &ProxyView,
) -> Result<Client, (Field, Fault)> {
    let unreadable =
        |cause: &dyn ToString| Fault::with("extra_ca_unreadable", "cause", cause.to_string());
    let pem = match extra_ca {
        None => None,
        Some(path) => {
            let length =
                fs::metadata(path).map_err(|error| (Field::ExtraCa, unreadable(&error)))?.len();
            if length > LARGEST_CA {
                return Err((Field::ExtraCa, Fault::new("extra_ca_no_certificate")));
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
        ClientError::Proxy => (Field::Proxy, Fault::new("proxy_malformed")),
        ClientError::ExtraCa => (Field::ExtraCa, Fault::new("extra_ca_no_certificate")),
        ClientError::UserAgent | ClientError::Tls(_) => (Field::ExtraCa, unreadable(&error)),
    })
}

/// The address of a proxy, with its scheme. Empty if there is none.
fn parse_proxy(proxy: &ProxyView) -> Result<String, Fault> {
    let ProxyView::At { address } = proxy else { return Ok(String::new()) };
    let address = address.trim();
    let address =
        if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
    let url = Url::parse(&address).map_err(|_| Fault::new("proxy_malformed"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Fault::new("proxy_password"));
    }
    let is_proxy = matches!(url.scheme(), "http" | "https")
        && url.host_str().is_some_and(|host| !host.is_empty())
        && url.path() == "/"
        && url.query().is_none();
    if !is_proxy {
        return Err(Fault::new("proxy_malformed"));
    }
    Ok(url.to_string())
}

fn shortcut_fault(error: &ShortcutError) -> Fault {
    match error {
        ShortcutError::Malformed => Fault::new("shortcut_malformed"),
        ShortcutError::Refused(cause) => Fault::with("shortcut_taken", "cause", cause),
    }
}

fn trouble((field, fault): (Field, Fault), language: Language) -> FieldTrouble {
    FieldTrouble { field, message: fault.say(language) }
}

/// Banners about settings that did not work; new ones get a new chance.
const OF_SETTINGS: [&str; 2] = ["shortcut", "network_settings"];
/// In bytes. All of the world's certificate authorities take 250 kB.
const LARGEST_CA: u64 = 2 * 1024 * 1024;
