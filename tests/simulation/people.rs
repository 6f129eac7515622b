//! People, who click when they like, and mend what the window says is broken.

use glowjar_agent::{
    controller::Agent,
    request::{Anyway, ClientAuthentication, Draft, Encoding, Reply, Request},
    tray::Click,
    view::{Action, GrantView, PhaseView, Preset},
};

use crate::{
    ledger::place_of,
    story::{Act, Habit, Kind},
    world::World,
};

impl World {
    pub fn act(&self, agent: &Agent, place: usize, act: Act) {
        self.state().note(|| format!("the person: {act:?} {place}"));
        self.state().ledger.figures.count("clicks and edits");
        let id = self.id_of(agent, place);
        // Until a removal is final its last request may still be under way, and the ledger would take it for the new one's.
        if act == Act::Add && agent.snapshot().undo.is_some() {
            return;
        }
        let request = match (act, id) {
            (Act::Add, None) => Request::SaveProfile {
                profile: None,
                draft: self.draft(place, &Typed { sign_in: true, ..Typed::secret() }),
                understood: None,
                anyway: insists(place),
            },
            (Act::Add, Some(_)) | (_, None) => return,
            (Act::Remove, Some(profile)) => Request::RemoveProfile { profile, revoke: false },
            (Act::Refresh, Some(profile)) => Request::RefreshNow { profile },
            (Act::Copy, Some(profile)) => Request::CopyToken { profile },
            (Act::TrayCopy, Some(profile)) => {
                self.state().ledger.wants(place);
                return agent.click(Click::CopyToken { profile });
            }
            (Act::Pause, Some(profile)) => Request::Pause { profile },
            (Act::Resume, Some(profile)) => Request::Resume { profile },
            (Act::Rename, Some(profile)) => {
                let mut draft = self.draft(place, &Typed::default());
                draft.name.push_str(" and more");
                save(place, profile, draft)
            }
            (Act::EditMargin(minutes), Some(profile)) => {
                let mut draft = self.draft(place, &Typed::default());
                draft.renew_early_minutes = minutes;
                save(place, profile, draft)
            }
            (Act::TypeSecret { right }, Some(profile)) => {
                let typed = Typed { secret: true, is_wrong: !right, sign_in: false };
                save(place, profile, self.draft(place, &typed))
            }
            (Act::SignInAgain, Some(profile)) => {
                let draft = self.draft(place, &Typed { sign_in: true, ..Typed::secret() });
                save(place, profile, draft)
            }
            (Act::CheckAccess, Some(profile)) => {
                return self.ask(agent, Request::CheckAccess { profile }, None);
            }
            (Act::Unlock, Some(_)) => Request::UnlockKeychain,
        };
        self.state().ledger.wants(place);
        let edits = matches!(act, Act::Remove | Act::TypeSecret { .. } | Act::SignInAgain);
        if edits {
            self.state().ledger.watched(place).is_being_edited();
        }
        self.ask(agent, request, edits.then_some(place));
    }

    /// Does what the window advises for every profile that needs somebody.
    pub fn mend(&self, agent: &Agent) {
        self.state().note(|| "the person mends what needs mending".to_owned());
        self.state().ledger.figures.count("times that a person mended something");
        for profile in agent.snapshot().profiles {
            let Some(place) = place_of(&profile.name) else { continue };
            let action = profile.trouble.and_then(|trouble| trouble.action);
            let act = match action {
                Some(Action::UnlockKeychain | Action::CreateKeyring) => Act::Unlock,
                Some(Action::RetryNow) => Act::Refresh,
                Some(Action::ReplaceSecret) if profile.phase != PhaseView::Halted => {
                    Act::SignInAgain
                }
                Some(Action::ReplaceSecret | Action::EditProfile | Action::EditScopes) => {
                    match self.state().cast[place].kind.refreshes() {
                        true => Act::SignInAgain,
                        false => Act::TypeSecret { right: true },
                    }
                }
                Some(Action::ReplaceRefreshToken | Action::SignIn) => Act::SignInAgain,
                Some(
                    Action::OpenAccountPage
                    | Action::SetClock
                    | Action::OpenSettings
                    | Action::OpenNetworkSignIn
                    | Action::Unlock
                    | Action::InstallUpdate,
                ) => Act::Refresh,
                None => continue,
            };
            self.act(agent, place, act);
        }
    }

