//! Telling a person's own server when a profile begins to need a person, and when it is well again: for machines that nobody
//! looks at. What counts is how each profile is and what the server was told last, which the preferences keep, so that a crash
//! or an outage puts a message off and loses none that still matters.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use glowjar_ims::{Client, Endpoint, Message, Webhook as Target, WebhookSecret};
use glowjar_lifecycle::{
    id::ProfileId,
    input::KeychainTrouble,
    status::Incident,
    time::{Step, Timestamp},
};
use secrecy::{ExposeSecret, SecretSlice, SecretString, zeroize::Zeroizing};
use serde_json::json;
use tokio::sync::oneshot;

use super::{core::Core, publish::Shown};
use crate::{
    computer,
    event::{Event, Undelivered},
    handout::rfc3339,
    keychain::{Change, KeychainThread, Read},
    localization::FieldError,
    preferences::{KeptMessage, KeptPreferences, KeptWebhook},
    request::{Field, FieldTrouble, Reply},
    timed::{Due, Timed},
    view::{Action, BannerView, ProfileView},
};

#[derive(Default)]
pub(super) struct Webhook {
    /// How each profile is, if that is something to tell.
    standings: BTreeMap<ProfileId, Standing>,
    /// Those of which the server was told otherwise.
    news: BTreeSet<ProfileId>,
    /// Those of which a message failed, so that the server did not hear it.
    unheard: BTreeSet<ProfileId>,
    is_sending: bool,
    /// After a failure.
    again_at: Option<Timestamp>,
    failures: u32,
    /// It was set since all profiles were looked at.
    looks_at_all: bool,
}

/// What a message says of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Standing {
    name: String,
    /// Absent if all is well.
    trouble: Option<Trouble>,
    since: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Trouble {
    code: String,
    headline: String,
    advice: String,
}

