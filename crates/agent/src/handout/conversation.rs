//! One connection: questions, each answered before the next is read. Whatever goes wrong ends this connection alone.

use std::{io, time::Duration};

use glowjar_protocol::{
    frame::{self, FrameError, HEADER, LONGEST_ANSWER, LONGEST_ASK},
    message::{Answer, Ask, Message, Reason, StatusAnswer, VERSION},
};
use secrecy::zeroize::Zeroizing;
use serde::Deserialize;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    time::timeout,
};

use super::{
    Caller,
    http::{AdmissionGuard, HttpApi, Passing},
    importing, profile_id, refused, signing_in,
    status::is_news,
};
use crate::{
    agent::Agent,
    event::HostEvent,
    request::{Reply, Request},
};

/// A question is waited for with this much `patience`, usually [`TIME_TO_ASK`].
pub(super) async fn hold<S>(
    mut stream: S,
    agent: &Agent,
    http_api: &HttpApi,
    caller: &Caller,
    patience: Duration,
) where
    S: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        // Somebody who is slow, or says nothing at all, is not waited for.
        let Ok(asked) = timeout(patience, read(&mut stream)).await else { return };
        let ask = match asked {
            Ok(ask) => ask,
            Err(Unheard::Gone) => return,
            Err(Unheard::Wrong(refusal)) => {
                let _ = write(&mut stream, *refusal).await;
                return;
            }
        };
        let went_on = match ask {
            Ask::Watch => watch(&mut stream, agent, caller).await,
            Ask::SignIn { profile, new, device } => {
                let request = signing_in::request(agent, profile, new, device);
                sign_in(&mut stream, agent, caller, request).await
            }
            ask => {
                let (answer, guard) = tokio::select! {
                    answer = answer_or_admit(agent, http_api, ask, caller) => match answer {
                        Some(answer) => answer,
                        // A connection that just ends says that the application did.
                        None => return,
                    },
                    // Nobody waits any more, or says something out of turn.
                    () = anything(&mut stream) => return,
                };
                let written = write(&mut stream, answer).await;
                if guard.is_some() && written.is_ok() {
                    return anything(&mut stream).await;
                }
                written
            }
        };
        if went_on.is_err() {
            return;
        }
    }
}

