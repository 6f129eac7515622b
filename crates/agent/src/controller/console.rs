//! Client secrets by the API of Adobe's console, where the admin gave the right to: another one is made, tried and taken into
//! use, and the old one is deleted, each when a person says so.
//!
//! Each step is kept before the next begins: the question for another secret in the profiles file, the secret beside the old one
//! in the keychain. So whoever dies in between leaves a profile that works, and knows at the next start what was begun. Nothing is
//! deleted but what the API's own names tell apart: the secret that was made here is known by its name, and the old one
//! is the only other.

use glowjar_ims::{
    AccessToken, Client, ClientId, ClientSecret, ConsoleCredential, ConsoleError, ConsoleRefusal,
    Gateway, Grant, ListedSecret, MadeSecret, Provider, TokenRequest, console_scopes,
};
use glowjar_lifecycle::{
    failure::{Failure, Transient},
    id::ProfileId,
    input::Change,
    time::Timestamp,
};
use tokio::sync::oneshot;

use super::{core::Core, replacing};
use crate::{
    console::{Console, Making},
    crash_points,
    credential::Credential,
    draft::{Parsed, ParsedProfile},
    event::{ConsoleAnswer, Event, FollowUp},
    localization::FieldError,
    profile::{Edit, Profile},
    profile_view,
    request::{Field, FieldTrouble, Reply},
    texts,
    view::{ClientSecretView, SecretStep},
};

/// What a call needs, so that it can travel to its task.
struct Caller {
    client: Client,
    provider: Provider,
    console: Gateway,
    credential: ConsoleCredential,
    client_id: ClientId,
    secret: ClientSecret,
    now: Timestamp,
}

/// Says which credential it is, by the address of its page. With an empty one it is forgotten.
pub(super) fn set(core: &mut Core, profile: ProfileId, page: &str, reply: oneshot::Sender<Reply>) {
    if page.trim().is_empty() {
        core.change_profile(profile, reply, |config| config.console = None);
        return;
    }
    let Ok(credential) = ConsoleCredential::parse(page) else {
        let message = FieldError::new("console_page").say(core.language);
        let fields = vec![FieldTrouble { field: Field::ConsolePage, message, cause: None }];
        return drop(reply.send(Reply::Invalid { fields }));
    };
    ask(core, profile, Some(credential), reply, |caller, named| async move {
        let token = caller.token().await?;
        Ok(ConsoleAnswer::Listed(named, caller.list(&token).await?))
    });
}

pub(super) fn list(core: &Core, profile: ProfileId, reply: oneshot::Sender<Reply>) {
    ask(core, profile, None, reply, |caller, named| async move {
        let token = caller.token().await?;
        Ok(ConsoleAnswer::Listed(named, caller.list(&token).await?))
    });
}

/// Looks first how many there are.
pub(super) fn make(core: &Core, profile: ProfileId, reply: oneshot::Sender<Reply>) {
    match step(core, profile) {
        Some(SecretStep::Make) => {}
        Some(SecretStep::LookAfterLost) => return core.refuse(reply, "console_lost", &[]),
        _ => return core.refuse(reply, "console_two", &[]),
    }
    ask(core, profile, None, reply, |caller, _| async move {
        let token = caller.token().await?;
        let known = caller.list(&token).await?;
        Ok(ConsoleAnswer::ToMake { token, known })
    });
}

/// Deletes the secret that was made and never arrived, known by this: it was not there before, and nobody has used it.
pub(super) fn drop_lost(core: &Core, profile: ProfileId, reply: oneshot::Sender<Reply>) {
    let config = core.profiles.get(&profile);
    let making = config.and_then(|config| config.console.as_ref()?.making.clone());
    let (Some(SecretStep::LookAfterLost), Some(making)) = (step(core, profile), making) else {
        return core.refuse(reply, "changed_meanwhile", &[]);
    };
    ask(core, profile, None, reply, |caller, _| async move {
        let token = caller.token().await?;
        let list = caller.list(&token).await?;
        let came: Vec<_> = list.iter().filter(|it| !making.known.contains(&it.uuid)).collect();
        match came[..] {
            [] => Ok(ConsoleAnswer::LostDropped),
            [lost] if lost.last_used_at.is_none() => {
                caller.delete(&lost.uuid, &token).await?;
                Ok(ConsoleAnswer::LostDropped)
            }
            _ => Ok(ConsoleAnswer::Unclear),
        }
    });
}

/// Deletes the secret that the one made here has replaced.
pub(super) fn delete_old(core: &Core, profile: ProfileId, reply: oneshot::Sender<Reply>) {
    let made = replacing::standing(core, profile).ok().and_then(|(_, held)| held.made);
    let (Some(SecretStep::DeleteOld), Some(made)) = (step(core, profile), made) else {
        return core.refuse(reply, "changed_meanwhile", &[]);
    };
    ask(core, profile, None, reply, |caller, _| async move {
        let token = caller.token().await?;
        let list = caller.list(&token).await?;
        let others: Vec<_> = list.iter().filter(|it| it.uuid != made.uuid).collect();
        let is_there = others.len() < list.len();
        match others[..] {
            [] if is_there => Ok(ConsoleAnswer::Deleted),
            [old] if is_there => {
                caller.delete(&old.uuid, &token).await?;
                Ok(ConsoleAnswer::Deleted)
            }
            _ => Ok(ConsoleAnswer::Unclear),
        }
    });
}

