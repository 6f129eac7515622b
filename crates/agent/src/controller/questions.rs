//! "Ask me the first time a program takes a token": what is put off until the person has answered.
//!
//! A question outlives the program that raised it, so that somebody who comes back to the desk can still answer it
//! and the next try succeeds.

use std::time::Duration;

use glowjar_handout::protocol::{Answer, HttpAnswer, Reason, Target, TokenAsk, USUAL_TIMEOUT};
use glowjar_lifecycle::{
    id::ProfileId,
    time::{Step, Timestamp},
};
use tokio::sync::oneshot;

use super::Controller;
use crate::{
    handout::{Caller, Way, refused},
    notices::{Button, Notice, Urgency},
    permissions::{Permission, Permissions, PermissionsFile},
    request::Reply,
    tray::Click,
    view::{BannerView, Language, Level, NoticesWanted, PermissionView, ProgramView, QuestionView},
};

/// May a program take a profile's tokens?
#[derive(Debug)]
pub(super) struct Question {
    number: u32,
    profile: ProfileId,
    /// The last one that asked; all are of the same program.
    caller: Caller,
    asked_at: Timestamp,
    waiting: Vec<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    want: PutOff,
    until: Timestamp,
    caller: Caller,
    reply: oneshot::Sender<Answer>,
}

/// What has to wait for the answer.
#[derive(Debug)]
pub(super) enum PutOff {
    Token(TokenAsk),
    Outlet(Target),
    /// Another way in, over HTTP. It is not the controller that opens it.
    Door,
}

/// What a person lets a program do.
enum Leave {
    Given,
    Refused,
    Unknown,
}

/// The answers that were given before.
pub(super) fn open(
    file: PermissionsFile,
    language: Language,
    banners: &mut Vec<BannerView>,
) -> Permissions {
    let (permissions, aside) = Permissions::open(file);
    if let Some(aside) = aside {
        let path = aside.display().to_string();
        let said = language.tell("banner-permissions", &[("path", &path)]);
        banners.push(BannerView {
            code: "permissions".to_owned(),
            level: Level::Soon,
            headline: said.headline,
            advice: said.advice,
            action: None,
            dismissible: true,
        });
    }
    permissions
}

impl Controller {
    /// Goes on with what is wanted at once, or when the person has answered.
    pub(super) fn with_leave(
        &mut self,
        profile: ProfileId,
        want: PutOff,
        until: Timestamp,
        (caller, reply): (Caller, oneshot::Sender<Answer>),
    ) {
        match self.leave(profile, &caller) {
            Leave::Given => self.go_on(profile, want, until, (caller, reply)),
            Leave::Refused => self.not_allowed(profile, &caller, reply),
            Leave::Unknown => self.put_question(profile, Waiting { want, until, caller, reply }),
        }
    }

    /// Who is let in over HTTP gets the tokens of every profile.
    pub(super) fn door_wanted(
        &mut self,
        until: Timestamp,
        (caller, reply): (Caller, oneshot::Sender<Answer>),
    ) {
        let is_closed = |id: &ProfileId| !matches!(self.leave(*id, &caller), Leave::Given);
        let closed = self.order.iter().copied().find(is_closed);
        match closed {
            Some(profile) => self.with_leave(profile, PutOff::Door, until, (caller, reply)),
            None => drop(reply.send(Answer::Http(HttpAnswer::default()))),
        }
    }

    fn leave(&self, profile: ProfileId, caller: &Caller) -> Leave {
        let asks = self.profiles.get(&profile).is_some_and(|profile| profile.asks_first);
        // Whoever asks over HTTP was let in by name.
        if !asks || caller.way != Way::Socket {
            return Leave::Given;
        }
        match self.permissions.of(profile, &caller.program) {
            Some(true) => Leave::Given,
            Some(false) => Leave::Refused,
            None => Leave::Unknown,
        }
    }

    fn go_on(
        &mut self,
        profile: ProfileId,
        want: PutOff,
        until: Timestamp,
        (caller, reply): (Caller, oneshot::Sender<Answer>),
    ) {
        match want {
            PutOff::Token(ask) => self.token_allowed(profile, ask, until, (caller, reply)),
            PutOff::Outlet(target) => self.outlet_added(profile, target, reply),
            PutOff::Door => self.door_wanted(until, (caller, reply)),
        }
    }