impl Webhook {
    /// Sets it, or with an empty address ends it.
    pub(super) fn set(
        core: &Core,
        address: &SecretString,
        secret: &SecretString,
        reply: oneshot::Sender<Reply>,
    ) {
        let (address, secret) = (address.expose_secret().trim(), secret.expose_secret());
        let keychain = core.secret_store.keychain();
        let (server, stored) = if address.is_empty() {
            let change = [ADDRESS, SECRET].map(|entry| Change::Delete(entry.to_owned()));
            (None, keychain.change(change.into()))
        } else {
            let mut fields = Vec::new();
            let mut fault = |field, id: &'static str| {
                let message = FieldError::new(id).say(core.language);
                fields.push(FieldTrouble { field, message, cause: None });
            };
            let address = Endpoint::parse(address);
            if address.is_err() {
                fault(Field::WebhookAddress, "webhook_address");
            }
            let secret = WebhookSecret::parse(secret);
            if secret.is_err() {
                fault(Field::WebhookSecret, "webhook_secret");
            }
            let (Ok(address), Ok(secret)) = (address, secret) else {
                return drop(reply.send(Reply::Invalid { fields }));
            };
            let write = |entry: &str, text: &str| {
                Change::Write(entry.to_owned(), SecretSlice::from(text.as_bytes().to_vec()))
            };
            let change = vec![write(ADDRESS, address.as_str()), write(SECRET, secret.expose())];
            (Some(Target::new(address, secret).server()), keychain.change(change))
        };
        core.tasks.start(None, async move {
            Event::WebhookStored { server, outcome: stored.await, reply }
        });
    }

    pub(super) fn stored(
        &mut self,
        core: &mut Core,
        server: Option<String>,
        outcome: Result<(), KeychainTrouble>,
        reply: oneshot::Sender<Reply>,
    ) {
        if let Err(trouble) = outcome {
            tracing::warn!(event = "webhook_not_stored", ?trouble);
            return core.refuse(reply, "webhook_not_stored", &[]);
        }
        tracing::info!(event = "webhook_set", server);
        core.preferences.change(|preferences| {
            // Another server knows nothing yet.
            preferences.webhook =
                server.map(|server| KeptWebhook { server, ..KeptWebhook::default() });
        });
        *self = Self { looks_at_all: true, ..Self::default() };
        core.banners.retain(|banner| banner.code != BANNER);
        let _ = reply.send(Reply::Done);
    }

    /// Sends a message that says nothing but that it is one.
    pub(super) fn try_out(core: &Core, reply: oneshot::Sender<Reply>) {
        if core.preferences.webhook.is_none() {
            return core.refuse(reply, "webhook_off", &[]);
        }
        let now = core.clock.now();
        let message = Standing { name: String::new(), trouble: None, since: now };
        let said = format!("This is Glowjar’s test message, from {}.", computer::name());
        let body = body("test", &message, None, &said);
        let sending = send(core, new_id(), body);
        core.tasks
            .start(None, async move { Event::WebhookTried { outcome: sending.await, reply } });
    }

    pub(super) fn tried(
        core: &Core,
        outcome: Result<(), Undelivered>,
        reply: oneshot::Sender<Reply>,
    ) {
        match outcome {
            Ok(()) => drop(reply.send(Reply::Done)),
            Err(error) => {
                core.refuse(reply, "webhook_not_delivered", &[("cause", &error.to_string())])
            }
        }
    }

    /// Compares how profiles are with what the server was told. `changed` are those that may be otherwise than before; `None`
    /// of them is gone.
    pub(super) fn look<'a>(
        &mut self,
        core: &mut Core,
        changed: impl IntoIterator<Item = (ProfileId, Option<&'a Shown>)>,
    ) {
        if core.preferences.webhook.is_none() {
            return;
        }
        self.looks_at_all = false;
        let now = core.clock.now();
        for (profile, shown) in changed {
            let Some(shown) = shown else {
                self.standings.remove(&profile);
                self.news.remove(&profile);
                self.unheard.remove(&profile);
                change_told(core, profile, false);
                continue;
            };
            let (view, notice) = shown.parts();
            let trouble = match (notice.incident, notice.is_live) {
                (Some(Incident::PersonNeeded), _) => Some(Trouble {
                    code: view.trouble.as_ref().map(|it| it.code.clone()).unwrap_or_default(),
                    headline: notice.headline.clone(),
                    advice: notice.advice.clone(),
                }),
                (None, true) if self.is_well(core, profile, view) => None,
                // It may still go either way.
                _ => continue,
            };
            let since = self.standings.get(&profile).filter(|it| it.trouble == trouble);
            let since = since.map_or(now, |it| it.since);
            self.standings.insert(profile, Standing { name: notice.name.clone(), trouble, since });
            self.compare(core, profile);
        }
        self.send_next(core);
    }

    /// Whether the server was set since all profiles were looked at.
    pub(super) fn looks_at_all(&self, core: &Core) -> bool {
        self.looks_at_all && core.preferences.webhook.is_some()
    }

    /// A token that is live after a restart says nothing of whether there will be another one. Trouble that was told of is over
    /// when it was seen to end, or when there is a newer token.
    fn is_well(&self, core: &Core, profile: ProfileId, view: &ProfileView) -> bool {
        let told_at = core.preferences.webhook.as_ref().and_then(|kept| {
            let profile = profile.to_string();
            let sending = kept.sending.get(&profile).filter(|it| it.code.is_some());
            kept.told.get(&profile).copied().or_else(|| sending.map(|it| it.since))
        });
        self.standings.contains_key(&profile)
            || told_at.is_none_or(|at| view.validity.is_some_and(|it| it.issued_at > at))
    }

    fn compare(&mut self, core: &mut Core, profile: ProfileId) {
        let Some(kept) = core.preferences.webhook.as_ref() else { return };
        let Some(standing) = self.standings.get(&profile) else { return };
        let id = profile.to_string();
        let may_have_heard = kept.sending.contains_key(&id) && !self.unheard.contains(&profile);
        let needs_person = standing.trouble.is_some();
        if may_have_heard || needs_person != kept.told.contains_key(&id) {
            self.news.insert(profile);
        } else {
            self.news.remove(&profile);
            // It missed that, and it is over.
            self.unheard.remove(&profile);
            change_sending(&mut core.preferences, &id, None);
        }
    }

    fn send_next(&mut self, core: &mut Core) {
        if self.news.is_empty() && self.failures > 0 {
            // What the server missed is over.
            self.failures = 0;
            core.banners.retain(|banner| banner.code != BANNER);
        }
        let Some(kept) = core.preferences.webhook.as_ref() else { return };
        if self.is_sending || self.again_at.is_some() {
            return;
        }
        let first = self.news.first();
        let Some((&profile, standing)) = first.and_then(|id| self.standings.get_key_value(id))
        else {
            return;
        };
        let code = standing.trouble.as_ref().map(|it| it.code.clone());
        let needs_person = code.is_some();
        let kept_as = profile.to_string();
        let before = kept.sending.get(&kept_as).filter(|it| it.code == code);
        let since = before.map_or(standing.since, |it| Timestamp::from_millis(it.since));
        let server = kept.server.clone();
        // Nobody looks at that computer, and whoever reads this has several.
        let whose = format!("{} on {}", standing.name, computer::name());
        let (kind, said) = match &standing.trouble {
            Some(Trouble { headline, advice, .. }) => {
                ("profile.person_needed", format!("{whose}: {headline}. {advice}"))
            }
            None => ("profile.well", format!("{whose}: well again.")),
        };
        let body = body(kind, &Standing { since, ..standing.clone() }, Some(profile), &said);
        // The same for each try, also after a crash, so that a server that had it already can tell.
        let id = format!("{profile}-{kind}-{}", since.as_millis());
        let message = KeptMessage { code, since: since.as_millis() };
        change_sending(&mut core.preferences, &kept_as, Some(message));
        self.unheard.remove(&profile);
        let sending = send(core, id, body);
        self.is_sending = true;
        let delivered =
            move |outcome| Event::WebhookDelivered { server, profile, needs_person, outcome };
        let panicked = delivered.clone()(Err(Undelivered::Panicked));
        core.tasks.start(Some(panicked), async move { delivered(sending.await) });
    }

    pub(super) fn delivered(
        &mut self,
        core: &mut Core,
        server: &str,
        (profile, needs_person): (ProfileId, bool),
        outcome: Result<(), Undelivered>,
    ) {
        // Another one was set meanwhile.
        if core.preferences.webhook.as_ref().is_none_or(|kept| kept.server != server) {
            return;
        }
        self.is_sending = false;
        match outcome {
            Ok(()) => {
                tracing::info!(event = "webhook_delivered", needs_person);
                self.failures = 0;
                core.banners.retain(|banner| banner.code != BANNER);
                change_told(core, profile, needs_person);
                self.compare(core, profile);
                self.send_next(core);
            }
            Err(error) => {
                let pause =
                    PAUSES[usize::try_from(self.failures).unwrap_or(0).min(PAUSES.len() - 1)];
                self.failures = self.failures.saturating_add(1);
                self.again_at = Some(core.clock.now() + pause);
                self.unheard.insert(profile);
                self.compare(core, profile);
                tracing::warn!(event = "webhook_not_delivered", %error, failures = self.failures);
                let cause = error.to_string();
                let said = [("server", server), ("cause", &*cause)];
                let said = core.language.tell("banner-webhook", &said);
                core.banners.retain(|banner| banner.code != BANNER);
                core.banners.push(BannerView {
                    action: Some(Action::OpenSettings),
                    ..BannerView::lasting(BANNER, said)
                });
            }
        }
    }

    pub(super) fn send_again(&mut self, core: &mut Core) {
        self.send_next(core);
    }
}