/// Sends what `work` sends, with the secret that the provider was last seen to take.
fn ask<Work>(
    core: &Core,
    profile: ProfileId,
    named: Option<ConsoleCredential>,
    reply: oneshot::Sender<Reply>,
    work: impl FnOnce(Caller, Option<ConsoleCredential>) -> Work,
) where
    Work: Future<Output = Result<ConsoleAnswer, ConsoleError>> + Send + 'static,
{
    match Caller::new(core, profile, named.clone()) {
        Ok(caller) => {
            let working = work(caller, named);
            core.tasks.start(None, async move {
                Event::ConsoleAsked { profile, outcome: working.await, reply }
            });
        }
        Err(why) => core.refuse(reply, why, &[]),
    }
}

pub(super) fn asked(
    core: &mut Core,
    profile: ProfileId,
    outcome: Result<ConsoleAnswer, ConsoleError>,
    reply: oneshot::Sender<Reply>,
) {
    match outcome {
        Ok(ConsoleAnswer::Listed(named, secrets)) => listed(core, profile, named, secrets, reply),
        Ok(ConsoleAnswer::ToMake { token, known }) => to_make(core, profile, token, known, reply),
        Ok(ConsoleAnswer::Made(made)) => self::made(core, profile, made, reply),
        Ok(ConsoleAnswer::NotMade(error)) => not_made(core, profile, &error, reply),
        Ok(ConsoleAnswer::Deleted) => {
            crash_points::pass("secret-deleted");
            tracing::info!(event = "old_secret_deleted", name = core.name_of(profile));
            let _ = reply.send(Reply::Done);
        }
        Ok(ConsoleAnswer::LostDropped) => {
            core.change_profile(profile, reply, forget_making);
        }
        Ok(ConsoleAnswer::Unclear) => core.refuse(reply, "console_unclear", &[]),
        Err(error) => refused(core, profile, (&error, false), reply),
    }
}

fn listed(
    core: &mut Core,
    profile: ProfileId,
    named: Option<ConsoleCredential>,
    mut secrets: Vec<ListedSecret>,
    reply: oneshot::Sender<Reply>,
) {
    if let Some(credential) = named {
        let changed = core.profiles.change(|list| {
            if let Some(config) = list.get_mut(profile) {
                config.console = Some(Console::new(credential));
            }
        });
        if let Err(error) = changed {
            return core.refuse(reply, "profiles_file", &[("cause", &error.to_string())]);
        }
    }
    let made = replacing::standing(core, profile).ok().and_then(|(_, held)| held.made);
    secrets.sort_by_key(|secret| secret.created_at);
    let view = |secret: ListedSecret| ClientSecretView {
        created_at: secret.created_at.map(Timestamp::as_millis),
        last_used_at: secret.last_used_at.map(Timestamp::as_millis),
        is_made_here: made.as_ref().is_some_and(|made| made.uuid == secret.uuid),
    };
    let secrets = secrets.into_iter().map(view).collect();
    let _ = reply.send(Reply::ClientSecrets { secrets });
}

/// The question is kept first: its answer may never arrive.
fn to_make(
    core: &mut Core,
    profile: ProfileId,
    token: AccessToken,
    known: Vec<ListedSecret>,
    reply: oneshot::Sender<Reply>,
) {
    if known.len() >= MOST {
        return core.refuse(reply, "console_full", &[]);
    }
    if step(core, profile) != Some(SecretStep::Make) {
        return core.refuse(reply, "changed_meanwhile", &[]);
    }
    let caller = match Caller::new(core, profile, None) {
        Ok(caller) => caller,
        Err(why) => return core.refuse(reply, why, &[]),
    };
    let making =
        Making { at: caller.now, known: known.into_iter().map(|secret| secret.uuid).collect() };
    let changed = core.profiles.change(|list| {
        let console = list.get_mut(profile).and_then(|config| config.console.as_mut());
        if let Some(console) = console {
            console.making = Some(making);
        }
    });
    if let Err(error) = changed {
        return core.refuse(reply, "profiles_file", &[("cause", &error.to_string())]);
    }
    crash_points::pass("secret-to-be-made");
    core.tasks.start(None, async move {
        let Caller { client, console, credential, client_id, .. } = &caller;
        let made = client.make_secret((console, credential), client_id, &token).await;
        let answer = made.map_or_else(ConsoleAnswer::NotMade, ConsoleAnswer::Made);
        Event::ConsoleAsked { profile, outcome: Ok(answer), reply }
    });
}