enum Unheard {
    Gone,
    Wrong(Box<Answer>),
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Result<Ask, Unheard> {
    let mut header = [0; HEADER];
    stream.read_exact(&mut header).await.map_err(|_| Unheard::Gone)?;
    let length = frame::length(header, LONGEST_ASK).map_err(|error| wrong("too_long", &error))?;
    // It may be a text with a secret in it.
    let mut body = Zeroizing::new(vec![0; length]);
    stream.read_exact(&mut body).await.map_err(|_| Unheard::Gone)?;
    let not_understood = |error| wrong("not_understood", &FrameError::from(error));
    let Versioned { version } = serde_json::from_slice(&body).map_err(not_understood)?;
    if version != VERSION {
        let message = format!("This Glowjar speaks version {VERSION} of the protocol");
        return Err(Unheard::Wrong(Box::new(refused(Reason::Usage, "version", &message, ""))));
    }
    let message: Message<Ask> = serde_json::from_slice(&body).map_err(not_understood)?;
    Ok(message.body)
}

#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

fn wrong(code: &str, error: &FrameError) -> Unheard {
    Unheard::Wrong(Box::new(refused(Reason::Usage, code, &error.to_string(), "")))
}

/// With what has to be kept as long as the connection is.
async fn answer_or_admit(
    agent: &Agent,
    http_api: &HttpApi,
    ask: Ask,
    caller: &Caller,
) -> Option<(Answer, Option<AdmissionGuard>)> {
    let Ask::Admit { ref label, connected, .. } = ask else {
        return Some((answer(agent, http_api, ask, caller).await?, None));
    };
    let label = label.clone();
    let answer = match agent.serve(ask, caller.clone()).await? {
        Answer::Admitted(answer) => answer,
        refusal => return Some((refusal, None)),
    };
    let Some(profile) = profile_id(&agent.snapshots().borrow(), &answer.profile) else {
        return Some((no_such_profile(""), None));
    };
    let guest = Passing::new(&label, profile, caller.clone());
    let admitted = http_api.admit(guest, connected, answer, agent).await;
    agent.tell(HostEvent::HttpApiChanged);
    Some(admitted)
}

async fn answer(agent: &Agent, http_api: &HttpApi, ask: Ask, caller: &Caller) -> Option<Answer> {
    match ask {
        Ask::Http => Some(http_api.tell(agent).await),
        // Whether this program may change that, the controller knows.
        Ask::AddHttp { .. } | Ask::RenewHttp { .. } | Ask::MoveHttp => {
            let may = agent.serve(ask.clone(), caller.clone()).await?;
            if let Answer::Failed(_) = may {
                return Some(may);
            }
            let answer = match ask {
                Ask::RenewHttp { name } => http_api.renew(&name, agent).await,
                Ask::AddHttp { name, profile } => match its_profile(agent, profile) {
                    Ok(profile) => http_api.add(name, profile, agent).await,
                    Err(refusal) => *refusal,
                },
                _ => http_api.change_port(agent).await,
            };
            agent.tell(HostEvent::HttpApiChanged);
            Some(answer)
        }
        Ask::RemoveHttp { name } => {
            let answer = http_api.remove(&name);
            agent.tell(HostEvent::HttpApiChanged);
            Some(answer)
        }
        Ask::Check { profile } => check(agent, profile, caller).await,
        Ask::Understand { text, api } => {
            Some(importing::understand(agent, caller, text, api).await)
        }
        Ask::PasteSignIn { address } => Some(signing_in::paste(agent, caller, address).await),
        Ask::Import { handle, name, anyway } => {
            Some(importing::import(agent, caller, handle, name, anyway).await)
        }
        ask => agent.serve(ask, caller.clone()).await,
    }
}

/// The one profile that a program shall be bound to, by its id.
fn its_profile(agent: &Agent, named: Option<String>) -> Result<Option<String>, Box<Answer>> {
    let Some(named) = named else { return Ok(None) };
    match profile_id(&agent.snapshots().borrow(), &named) {
        Some(id) => Ok(Some(id)),
        None => Err(Box::new(no_such_profile(&named))),
    }
}

fn no_such_profile(named: &str) -> Answer {
    let message = format!("There is no profile called {named:?}");
    refused(Reason::Usage, "unknown_profile", &message, "`glowjar profiles` lists them.")
}

/// Which profile is meant, the controller knows; then it goes the window's way.
async fn check(agent: &Agent, profile: Option<String>, caller: &Caller) -> Option<Answer> {
    let status = agent.serve(Ask::Check { profile }, caller.clone()).await?;
    let Answer::Status(StatusAnswer { profiles, .. }) = status else { return Some(status) };
    let checked = profiles.into_iter().next()?;
    Some(match agent.ask(Request::CheckAccess { profile: checked.id }).await {
        Reply::Access { access } => Answer::Checked {
            profile: checked.profile,
            works: access.works,
            message: access.headline,
            advice: access.advice,
        },
        Reply::Failed { code, message, advice, .. } => {
            refused(Reason::Failed, &code, &message, &advice)
        }
        _ => refused(Reason::Failed, "not_checked", "The token could not be checked", ""),
    })
}

async fn watch<S>(stream: &mut S, agent: &Agent, caller: &Caller) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut snapshots = agent.snapshots();
    let mut told: Option<StatusAnswer> = None;
    loop {
        snapshots.mark_unchanged();
        let answer = agent.serve(Ask::Watch, caller.clone()).await;
        match answer.ok_or(io::ErrorKind::BrokenPipe)? {
            Answer::Status(status) => {
                if told.as_ref().is_none_or(|told| is_news(told, &status)) {
                    write(stream, Answer::Status(status.clone())).await?;
                    told = Some(status);
                }
            }
            other => return write(stream, other).await,
        }
        tokio::select! {
            changed = snapshots.changed() => changed.map_err(|_| io::ErrorKind::BrokenPipe)?,
            () = anything(stream) => return Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}

/// Two answers: where to sign in, and what came of it. Who hangs up in between gives up.
async fn sign_in<S>(
    stream: &mut S,
    agent: &Agent,
    caller: &Caller,
    request: Result<Request, Box<Answer>>,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let request = match request {
        Ok(request) => request,
        Err(refusal) => return write(stream, *refusal).await,
    };
    let mut snapshots = agent.snapshots();
    // Another's is not told of as this one.
    let is_free = snapshots.borrow_and_update().sign_in.is_none();
    let ends = agent.ask_for(caller, request);
    tokio::pin!(ends);
    let mut is_told = !is_free;
    loop {
        tokio::select! {
            biased;
            reply = &mut ends => {
                return write(stream, signing_in::over(agent, reply)).await;
            }
            changed = snapshots.changed(), if !is_told => {
                changed.map_err(|_| io::ErrorKind::BrokenPipe)?;
                let waiting = signing_in::waiting(&snapshots.borrow_and_update());
                if let Some(waiting) = waiting {
                    is_told = true;
                    write(stream, waiting).await?;
                }
            }
            () = anything(stream) => {
                agent.ask_for(caller, Request::CancelSignIn).await;
                return Err(io::ErrorKind::BrokenPipe.into());
            }
        }
    }
}

/// Returns when the other side closes, or speaks before it was answered.
async fn anything(stream: &mut (impl AsyncRead + Unpin)) {
    let _ = stream.read(&mut [0]).await;
}

async fn write(stream: &mut (impl AsyncWrite + Unpin), answer: Answer) -> io::Result<()> {
    let bytes = frame::frame(&Message::new(answer), LONGEST_ANSWER).map_err(io::Error::other)?;
    let bytes = Zeroizing::new(bytes);
    let write = async {
        stream.write_all(&bytes).await?;
        stream.flush().await
    };
    timeout(TIME_TO_LISTEN, write).await.map_err(io::Error::other)?
}

/// A question is a few hundred bytes and is sent in one go.
pub(super) const TIME_TO_ASK: Duration = Duration::from_secs(5);
const TIME_TO_LISTEN: Duration = Duration::from_secs(5);