impl Timed for Webhook {
    fn deadline(&self) -> Option<Timestamp> {
        self.again_at
    }

    fn shift(&mut self, step: Step) {
        self.again_at.shift(step);
        for standing in self.standings.values_mut() {
            standing.since = standing.since.shifted(step);
        }
    }

    fn on_time(&mut self, now: Timestamp) -> Option<Due> {
        self.again_at.take_if(|at| *at <= now).map(|_| Due::WebhookSent)
    }
}

fn change_told(core: &mut Core, profile: ProfileId, needs_person: bool) {
    let now = core.clock.now().as_millis();
    core.preferences.change(|preferences| {
        if let Some(kept) = &mut preferences.webhook {
            let profile = profile.to_string();
            kept.sending.remove(&profile);
            if needs_person {
                kept.told.insert(profile, now);
            } else {
                kept.told.remove(&profile);
            }
        }
    });
}

fn change_sending(preferences: &mut KeptPreferences, profile: &str, message: Option<KeptMessage>) {
    preferences.change(|preferences| {
        let Some(kept) = &mut preferences.webhook else { return };
        match message {
            Some(message) => drop(kept.sending.insert(profile.to_owned(), message)),
            None => drop(kept.sending.remove(profile)),
        }
    });
}

/// As Standard Webhooks recommends it, and `text` for chats that show nothing else.
fn body(kind: &str, standing: &Standing, profile: Option<ProfileId>, said: &str) -> String {
    let Standing { name, trouble, since } = standing;
    let profile = profile.map(|id| {
        json!({
            "id": id.to_string(),
            "name": name,
            "code": trouble.as_ref().map(|it| &it.code),
            "headline": trouble.as_ref().map(|it| &it.headline),
            "advice": trouble.as_ref().map(|it| &it.advice),
        })
    });
    let timestamp = rfc3339(since.as_millis().div_euclid(1_000));
    let data = json!({ "computer": computer::name(), "profile": profile });
    json!({ "type": kind, "timestamp": timestamp, "data": data, "text": said }).to_string()
}