/// It is told once, so it goes into the keychain before anything else, beside the one that works.
fn made(core: &mut Core, profile: ProfileId, made: MadeSecret, reply: oneshot::Sender<Reply>) {
    crash_points::pass("secret-made");
    let Ok((config, held)) = replacing::standing(core, profile) else {
        return core.refuse(reply, "changed_meanwhile", &[]);
    };
    if held.standby_secret.is_some() {
        return core.refuse(reply, "changed_meanwhile", &[]);
    }
    tracing::info!(event = "secret_made", name = config.name.as_str(), uuid = made.uuid);
    let credential =
        Credential { standby_secret: Some(made.secret.clone()), made: Some(made), ..held };
    let parsed = Parsed {
        profile: ParsedProfile::Edited(profile, Edit::default()),
        credential,
        keeps_refresh_token: false,
        change: Some(Change::Credential),
        one_time_word: None,
        may_stay_in_memory: false,
    };
    core.tasks.then(FollowUp::Made(Box::new(parsed), reply));
}

/// Where nobody knows whether there is one now, it is looked after when the person says so.
fn not_made(
    core: &mut Core,
    profile: ProfileId,
    error: &ConsoleError,
    reply: oneshot::Sender<Reply>,
) {
    let is_open = is_open(error);
    if !is_open {
        let forgotten = core.profiles.change(|list| list.get_mut(profile).map(forget_making));
        if let Err(error) = forgotten {
            tracing::warn!(event = "making_not_forgotten", %error);
        }
    }
    refused(core, profile, (error, is_open), reply);
}

/// `may_be_made` if a secret was asked for and nobody knows whether there is one.
fn refused(
    core: &Core,
    profile: ProfileId,
    (error, may_be_made): (&ConsoleError, bool),
    reply: oneshot::Sender<Reply>,
) {
    tracing::warn!(event = "console_refused", name = core.name_of(profile), %error);
    let Some(config) = core.profiles.get(&profile) else {
        return core.refuse(reply, "unknown_profile", &[]);
    };
    let label = config.provider_label(core.language);
    let words = texts::console(core.language, error.why, &label, may_be_made);
    let technical = profile_view::technical_view(Some(core.clock.now()), &error.technical);
    let trouble = words.with_technical(technical);
    let _ = reply.send(Reply::Refused { trouble, anyway: None });
}

fn forget_making(config: &mut Profile) {
    if let Some(console) = &mut config.console {
        console.making = None;
    }
}

/// Whether what was asked for may have been done although nobody said so.
fn is_open(error: &ConsoleError) -> bool {
    let ConsoleRefusal::Unanswered(failure) = error.why else { return false };
    match failure {
        Failure::Transient { cause, .. } => matches!(
            cause,
            Transient::Connect
                | Transient::Timeout
                | Transient::Server
                | Transient::BrokenReply
                | Transient::Internal
        ),
        Failure::Permanent(_) => false,
    }
}

fn step(core: &Core, profile: ProfileId) -> Option<SecretStep> {
    let (config, held) = replacing::standing(core, profile).ok()?;
    Some(held.step(config.console.as_ref()))
}

impl Caller {
    /// As `credential`, or else as the one that the profile has.
    fn new(
        core: &Core,
        profile: ProfileId,
        credential: Option<ConsoleCredential>,
    ) -> Result<Self, &'static str> {
        let (config, held) = replacing::standing(core, profile)?;
        let known = || config.console.as_ref().map(|console| console.credential.clone());
        let provider = config.provider(core.sandbox.url.as_ref()).ok_or("no_console")?;
        let secret = replacing::of_slot(&held, replacing::slot_in_use(core, profile));
        Ok(Self {
            client: core.client.clone(),
            console: provider.console.clone().ok_or("no_console")?,
            provider,
            credential: credential.or_else(known).ok_or("no_console")?,
            client_id: config.client_id.clone(),
            secret: secret.cloned().ok_or("no_console")?,
            now: core.clock.now(),
        })
    }

    /// For this API alone, and forgotten after the call.
    async fn token(&self) -> Result<AccessToken, ConsoleError> {
        let grant = Grant::ClientCredentials { scopes: console_scopes() };
        let request =
            TokenRequest { client_id: &self.client_id, secret: Some(&self.secret), grant };
        let issued = self.client.request_token(&self.provider, &request, self.now).await;
        issued.map(|issued| issued.access_token).map_err(ConsoleError::without_token)
    }

    async fn list(&self, token: &AccessToken) -> Result<Vec<ListedSecret>, ConsoleError> {
        let at = (&self.console, &self.credential);
        self.client.list_secrets(at, &self.client_id, token).await
    }

    /// One that is gone already is as good as deleted.
    async fn delete(&self, uuid: &str, token: &AccessToken) -> Result<(), ConsoleError> {
        let at = (&self.console, &self.credential);
        match self.client.delete_secret(at, uuid, &self.client_id, token).await {
            Err(error) if error.why == ConsoleRefusal::NotFound => Ok(()),
            outcome => outcome,
        }
    }
}

/// Of one credential (docs/adobe-ims.md section 10).
const MOST: usize = 2;