    /// Does about each end of a sign-in what this person uses to do.
    pub fn look(&self, agent: &Agent) {
        for profile in agent.snapshot().profiles {
            let Some(place) = place_of(&profile.name) else { continue };
            let Some(life) = self.state().cast[place].second_life else { continue };
            let is_near = profile.sign_in_end.is_some_and(|end| end.is_near);
            let action = profile.trouble.and_then(|trouble| trouble.action);
            let has_ended = matches!(action, Some(Action::ReplaceRefreshToken | Action::SignIn));
            let times = match life.habit {
                Habit::SignsInAhead => usize::from(is_near || has_ended),
                Habit::SignsInTwice => 2 * usize::from(is_near || has_ended),
                Habit::SignsInLate => usize::from(has_ended),
                Habit::Never => 0,
            };
            for _ in 0..times {
                self.state().ledger.figures.count("sign-ins by who read of an end");
                self.act(agent, place, Act::SignInAgain);
            }
        }
    }

    fn ask(&self, agent: &Agent, request: Request, edited: Option<usize>) {
        let (agent, world) = (agent.clone(), self.clone());
        tokio::spawn(async move {
            let reply = agent.ask(request).await;
            if let Some(place) = edited {
                world.state().ledger.watched(place).was_edited();
            }
            if let Reply::Failed { code, .. } = &reply
                && code == "stopping"
                && !world.state().is_quitting()
            {
                return world.state().violate("the controller has ended by itself".to_owned());
            }
            let words = match reply {
                Reply::Failed { code, .. } => format!("refused: {code}"),
                Reply::Invalid { fields } => format!("invalid: {fields:?}"),
                Reply::Access { access } => access.headline,
                _ => return,
            };
            world.state().note(|| format!("the person reads: {words}"));
        });
    }

    fn id_of(&self, agent: &Agent, place: usize) -> Option<String> {
        let snapshot = agent.snapshot();
        let mut profiles = snapshot.profiles.into_iter();
        profiles.find(|profile| place_of(&profile.name) == Some(place)).map(|profile| profile.id)
    }

    fn draft(&self, place: usize, typed: &Typed) -> Draft {
        let mut state = self.state();
        let (now, part) = (state.now(), state.cast[place]);
        let issuer = &mut state.issuers[place];
        let (secret, standby) = issuer.secrets();
        let secret = if typed.is_wrong { "wrong".to_owned() } else { secret };
        let refreshes = part.kind.refreshes();
        let refresh_token =
            (refreshes && typed.sign_in).then(|| issuer.sign_in(now).to_string().into());
        let token_endpoint = match part.kind {
            Kind::Adobe => String::new(),
            Kind::Lenient => "https://tutorial.example".to_owned(),
            Kind::Mint | Kind::Strict | Kind::Steady => "https://id.example/token".to_owned(),
        };
        Draft {
            name: format!("Profile {place}"),
            preset: match part.kind {
                Kind::Adobe => Preset::AdobeIms,
                Kind::Lenient => Preset::Tutorial,
                Kind::Mint | Kind::Strict | Kind::Steady => Preset::Custom,
            },
            token_endpoint,
            encoding: if part.kind == Kind::Lenient { Encoding::Json } else { Encoding::Form },
            client_authentication: match part.kind {
                Kind::Strict => ClientAuthentication::Basic,
                _ => ClientAuthentication::Body,
            },
            client_id: issuer.client_id(),
            grant: if refreshes { GrantView::RefreshToken } else { GrantView::ClientCredentials },
            scopes: "openid,firefly_api".to_owned(),
            client_secret: typed.secret.then(|| secret.into()),
            standby_secret: standby.filter(|_| typed.secret).map(Into::into),
            refresh_token,
            renew_early_minutes: part.renew_early_minutes,
            family: None,
            authority: None,
        }
    }
}

/// Some would rather have a token in memory than none.
fn insists(place: usize) -> Option<Anyway> {
    Some(if place.is_multiple_of(2) { Anyway::InMemory } else { Anyway::Untried })
}

fn save(place: usize, profile: String, draft: Draft) -> Request {
    Request::SaveProfile { profile: Some(profile), draft, understood: None, anyway: insists(place) }
}

/// What the person types anew into the form.
#[derive(Default)]
struct Typed {
    secret: bool,
    is_wrong: bool,
    sign_in: bool,
}

impl Typed {
    fn secret() -> Self {
        Self { secret: true, ..Self::default() }
    }
}