    fn put_question(&mut self, profile: ProfileId, waiting: Waiting) {
        let same = |question: &&mut Question| {
            let known = &question.caller;
            question.profile == profile
                && known.program == waiting.caller.program
                && (known.program.is_known() || known.pid == waiting.caller.pid)
        };
        if let Some(question) = self.questions.iter_mut().find(same) {
            question.caller.pid = waiting.caller.pid;
            let is_told = !question.waiting.is_empty();
            question.waiting.push(waiting);
            let number = question.number;
            if !is_told {
                self.tell_question(number);
            }
            return;
        }
        if self.questions.len() >= MOST {
            let name = self.profiles.get(&profile).map(|it| it.name.as_str()).unwrap_or_default();
            let _ = waiting.reply.send(not_answered(name, &waiting.caller));
            return;
        }
        self.questions_asked += 1;
        let number = self.questions_asked;
        self.questions.push(Question {
            number,
            profile,
            caller: waiting.caller.clone(),
            asked_at: self.clock.now(),
            waiting: vec![waiting],
        });
        self.tell_question(number);
    }

    fn tell_question(&self, number: u32) {
        let Some(question) = self.questions.iter().find(|it| it.number == number) else { return };
        let name = self.profiles.get(&question.profile).map(|it| it.name.as_str());
        let (name, program) = (name.unwrap_or_default(), &question.caller.program);
        tracing::info!(event = "asked_person", name, program = program.line());
        if self.preferences.choices.notices == NoticesWanted::None {
            return;
        }
        let said = if program.is_known() {
            let arguments =
                [("name", name), ("program", program.name()), ("file", program.meant())];
            self.language.tell("notice-question", &arguments)
        } else {
            self.language.tell("notice-question_unnamed", &[("name", name)])
        };
        let button = |id, allow| Button {
            label: self.language.say(id),
            click: Click::AnswerQuestion { question: number, allow },
        };
        self.shell.raise(&Notice {
            id: notice_id(number),
            title: said.headline,
            body: said.advice,
            // It stays, since somebody waits for it.
            urgency: Urgency::Critical,
            buttons: vec![button("question-allow", true), button("question-deny", false)],
        });
    }

    /// One that was answered or has gone meanwhile is no trouble.
    pub(super) fn answer_question(
        &mut self,
        number: u32,
        allow: bool,
        reply: oneshot::Sender<Reply>,
    ) {
        let Some(place) = self.questions.iter().position(|it| it.number == number) else {
            let _ = reply.send(Reply::Done);
            return;
        };
        let Question { profile, caller, waiting, .. } = self.questions.remove(place);
        self.shell.withdraw(&notice_id(number));
        let program = caller.program;
        tracing::info!(event = "person_answered", program = program.line(), allow);
        let kept = if program.is_known() {
            self.permissions.decide(profile, program, allow)
        } else {
            Ok(())
        };
        for Waiting { want, until, caller, reply } in waiting {
            if allow {
                self.go_on(profile, want, until, (caller, reply));
            } else {
                self.not_allowed(profile, &caller, reply);
            }
        }
        self.programs_revision += 1;
        match kept {
            Ok(()) => drop(reply.send(Reply::Done)),
            Err(error) => self.refuse(reply, "not_remembered", &[("cause", &error.to_string())]),
        }
    }

    pub(super) fn forget_permission(&mut self, number: u32, reply: oneshot::Sender<Reply>) {
        match self.permissions.forget(number) {
            Ok(()) => {
                self.programs_revision += 1;
                let _ = reply.send(Reply::Done);
            }
            Err(error) => self.refuse(reply, "programs_file", &[("cause", &error.to_string())]),
        }
    }

    pub(super) fn set_asks_first(
        &mut self,
        profile: ProfileId,
        wanted: bool,
        reply: oneshot::Sender<Reply>,
    ) {
        let Some(config) = self.profiles.get_mut(&profile) else { return };
        let before = std::mem::replace(&mut config.asks_first, wanted);
        if let Err(error) = self.save_profiles() {
            if let Some(config) = self.profiles.get_mut(&profile) {
                config.asks_first = before;
            }
            return self.refuse(reply, "profiles_file", &[("cause", &error.to_string())]);
        }
        self.programs_revision += 1;
        if !wanted {
            let (open, others) = std::mem::take(&mut self.questions)
                .into_iter()
                .partition::<Vec<_>, _>(|question| question.profile == profile);
            self.questions = others;
            for question in open {
                self.shell.withdraw(&notice_id(question.number));
                for Waiting { want, until, caller, reply } in question.waiting {
                    self.go_on(profile, want, until, (caller, reply));
                }
            }
        }
        let _ = reply.send(Reply::Done);
    }

