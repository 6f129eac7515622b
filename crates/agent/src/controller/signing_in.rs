//! Signing in, from the click to what is to be saved. One at a time, and only a person begins one: the browser opens where
//! they sit, or they open it themselves; or they type a code in at the provider's page, on whichever device.

use std::{sync::Arc, time::Duration};

use glowjar_ims::{
    AuthorizationCode, CallbackError, Client, DeviceAuthorization, Endpoint, Keys, Metadata,
    NotYet, Person, Provider, Redirect, RedirectError, RequestError, SignIn, TokenRequest,
};
use glowjar_lifecycle::{
    failure::{Failure, Transient},
    id::ProfileId,
    input::Change,
    status::Trouble,
    time::{Step, Timestamp},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::oneshot;

use super::{core::Core, device_wait::DeviceWait, work::Work};
use crate::{
    credential::Credential,
    draft::{self, Known, Parsed, ParsedProfile},
    event::{Event, ExchangeError, FollowUp, PollError, SignInPrepared, SignedIn},
    localization::{FieldError, Message},
    ports::{Desk, Shell},
    profile::{self, Edit, Profile},
    profile_view,
    redirect_listener::{Arrived, Page, PortTaken, RedirectListener},
    request::{ClientAuthentication, Draft, Field, FieldTrouble, Reply},
    secret_store::Secrets,
    texts,
    timed::{Due, Timed},
    token_requests::SentAt,
    view::{BannerView, GrantView, Preset, SIGN_IN_FAILED, SignInStep, SignInView, SignInWay},
};

/// The sign-in that is under way, and whose name is still asked for.
#[derive(Default)]
pub(super) struct SigningIn {
    running: Option<Running>,
    /// Counts them, so that nothing of an older one is taken for this one's.
    number: u64,
    unnamed: Option<Unnamed>,
}

struct Running {
    number: u64,
    profile: Profile,
    /// Absent for a new profile.
    before: Option<Profile>,
    credential: Credential,
    way: SignInWay,
    step: At,
    until: Timestamp,
    /// Where the browser opens; absent for a person who has one elsewhere.
    desk: Option<Desk>,
    reply: oneshot::Sender<Reply>,
}

enum At {
    Preparing {
        _work: Work,
    },
    /// A code is being asked for.
    Authorizing(Box<Authorizing>),
    Device(Box<DeviceWait>),
    Waiting(Box<Waiting>),
    Finishing {
        sent: SentAt,
        _work: Work,
    },
}

struct Waiting {
    sign_in: SignIn,
    provider: Provider,
    metadata: Option<Metadata>,
    keys: Option<Keys>,
    /// Absent where the browser goes elsewhere.
    redirect_listener: Option<Work>,
    /// The system hands over the address.
    has_scheme: bool,
}

struct Authorizing {
    provider: Provider,
    metadata: Metadata,
    keys: Option<Keys>,
    /// From here on the code's time counts.
    sent_at: Timestamp,
    _work: Work,
}

/// A profile whose ID token said nothing that a person would know themselves by. The provider is asked again once the
/// profile is saved: before, nothing may come between the refresh token and the keychain.
struct Unnamed {
    profile: ProfileId,
    userinfo: Endpoint,
    subject: Option<String>,
}

impl Waiting {
    /// Whether the browser comes back by itself.
    const fn comes_back(&self) -> bool {
        self.redirect_listener.is_some() || self.has_scheme
    }
}

impl SigningIn {
    pub(super) fn view(&self, core: &Core) -> Option<SignInView> {
        let running = self.running.as_ref()?;
        let view = SignInView {
            name: running.profile.name.as_str().to_owned(),
            provider: running.profile.provider_label(core.language),
            step: SignInStep::Preparing,
            way: running.way,
            address: None,
            code: None,
            comes_back: true,
            asks_at: None,
            stalled: false,
            has_other_way: false,
            until: running.until.as_millis(),
        };
        Some(match &running.step {
            At::Preparing { .. } | At::Authorizing(_) => view,
            At::Waiting(waiting) => SignInView {
                step: SignInStep::Waiting,
                address: Some(waiting.sign_in.address().to_owned()),
                comes_back: waiting.comes_back(),
                has_other_way: waiting
                    .metadata
                    .as_ref()
                    .is_some_and(|it| it.device_authorization.is_some()),
                ..view
            },
            At::Device(device) => SignInView {
                step: SignInStep::Waiting,
                address: Some(device.authorization.page().to_owned()),
                code: Some(device.authorization.user_code().to_owned()),
                asks_at: device.next().map(Timestamp::as_millis),
                stalled: device.is_stalled(),
                has_other_way: device.metadata.authorization.is_some(),
                ..view
            },
            At::Finishing { .. } => SignInView { step: SignInStep::Finishing, ..view },
        })
    }

    /// For a new profile.
    pub(super) fn begin(
        &mut self,
        core: &mut Core,
        draft: Draft,
        (way, redirect): (SignInWay, &str),
        desk: Option<&Desk>,
        reply: oneshot::Sender<Reply>,
    ) {
        let id = core.profiles.unused_id();
        let known = Known {
            id,
            edited: None,
            names: core.profiles.names_beside(id),
            signs_in: true,
            language: core.language,
        };
        let draft = Draft { grant: GrantView::RefreshToken, refresh_token: None, ..draft };
        let parsed = match draft::parse(&draft, &known) {
            Ok(parsed) => parsed,
            Err(fields) => return drop(reply.send(Reply::Invalid { fields })),
        };
        let ParsedProfile::New(mut profile) = parsed.profile else { return };
        if !core.preferences.managed().allows(&profile.source) {
            return core.refuse(reply, "managed_source", &[]);
        }
        let text = Some(redirect.trim().to_owned()).filter(|text| !text.is_empty());
        profile.sign_in = Some(profile::SignIn {
            way,
            issuer: profile.source.token_endpoint.clone(),
            redirect: text,
            ..profile::SignIn::default()
        });
        self.start(core, profile, None, parsed.credential, desk, reply);
    }

    /// For a profile that exists. Its secret goes where it went before, whatever the provider says of itself by now.
    pub(super) fn begin_again(
        &mut self,
        core: &mut Core,
        (profile, way): (ProfileId, Option<SignInWay>),
        desk: Option<&Desk>,
        reply: oneshot::Sender<Reply>,
    ) {
        let Some(profile) = core.profiles.get(&profile).cloned() else {
            return core.refuse(reply, "unknown_profile", &[]);
        };
        let Some(secrets) = core.secret_store.secrets(profile.id) else {
            return core.refuse(reply, "keychain_closed", &[]);
        };
        let credential = Credential {
            refresh_token: None,
            refresh_token_ends: None,
            ..secrets.credential.clone()
        };
        let mut changed = profile.clone();
        if let Some(way) = way {
            changed.sign_in.get_or_insert_default().way = way;
        }
        self.start(core, changed, Some(profile), credential, desk, reply);
    }

    fn start(
        &mut self,
        core: &mut Core,
        profile: Profile,
        before: Option<Profile>,
        credential: Credential,
        desk: Option<&Desk>,
        reply: oneshot::Sender<Reply>,
    ) {
        if self.running.is_some() {
            return core.refuse(reply, "sign_in_running", &[]);
        }
        let kept = profile.sign_in.clone().unwrap_or_default();
        let way = kept.way;
        let back = match way {
            SignInWay::Browser => redirect(&profile, kept.redirect.as_deref()),
            SignInWay::Device => Ok(None),
        };
        let back = match back {
            Ok(back) => back,
            Err(fault) => {
                let message = fault.say(core.language);
                let fields = vec![FieldTrouble { field: Field::Redirect, message, cause: None }];
                return drop(reply.send(Reply::Invalid { fields }));
            }
        };
        let provider = profile.provider(core.sandbox.url.as_ref());
        let Some(issuer) = provider.and_then(|provider| issuer(&profile, &provider)) else {
            return core.refuse(reply, "sign_in_no_page", &[]);
        };
        self.number += 1;
        let (number, client) = (self.number, core.client.clone());
        let shell = Arc::clone(&core.host.shell);
        let panicked = Event::SignInPrepared { number, outcome: None };
        let work = core.tasks.start(Some(panicked), async move {
            let outcome = Some(Box::new(prepare(&client, &issuer, (way, back), shell).await));
            Event::SignInPrepared { number, outcome }
        });
        core.banners.retain(|banner| banner.code != SIGN_IN_FAILED);
        tracing::info!(event = "sign_in_begins", name = profile.name.as_str());
        let until = core.clock.now() + TIME_TO_SIGN_IN;
        let (step, desk) = (At::Preparing { _work: Work::new(work) }, desk.cloned());
        let running =
            Running { number, profile, before, credential, way, step, until, desk, reply };
        self.running = Some(running);
    }

    /// The provider told its addresses, or not, and a port is open, or not.
    pub(super) fn prepared(
        &mut self,
        core: &mut Core,
        number: u64,
        outcome: Option<Box<SignInPrepared>>,
    ) {
        let Some(running) = self.running.as_mut().filter(|it| it.number == number) else { return };
        let Some(SignInPrepared { redirect_listener, has_scheme, metadata, keys }) =
            outcome.map(|it| *it)
        else {
            return self.fail(core, "internal", &[]);
        };
        let redirect_listener = match redirect_listener.transpose() {
            Ok(redirect_listener) => redirect_listener,
            Err(PortTaken { port }) => {
                return self.fail(core, "sign_in_port_taken", &[("port", &port.to_string())]);
            }
        };
        let is_given = running.profile.source.preset.has_own_endpoint();
        let metadata = match metadata {
            Ok(metadata) => Some(metadata),
            // Adobe's addresses are known; who signed in is then not told.
            Err(_) if !is_given => None,
            Err(error) => {
                let reply = not_found(core, &running.profile, &error);
                return self.end(core, reply);
            }
        };
        if let (true, None, Some(metadata)) = (is_given, &running.before, &metadata) {
            running.profile.source.token_endpoint = Some(metadata.token_endpoint.clone());
            choose_authentication(&mut running.profile, metadata);
            if let Some(way) = &mut running.profile.sign_in {
                way.revocation = metadata.revocation.clone();
            }
        }
        let provider = running.profile.provider(core.sandbox.url.as_ref()).map(|provider| {
            let told = metadata.as_ref().and_then(|it| it.authorization.clone());
            Provider { authorization: told.or(provider.authorization), ..provider }
        });
        let Some(redirect_listener) = redirect_listener else {
            return self.authorize_device(core, provider, metadata, keys);
        };
        let begun = provider.and_then(|provider| {
            let redirect = redirect_listener.redirect().clone();
            let (id, scopes) = (&running.profile.client_id, &running.profile.scopes);
            Some((SignIn::begin(&provider, id, redirect, scopes).ok()?, provider))
        });
        let Some((sign_in, provider)) = begun else {
            return self.fail(core, "sign_in_no_page", &[]);
        };
        if let Some(desk) = &running.desk {
            desk.open_url(sign_in.address());
        }
        let listens = redirect_listener.listens();
        let redirect_listener = core.tasks.events().filter(|_| listens).map(|events| {
            let arrived: Arrived = Arc::new(move |address| {
                let (reply, page) = oneshot::channel();
                let _ = events.send(Event::SignInArrived { number, address, reply });
                Box::pin(async move { page.await.ok() })
            });
            Work::new(tokio::spawn(redirect_listener.serve(arrived)).abort_handle())
        });
        let waiting = Waiting { sign_in, provider, metadata, keys, redirect_listener, has_scheme };
        running.step = At::Waiting(Box::new(waiting));
    }

    fn authorize_device(
        &mut self,
        core: &mut Core,
        provider: Option<Provider>,
        metadata: Option<Metadata>,
        keys: Option<Keys>,
    ) {
        let Some(running) = &mut self.running else { return };
        let place = metadata.as_ref().and_then(|it| it.device_authorization.clone());
        let (Some(provider), Some(metadata), Some(place)) = (provider, metadata, place) else {
            return self.fail(core, "sign_in_no_device", &[]);
        };
        let (number, client) = (running.number, core.client.clone());
        let (asked, client_id) = (provider.clone(), running.profile.client_id.clone());
        let scopes = running.profile.scopes.clone();
        let secret = running.credential.client_secret.clone();
        let panicked = Event::DeviceAuthorized { number, outcome: None };
        let work = core.tasks.start(Some(panicked), async move {
            let told =
                client.authorize_device(&asked, &place, &client_id, secret.as_ref(), &scopes);
            Event::DeviceAuthorized { number, outcome: Some(told.await.map(Box::new)) }
        });
        let (sent_at, work) = (core.clock.now(), Work::new(work));
        let authorizing = Authorizing { provider, metadata, keys, sent_at, _work: work };
        running.step = At::Authorizing(Box::new(authorizing));
    }

    /// There is a code to type in, or none.
    pub(super) fn device_authorized(
        &mut self,
        core: &mut Core,
        number: u64,
        outcome: Option<Result<Box<DeviceAuthorization>, RequestError>>,
    ) {
        let Some(running) = self.running.as_mut().filter(|it| it.number == number) else { return };
        let placeholder = At::Preparing { _work: Work::none() };
        let At::Authorizing(asked) = std::mem::replace(&mut running.step, placeholder) else {
            return;
        };
        let authorization = match outcome {
            None => return self.fail(core, "internal", &[]),
            Some(Ok(authorization)) => *authorization,
            Some(Err(error)) => {
                let reply = not_exchanged(core, &running.profile, &ExchangeError::Refused(error));
                return self.end(core, reply);
            }
        };
        let Authorizing { provider, metadata, keys, sent_at, .. } = *asked;
        running.until = sent_at + authorization.lasts();
        let told = (provider, metadata, keys);
        let wait = DeviceWait::new(told, authorization, core.clock.now());
        running.step = At::Device(Box::new(wait));
    }

    /// Asks whether the person has agreed.
    pub(super) fn poll_device(&mut self, core: &Core) {
        let Some(running) = &mut self.running else { return };
        let At::Device(device) = &mut running.step else { return };
        let (client, clock, number) = (core.client.clone(), core.clock.clone(), running.number);
        let secret = running.credential.client_secret.clone();
        let client_id = running.profile.client_id.clone();
        let (provider, keys) = (device.provider.clone(), device.keys.clone());
        let authorization = device.authorization.clone();
        let userinfo = device.metadata.userinfo.clone();
        let panicked = PollError::Over(ExchangeError::Panicked);
        let panicked = Event::DevicePolled { number, outcome: Err(panicked) };
        let work = core.tasks.start(Some(panicked), async move {
            let grant = authorization.grant();
            let request = TokenRequest { client_id: &client_id, secret: secret.as_ref(), grant };
            let issued = client.poll_device(&provider, &request, clock.now()).await;
            let outcome = issued.map_err(PollError::NotYet).and_then(|issued| {
                let now = clock.now();
                let person = authorization.person(&issued, keys.as_ref(), &client_id, now);
                let person =
                    person.map_err(|error| PollError::Over(ExchangeError::IdToken(error)))?;
                Ok(Box::new(SignedIn { issued: Box::new(issued), person, userinfo }))
            });
            Event::DevicePolled { number, outcome }
        });
        device.polls(core.requests.now(), Work::new(work));
    }

    /// The person has agreed, or not, or has not decided yet.
    pub(super) fn device_polled(
        &mut self,
        core: &mut Core,
        number: u64,
        outcome: Result<Box<SignedIn>, PollError>,
    ) {
        let Some(running) = self.running.as_mut().filter(|it| it.number == number) else { return };
        let At::Device(device) = &mut running.step else { return };
        let Some(sent) = device.polled() else { return };
        let error = match outcome {
            Ok(signed_in) => return self.signed_in(core, sent, *signed_in),
            Err(PollError::Over(error)) => error,
            Err(PollError::NotYet(answer)) => match device.put_off(answer, core.clock.now()) {
                Ok(()) => return,
                Err(NotYet::Expired) => return self.time_is_over(core),
                Err(NotYet::Failed(error)) => ExchangeError::Refused(error),
                Err(NotYet::Denied | NotYet::Pending | NotYet::SlowDown) => {
                    return self.fail(core, "sign_in_denied", &[]);
                }
            },
        };
        let reply = not_exchanged(core, &running.profile, &error);
        self.end(core, reply);
    }

    /// A browser came to the port that waits for it. Perhaps somebody else sent it.
    pub(super) fn arrived(
        &mut self,
        core: &mut Core,
        number: u64,
        address: &SecretString,
        reply: oneshot::Sender<Page>,
    ) {
        if self.running.as_ref().is_none_or(|it| it.number != number) {
            return;
        }
        let language = core.language;
        let page = |id: &str, is_last| Page { said: language.tell(id, &[]), is_last };
        let _ = reply.send(match self.take(core, address, true) {
            Ok(()) => page("browser-signed_in", true),
            Err(error) if error.ends_the_sign_in() => page("browser-refused", true),
            Err(error) => {
                tracing::info!(event = "sign_in_not_ours", %error);
                page("browser-not_this", false)
            }
        });
    }

    /// A person pasted the address that the browser ended at.
    pub(super) fn pasted(
        &mut self,
        core: &mut Core,
        text: &SecretString,
        reply: oneshot::Sender<Reply>,
    ) {
        if self.running.is_none() {
            tracing::info!(event = "sign_in_over");
            return core.refuse(reply, "sign_in_over", &[]);
        }
        let _ = reply.send(match self.take(core, text, false) {
            Ok(()) => Reply::Done,
            Err(error) => {
                if !error.ends_the_sign_in() {
                    tracing::info!(event = "sign_in_not_ours", %error);
                }
                failed(core, &error)
            }
        });
    }

    /// Goes on with the code in an address, or ends if the provider refused there. Of any other address it only says why it
    /// is not this sign-in's. `at_landing` is where the browser still waits to be shown something.
    fn take(
        &mut self,
        core: &mut Core,
        text: &SecretString,
        at_landing: bool,
    ) -> Result<(), CallbackError> {
        let Some(running) = &mut self.running else { return Err(CallbackError::OtherSignIn) };
        let At::Waiting(waiting) = &mut running.step else {
            return Err(CallbackError::OtherSignIn);
        };
        let outcome = waiting.sign_in.callback(text.expose_secret());
        let is_over = outcome.as_ref().map_or_else(CallbackError::ends_the_sign_in, |_| true);
        if is_over
            && at_landing
            && let Some(redirect_listener) = waiting.redirect_listener.take()
        {
            redirect_listener.leave();
        }
        match outcome {
            Ok(code) => {
                exchange(core, running, code);
                Ok(())
            }
            Err(error) => {
                if is_over {
                    tracing::info!(event = "sign_in_refused", %error);
                    let reply = failed(core, &error);
                    self.end(core, reply);
                }
                Err(error)
            }
        }
    }

    /// The code was exchanged, or not.
    pub(super) fn exchanged(
        &mut self,
        core: &mut Core,
        number: u64,
        outcome: Result<Box<SignedIn>, ExchangeError>,
    ) {
        let Some(running) = self.running.as_ref().filter(|it| it.number == number) else { return };
        let At::Finishing { sent, .. } = running.step else { return };
        match outcome {
            Ok(signed_in) => self.signed_in(core, sent, *signed_in),
            Err(error) => {
                let reply = not_exchanged(core, &running.profile, &error);
                self.end(core, reply);
            }
        }
    }

    /// What the person's consent brought is the profiles' to save.
    fn signed_in(&mut self, core: &mut Core, sent: SentAt, signed_in: SignedIn) {
        let SignedIn { issued, person, userinfo } = signed_in;
        let Some(running) = self.running.take() else { return };
        let Running { mut profile, before, credential, reply, .. } = running;
        let (subject, account) = person.map(|it| (it.subject, it.label)).unzip();
        let account = account.flatten();
        self.unnamed = userinfo.filter(|_| account.is_none()).map(|userinfo| Unnamed {
            profile: profile.id,
            userinfo,
            subject,
        });
        let way = profile.sign_in.take().unwrap_or_default();
        let account = account.or(way.account);
        profile.sign_in = Some(profile::SignIn { account, signed_out: false, ..way });
        profile.grant = GrantView::RefreshToken;
        let renews = issued.refresh_token.is_some();
        tracing::info!(event = "signed_in", name = profile.name.as_str(), renews);
        let step = core.requests.step_since(sent);
        let usual = profile.usual_sign_in_life();
        let secrets = Secrets::granted(credential.clone(), *issued, step, usual);
        let parsed = Parsed {
            profile: match before {
                None => ParsedProfile::New(profile),
                Some(before) => ParsedProfile::Edited(profile.id, Edit::between(&before, profile)),
            },
            credential,
            keeps_refresh_token: false,
            change: Some(Change::Credential),
            one_time_word: None,
            // The code is used up, so this is the only copy.
            may_stay_in_memory: true,
        };
        core.tasks.then(FollowUp::Granted(Box::new((parsed, secrets)), reply));
    }

    /// Asks whose token it is, if the sign-in left that open.
    pub(super) fn saved(&mut self, core: &Core, profile: ProfileId) {
        let Some(Unnamed { userinfo, subject, .. }) =
            self.unnamed.take_if(|unnamed| unnamed.profile == profile)
        else {
            return;
        };
        let Some(token) = core.secret_store.access_token(profile).cloned() else { return };
        let client = core.client.clone();
        core.tasks.start(None, async move {
            let person = client.person(&userinfo, &token, subject.as_deref()).await;
            Event::PersonTold { profile, person }
        });
    }

    pub(super) fn reopen(&self, core: &Core, desk: &Desk, reply: oneshot::Sender<Reply>) {
        match self.running.as_ref().map(|running| &running.step) {
            Some(At::Waiting(waiting)) => {
                desk.open_url(waiting.sign_in.address());
                let _ = reply.send(Reply::Done);
            }
            Some(At::Device(device)) => {
                desk.open_url(device.authorization.page_with_code());
                let _ = reply.send(Reply::Done);
            }
            _ => core.refuse(reply, "sign_in_over", &[]),
        }
    }

    pub(super) fn cancel(&mut self, core: &mut Core, reply: oneshot::Sender<Reply>) {
        self.fail(core, "sign_in_cancelled", &[]);
        let _ = reply.send(Reply::Done);
    }

    pub(super) fn time_is_over(&mut self, core: &mut Core) {
        let id = match self.running.as_ref().map(|running| &running.step) {
            Some(At::Waiting(waiting)) if !waiting.comes_back() => "sign_in_time_over_pasting",
            Some(At::Device(_)) => "sign_in_code_over",
            _ => "sign_in_time_over",
        };
        self.fail(core, id, &[]);
    }

    fn fail(&mut self, core: &mut Core, id: &str, arguments: &[(&'static str, &str)]) {
        if self.running.is_some() {
            tracing::info!(event = "sign_in_ended", why = id);
            let reply = core.failed(id, arguments);
            self.end(core, reply);
        }
    }

    /// Whoever began it is told why. If their window was closed meanwhile, it stands in the one that opens next.
    fn end(&mut self, core: &mut Core, reply: Reply) {
        let Some(running) = self.running.take() else { return };
        let Err(unheard) = running.reply.send(reply) else { return };
        let said = match unheard {
            Reply::Failed { message: headline, advice, cause, .. } => {
                Message { headline, advice, cause }
            }
            Reply::Refused { trouble, .. } => {
                let cause = trouble.technical.description;
                Message { headline: trouble.headline, advice: trouble.advice, cause }
            }
            _ => return,
        };
        core.banners.retain(|banner| banner.code != SIGN_IN_FAILED);
        core.banners
            .push(BannerView { dismissible: true, ..BannerView::lasting(SIGN_IN_FAILED, said) });
    }
}

impl Timed for SigningIn {
    fn deadline(&self) -> Option<Timestamp> {
        // A request ends by itself.
        let running = self.running.as_ref()?;
        match &running.step {
            At::Finishing { .. } => None,
            At::Device(device) => device.next().map(|next| next.min(running.until)),
            _ => Some(running.until),
        }
    }

    fn shift(&mut self, step: Step) {
        if let Some(running) = &mut self.running {
            running.until = running.until.shifted(step);
            running.credential.shift(step);
            match &mut running.step {
                At::Authorizing(asked) => asked.sent_at = asked.sent_at.shifted(step),
                At::Device(device) => device.shift(step),
                _ => {}
            }
        }
    }

    fn on_time(&mut self, now: Timestamp) -> Option<Due> {
        self.deadline().filter(|deadline| *deadline <= now)?;
        let is_over = self.running.as_ref().is_some_and(|running| running.until <= now);
        Some(if is_over { Due::SignInOver } else { Due::SignInAsked })
    }
}

pub(super) fn person_told(core: &mut Core, profile: ProfileId, person: Option<Person>) {
    let Some(label) = person.and_then(|person| person.label) else { return };
    let told = core.profiles.change(|list| {
        let way = list.get_mut(profile).and_then(|profile| profile.sign_in.as_mut());
        // The answer may come after the person has signed out again.
        if let Some(way) = way.filter(|way| !way.signed_out) {
            way.account = Some(label);
        }
    });
    if let Err(error) = told {
        tracing::warn!(event = "account_not_kept", %error);
    }
}

async fn prepare(
    client: &Client,
    issuer: &Endpoint,
    (way, back): (SignInWay, Option<Redirect>),
    shell: Arc<dyn Shell>,
) -> SignInPrepared {
    let metadata = discover(client, issuer).await;
    let keys = match &metadata {
        Ok(metadata) => client.keys(metadata).await,
        Err(_) => Ok(None),
    };
    if let Err(error) = &keys {
        tracing::warn!(event = "no_keys", failure = ?error.failure, technical = %error.technical);
    }
    let (mut has_scheme, mut redirect_listener) = (false, None);
    if way == SignInWay::Browser {
        has_scheme = take_scheme(back.as_ref(), shell).await;
        redirect_listener = Some(RedirectListener::open(back).await);
    }
    SignInPrepared { redirect_listener, has_scheme, metadata, keys: keys.ok().flatten() }
}

/// Has the system hand over what the browser ends at, where that is no page. Each time anew: another program may have taken
/// the scheme meanwhile. Where it can't be had, the address is pasted.
async fn take_scheme(redirect: Option<&Redirect>, shell: Arc<dyn Shell>) -> bool {
    let scheme = redirect.and_then(Redirect::custom_scheme).map(str::to_owned);
    let Some(scheme) = scheme else { return false };
    let taken = tokio::task::spawn_blocking(move || shell.take_scheme(&scheme)).await;
    match taken {
        Ok(Ok(())) => true,
        Ok(Err(cause)) => {
            tracing::warn!(event = "scheme_not_taken", cause);
            false
        }
        Err(error) => {
            tracing::error!(event = "scheme_not_taken", %error);
            false
        }
    }
}

/// At the address that was given, or else at its host: a person may have a token endpoint, or the page itself.
async fn discover(client: &Client, given: &Endpoint) -> Result<Metadata, RequestError> {
    let path = given.path();
    let issuer =
        path.split("/.well-known/").next().map_or_else(|| given.clone(), |it| given.at(it));
    match client.discover(&issuer).await {
        Err(error) if issuer.path() != "/" => {
            client.discover(&issuer.at("/")).await.map_err(|_| error)
        }
        told => told,
    }
}

/// Where the browser is to come back to: `None` for a free port of this machine.
fn redirect(profile: &Profile, text: Option<&str>) -> Result<Option<Redirect>, FieldError> {
    let Some(text) = text else {
        // Adobe sends a browser that it does not know the way back for to its own default, without a word.
        let is_adobe = matches!(profile.source.preset, Preset::AdobeIms | Preset::AdobeImsStage);
        return if is_adobe { Err(FieldError::new("redirect_wanted")) } else { Ok(None) };
    };
    let redirect = Redirect::parse(text, &profile.client_id).map_err(|error| {
        FieldError::new(match error {
            RedirectError::Malformed => "redirect_malformed",
            RedirectError::Fragment => "endpoint_fragment",
            RedirectError::Scheme => "redirect_scheme",
            RedirectError::OtherClient => "redirect_other_client",
        })
    })?;
    Ok(Some(redirect))
}

/// Where the provider tells its endpoints.
fn issuer(profile: &Profile, provider: &Provider) -> Option<Endpoint> {
    match profile.source.preset {
        Preset::Tutorial | Preset::Custom => {
            let known = profile.sign_in.as_ref().and_then(|way| way.issuer.clone());
            known.or_else(|| profile.source.token_endpoint.clone())
        }
        Preset::AdobeIms | Preset::AdobeImsStage | Preset::Keeper | Preset::Sandbox => {
            Some(provider.token_endpoint.at("/ims"))
        }
    }
}

/// HTTP Basic where the server takes nothing else (RFC 8414 section 2).
fn choose_authentication(profile: &mut Profile, metadata: &Metadata) {
    let takes = |way: &str| {
        metadata.authentication_methods.as_ref().is_some_and(|ways| ways.iter().any(|it| it == way))
    };
    let only_basic = metadata.authentication_methods.is_none()
        || takes("client_secret_basic") && !takes("client_secret_post");
    if profile.source.client_authentication == ClientAuthentication::Body && only_basic {
        profile.source.client_authentication = ClientAuthentication::Basic;
    }
}

fn exchange(core: &Core, running: &mut Running, code: AuthorizationCode) {
    let (client, clock) = (core.client.clone(), core.clock.clone());
    let secret = running.credential.client_secret.clone();
    let (number, client_id) = (running.number, running.profile.client_id.clone());
    let placeholder = At::Preparing { _work: Work::none() };
    let At::Waiting(waiting) = std::mem::replace(&mut running.step, placeholder) else { return };
    let Waiting { sign_in, provider, metadata, keys, redirect_listener, .. } = *waiting;
    drop(redirect_listener);
    let panicked = Event::SignInExchanged { number, outcome: Err(ExchangeError::Panicked) };
    let work = core.tasks.start(Some(panicked), async move {
        let grant = sign_in.grant(&code);
        let request = TokenRequest { client_id: &client_id, secret: secret.as_ref(), grant };
        let issued = client.request_token(&provider, &request, clock.now()).await;
        let outcome = issued.map_err(ExchangeError::Refused).and_then(|issued| {
            let person = sign_in.person(&issued, keys.as_ref(), &client_id, clock.now());
            let person = person.map_err(ExchangeError::IdToken)?;
            let userinfo = metadata.and_then(|it| it.userinfo);
            Ok(Box::new(SignedIn { issued: Box::new(issued), person, userinfo }))
        });
        Event::SignInExchanged { number, outcome }
    });
    running.step = At::Finishing { sent: core.requests.now(), _work: Work::new(work) };
}

/// Why an address brings no code, in words for who signs in.
fn failed(core: &Core, error: &CallbackError) -> Reply {
    let id = match error {
        CallbackError::NotAnAddress | CallbackError::NoCode => "sign_in_no_code",
        CallbackError::StillAtTheProvider => "sign_in_still_there",
        CallbackError::OtherAddress => "sign_in_other_address",
        CallbackError::OtherSignIn => "sign_in_other",
        CallbackError::Denied => "sign_in_denied",
        CallbackError::LoginRequired => "sign_in_login_required",
        CallbackError::ScopeRefused => "sign_in_scope_refused",
        CallbackError::ClientRefused => "sign_in_client_refused",
        CallbackError::ServerTrouble => "sign_in_server_trouble",
        CallbackError::Refused(code) => return core.failed("sign_in_refused", &[("code", code)]),
    };
    core.failed(id, &[])
}

fn not_found(core: &Core, profile: &Profile, error: &RequestError) -> Reply {
    tracing::warn!(event = "sign_in_not_found", failure = ?error.failure, technical = %error.technical);
    match error.failure {
        Failure::Transient { cause, .. } if !matches!(cause, Transient::BrokenReply) => {
            refused(core, profile, Trouble::Transient(cause), error)
        }
        Failure::Transient { .. } | Failure::Permanent(_) => {
            let host = profile.provider_label(core.language);
            core.failed("sign_in_not_found", &[("provider", &host)])
        }
    }
}

fn not_exchanged(core: &Core, profile: &Profile, error: &ExchangeError) -> Reply {
    tracing::warn!(event = "sign_in_not_exchanged", %error);
    match error {
        ExchangeError::Panicked => core.failed("internal", &[]),
        ExchangeError::IdToken(_) => core.failed("sign_in_id_token", &[]),
        ExchangeError::Refused(error) => match error.failure {
            _ if error.technical.error.as_deref() == Some("invalid_grant") => {
                core.failed("sign_in_code_refused", &[])
            }
            Failure::Transient { cause, .. } => {
                refused(core, profile, Trouble::Transient(cause), error)
            }
            Failure::Permanent(cause) => refused(core, profile, Trouble::Rejected(cause), error),
        },
    }
}

fn refused(core: &Core, profile: &Profile, trouble: Trouble, error: &RequestError) -> Reply {
    let label = profile.provider_label(core.language);
    let technical = profile_view::technical_view(Some(core.clock.now()), &error.technical);
    let trouble = texts::trial(core.language, trouble, &label).with_technical(technical);
    Reply::Refused { trouble, anyway: None }
}

/// Time to find a password and a second factor. Codes live for minutes only, and begin when the person has agreed.
const TIME_TO_SIGN_IN: Duration = Duration::from_secs(10 * 60);