/// Reads where to from the keychain each time: that is rare, and nothing of it has to be in memory.
fn send(
    core: &Core,
    id: String,
    body: String,
) -> impl Future<Output = Result<(), Undelivered>> + Send + use<> {
    let keychain = core.secret_store.keychain().clone();
    let (client, clock): (Client, _) = (core.client.clone(), core.clock.clone());
    async move {
        let target = target(&keychain).await?;
        let message = Message { id: &id, body: &body };
        client.deliver(&target, &message, clock.now()).await.map_err(Undelivered::Refused)
    }
}

async fn target(keychain: &KeychainThread) -> Result<Target, Undelivered> {
    let read = keychain.read_both(ADDRESS.to_owned(), SECRET.to_owned()).await;
    let (address, secret) = read.map_err(Undelivered::Keychain)?;
    let secret = secret.map_err(Undelivered::Keychain)?;
    let text = |read: Read| {
        let bytes = Zeroizing::new(read.ok_or(Undelivered::Nothing)?.expose_secret().to_vec());
        let text = String::from_utf8(bytes.to_vec()).map_err(|_| Undelivered::Nothing)?;
        Ok::<_, Undelivered>(Zeroizing::new(text))
    };
    let address = Endpoint::parse(&text(address)?).map_err(|_| Undelivered::Nothing)?;
    let secret = WebhookSecret::parse(&text(secret)?).map_err(|_| Undelivered::Nothing)?;
    Ok(Target::new(address, secret))
}

fn new_id() -> String {
    let mut bytes = [0; 12];
    // Without random numbers the application does not start.
    let _ = getrandom::fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

const ADDRESS: &str = "webhook/address";
const SECRET: &str = "webhook/secret";
const BANNER: &str = "webhook";
/// After the first failure, the second … and all later ones. A server that restarts is back in a minute; one that is gone
/// for days is not asked all day.
const PAUSES: [Duration; 6] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_secs(2 * 60),
    Duration::from_secs(10 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(60 * 60),
];
