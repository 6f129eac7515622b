//! A sign-in that was begun in a terminal: as in the window, but without a browser of Glowjar's.

use glowjar_protocol::message::{Answer, NewSignIn, Reason, SentText, SigningInAnswer};

use super::{Caller, importing, profile_id, refused};
use crate::{
    agent::Agent,
    request::{ClientAuthentication, Draft, Encoding, Reply, Request},
    view::{GrantView, Preset, SignInStep, SignInWay, Snapshot},
};

/// What the window would ask.
pub(super) fn request(
    agent: &Agent,
    profile: Option<String>,
    new: Option<Box<NewSignIn>>,
    device: bool,
) -> Result<Request, Box<Answer>> {
    if let Some(new) = new {
        let redirect = new.redirect.clone();
        let way = if device { SignInWay::Device } else { SignInWay::Browser };
        return Ok(Request::SignIn { draft: draft(*new), redirect, way });
    }
    let snapshots = agent.snapshots();
    let snapshot = snapshots.borrow();
    let wrong = |code, message: &str| {
        let advice = "`glowjar profiles` lists them. With --new NAME there will be one more.";
        Box::new(refused(Reason::Usage, code, message, advice))
    };
    let meant = match (profile, snapshot.profiles.as_slice()) {
        (Some(named), _) => profile_id(&snapshot, &named).ok_or_else(|| {
            wrong("unknown_profile", &format!("There is no profile called {named:?}"))
        })?,
        (None, [only]) => only.id.clone(),
        (None, []) => return Err(wrong("no_profile", "There is no profile yet")),
        (None, _) => return Err(wrong("which_profile", "There are several profiles: name one")),
    };
    Ok(Request::SignInAgain { profile: meant, way: device.then_some(SignInWay::Device) })
}

fn draft(new: NewSignIn) -> Draft {
    Draft {
        name: new.name,
        preset: if new.server.is_some() { Preset::Custom } else { Preset::AdobeIms },
        token_endpoint: new.server.unwrap_or_default(),
        encoding: Encoding::Form,
        client_authentication: match new.client_secret {
            Some(_) => ClientAuthentication::Body,
            None => ClientAuthentication::None,
        },
        client_id: new.client_id,
        grant: GrantView::RefreshToken,
        scopes: new.scopes,
        client_secret: new.client_secret.map(|text| text.0),
        standby_secret: None,
        refresh_token: None,
        renew_early_minutes: None,
        family: None,
        authority: None,
    }
}

pub(super) fn waiting(snapshot: &Snapshot) -> Option<Answer> {
    let sign_in = snapshot.sign_in.as_ref().filter(|it| it.step == SignInStep::Waiting)?;
    Some(Answer::SigningIn(SigningInAnswer {
        address: sign_in.address.clone()?,
        code: sign_in.code.clone(),
        comes_back: sign_in.comes_back,
        until: sign_in.until / 1_000,
    }))
}

pub(super) fn over(agent: &Agent, reply: Reply) -> Answer {
    let Reply::Saved { profile: id } = reply else { return importing::failed(reply) };
    let snapshot = agent.snapshot();
    let named = snapshot.profiles.iter().find(|profile| profile.id == id);
    // It may not be shown yet.
    let profile = named.map_or_else(|| id.clone(), |profile| profile.name.clone());
    Answer::SignedIn { profile, id }
}

pub(super) async fn paste(agent: &Agent, caller: &Caller, address: SentText) -> Answer {
    match agent.ask_for(caller, Request::PasteSignIn { text: address.0 }).await {
        Reply::Done => Answer::Pasted,
        other => importing::failed(other),
    }
}