    /// Those whose time is over are told so, and what nobody can answer any more goes.
    pub(super) fn tend_questions(&mut self) {
        let now = self.clock.now();
        for mut question in std::mem::take(&mut self.questions) {
            let name = self.profiles.get(&question.profile).map(|it| it.name.as_str().to_owned());
            for waiting in std::mem::take(&mut question.waiting) {
                let refusal = match (&name, self.refusal_while_locked()) {
                    (None, _) => Some(super::handing_out::gone()),
                    (_, Some(locked)) => Some(locked),
                    (Some(name), None) if waiting.until <= now => {
                        Some(not_answered(name, &waiting.caller))
                    }
                    _ => None,
                };
                match refusal {
                    Some(refusal) => drop(waiting.reply.send(refusal)),
                    None if waiting.reply.is_closed() => {}
                    None => question.waiting.push(waiting),
                }
            }
            if name.is_none() || question.ends_at() <= now {
                self.shell.withdraw(&notice_id(question.number));
            } else {
                self.questions.push(question);
            }
        }
    }

    /// When [`Controller::tend_questions`] has something to do.
    pub(super) fn questions_deadline(&self) -> Option<Timestamp> {
        let waiting = self.questions.iter().flat_map(|question| &question.waiting);
        let ends = self.questions.iter().map(Question::ends_at);
        waiting.map(|waiting| waiting.until).chain(ends).min()
    }

    pub(super) fn shift_questions(&mut self, step: Step) {
        for question in &mut self.questions {
            question.asked_at = question.asked_at.shifted(step);
            for waiting in &mut question.waiting {
                waiting.until = waiting.until.shifted(step);
            }
        }
    }

    pub(super) fn questions_view(&self) -> Vec<QuestionView> {
        let view = |question: &Question| {
            let config = self.profiles.get(&question.profile)?;
            let Caller { program, pid, .. } = &question.caller;
            Some(QuestionView {
                number: question.number,
                profile_name: config.name.as_str().to_owned(),
                program: ProgramView::of(program),
                pid: *pid,
                asked_at: question.asked_at.as_millis(),
                is_waiting: !question.waiting.is_empty(),
                runs_anything: program.runs_anything(),
                is_remembered: program.is_known(),
            })
        };
        self.questions.iter().filter_map(view).collect()
    }

    pub(super) fn permissions_view(&self, profile: ProfileId) -> Vec<PermissionView> {
        let view = |permission: &Permission| PermissionView {
            number: permission.number,
            program: ProgramView::of(&permission.program),
            allowed: permission.allowed,
        };
        self.permissions.of_profile(profile).map(view).collect()
    }

    fn not_allowed(&mut self, profile: ProfileId, caller: &Caller, reply: oneshot::Sender<Answer>) {
        let now = self.clock.now();
        self.history.refused(now, profile, &caller.program);
        let name = self.profiles.get(&profile).map(|it| it.name.as_str()).unwrap_or_default();
        let message = format!("{} may not take tokens of {name}", subject(caller));
        let advice =
            "That was answered in Glowjar's window, where it can be forgotten under Programs.";
        let _ = reply.send(refused(Reason::Person, "not_allowed", &message, advice));
    }
}

impl Question {
    fn ends_at(&self) -> Timestamp {
        self.asked_at + KEPT
    }
}

fn not_answered(name: &str, caller: &Caller) -> Answer {
    let message = format!("Nobody answered whether {} may take tokens of {name}", subject(caller));
    let advice = "Answer in Glowjar's window, then try again.";
    refused(Reason::Person, "not_answered", &message, advice)
}

fn subject(caller: &Caller) -> &str {
    if caller.program.is_known() { caller.program.meant() } else { "this program" }
}

fn notice_id(number: u32) -> String {
    format!("question-{number}")
}

/// Spans that no question gives itself.
pub(super) const PATIENCE: Duration = Duration::from_secs(USUAL_TIMEOUT);
/// Long enough to come back from lunch, and gone before nobody knows any more what it was about.
const KEPT: Duration = Duration::from_secs(60 * 60);
/// At the same time. Whoever makes up programs fills no screen with them.
const MOST: usize = 20;
