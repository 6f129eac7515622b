//! "Ask me the first time a program takes a token": what is put off until the person has answered.
//!
//! A question outlives the program that raised it, so that somebody who comes back to the desk can still answer it
//! and the next try succeeds.

mod toasts;

use std::{collections::BTreeSet, time::Duration};

use glowjar_lifecycle::{
    id::ProfileId,
    time::{Step, Timestamp},
};
use glowjar_protocol::message::{Answer, HttpAnswer, Reason, Target, TokenAsk, USUAL_TIMEOUT};
use tokio::sync::oneshot;

use self::toasts::Toasts;
use super::Controller;
use crate::{
    handout::{Caller, Program, Way, refused},
    notices::{Button, Notice, Urgency},
    permissions::{Permission, Permissions, PermissionsFile},
    request::Reply,
    timed::Timed,
    tray::Click,
    view::{BannerView, Language, Level, NoticesWanted, PermissionView, ProgramView, QuestionView},
};

/// What was answered, and what is not answered yet.
#[derive(Debug)]
pub(super) struct Questions {
    pub permissions: Permissions,
    open: Vec<Question>,
    asked: u32,
    toasts: Toasts,
}

/// May a program take a profile's tokens?
#[derive(Debug)]
struct Question {
    number: u32,
    profile: ProfileId,
    /// The last one that asked; all are of the same program.
    caller: Caller,
    asked_at: Timestamp,
    /// When a toast said so last.
    told_at: Option<Timestamp>,
    waiting: Vec<Waiting>,
}

/// Something that a program wants, and until when an answer is of use to it.
#[derive(Debug)]
pub(super) struct Waiting {
    pub want: PutOff,
    pub until: Timestamp,
    pub caller: Caller,
    pub reply: oneshot::Sender<Answer>,
    /// What the person has allowed for this alone: the answer for a program without a name can't be remembered.
    allowed: BTreeSet<ProfileId>,
}

/// What has to wait for the answer.
#[derive(Debug)]
pub(super) enum PutOff {
    Token(TokenAsk),
    Outlet(Target),
    /// A secret of its own as long as it runs. It is not the controller that makes it.
    Admission,
    /// Another way in, over HTTP. It is not the controller that opens it.
    Door,
}

/// What a person lets a program do.
enum Leave {
    Given,
    Refused,
    Unknown,
}

impl Waiting {
    pub(super) fn new(
        want: PutOff,
        until: Timestamp,
        (caller, reply): (Caller, oneshot::Sender<Answer>),
    ) -> Self {
        Self { want, until, caller, reply, allowed: BTreeSet::new() }
    }
}

impl Questions {
    /// With the answers that were given before.
    pub(super) fn open(
        file: PermissionsFile,
        language: Language,
        banners: &mut Vec<BannerView>,
    ) -> Self {
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
        Self { permissions, open: Vec::new(), asked: 0, toasts: Toasts::default() }
    }

    /// The open question that what `waiting` wants belongs to.
    fn place_of(&self, profile: ProfileId, waiting: &Waiting) -> Option<usize> {
        let caller = &waiting.caller;
        self.open.iter().position(|question| {
            question.profile == profile
                && question.caller.program == caller.program
                // Without a name, the process is all there is to tell one program from another.
                && (caller.program.is_known()
                    || (caller.pid.is_some() && question.caller.pid == caller.pid))
        })
    }

    /// Whether another would be one too many, of this program or at all. All programs without a name count as one.
    fn are_too_many_with(&self, program: &Program) -> bool {
        let of_this = self.open.iter().filter(|question| question.caller.program == *program);
        self.open.len() >= MOST || of_this.count() >= MOST_OF_ONE
    }
}

impl Timed for Questions {
    /// When [`Controller::tend_questions`] has something to do.
    fn deadline(&self) -> Option<Timestamp> {
        let waiting = self.open.iter().flat_map(|question| &question.waiting);
        let ends = self.open.iter().map(Question::ends_at);
        let untold = self.open.iter().filter(|it| it.told_at.is_none() && !it.waiting.is_empty());
        let toasts = untold.map(|it| self.toasts.next(&it.caller.program, it.asked_at));
        waiting.map(|waiting| waiting.until).chain(ends).chain(toasts).min()
    }

    fn shift(&mut self, step: Step) {
        self.toasts.shift(step);
        for question in &mut self.open {
            question.asked_at = question.asked_at.shifted(step);
            question.told_at.shift(step);
            for waiting in &mut question.waiting {
                waiting.until = waiting.until.shifted(step);
            }
        }
    }
}

impl Controller {
    /// Goes on with what is wanted at once, or when the person has answered.
    pub(super) fn with_leave(&mut self, profile: ProfileId, waiting: Waiting) {
        match self.leave(profile, &waiting) {
            Leave::Given => self.go_on(profile, waiting),
            Leave::Refused => self.not_allowed(profile, &waiting.caller, waiting.reply),
            Leave::Unknown => self.put_question(profile, waiting),
        }
    }

    /// Who is let in over HTTP gets the tokens of every profile.
    pub(super) fn door_wanted(&mut self, waiting: Waiting) {
        let is_closed = |id: &ProfileId| !matches!(self.leave(*id, &waiting), Leave::Given);
        let closed = self.profiles.ids().iter().copied().find(is_closed);
        match closed {
            Some(profile) => self.with_leave(profile, waiting),
            None => drop(waiting.reply.send(Answer::Http(HttpAnswer::default()))),
        }
    }

    fn leave(&self, profile: ProfileId, waiting: &Waiting) -> Leave {
        let asks = self.profiles.get(&profile).is_some_and(|profile| profile.asks_first);
        // Whoever asks over HTTP was let in by name.
        if !asks || waiting.caller.way != Way::Socket || waiting.allowed.contains(&profile) {
            return Leave::Given;
        }
        match self.questions.permissions.of(profile, &waiting.caller.program) {
            Some(true) => Leave::Given,
            Some(false) => Leave::Refused,
            None => Leave::Unknown,
        }
    }

    fn go_on(&mut self, profile: ProfileId, waiting: Waiting) {
        let Waiting { want, until, caller, reply, allowed } = waiting;
        match want {
            PutOff::Token(ask) => self.token_allowed(profile, ask, until, (caller, reply)),
            PutOff::Outlet(target) => self.outlet_added(profile, target, reply),
            PutOff::Admission => drop(reply.send(self.admission(profile))),
            want @ PutOff::Door => {
                self.door_wanted(Waiting { want, until, caller, reply, allowed })
            }
        }
    }

    fn put_question(&mut self, profile: ProfileId, waiting: Waiting) {
        if let Some(place) = self.questions.place_of(profile, &waiting) {
            let now = self.clock.now();
            let question = &mut self.questions.open[place];
            question.caller.pid = waiting.caller.pid;
            // A program that tries again is no news before the toast has been there for a while.
            let is_old = question.told_at.is_some_and(|at| now.since(at) >= TOLD_AGAIN);
            if question.waiting.is_empty() && is_old {
                question.told_at = None;
            }
            question.waiting.push(waiting);
            return;
        }
        if self.questions.are_too_many_with(&waiting.caller.program) {
            let name = self.profiles.get(&profile).map(|it| it.name.as_str()).unwrap_or_default();
            let _ = waiting.reply.send(not_answered(name, &waiting.caller));
            return;
        }
        self.questions.asked += 1;
        let question = Question {
            number: self.questions.asked,
            profile,
            caller: waiting.caller.clone(),
            asked_at: self.clock.now(),
            told_at: None,
            waiting: vec![waiting],
        };
        let name = self.profiles.get(&profile).map(|it| it.name.as_str()).unwrap_or_default();
        tracing::info!(event = "asked_person", name, program = question.caller.program.line());
        self.questions.open.push(question);
    }

    /// Raises the toasts that are due.
    fn tell_questions(&mut self, now: Timestamp) {
        for place in 0..self.questions.open.len() {
            let question = &self.questions.open[place];
            let program = question.caller.program.clone();
            let is_due = self.questions.toasts.next(&program, now) <= now;
            if question.told_at.is_none() && !question.waiting.is_empty() && is_due {
                self.tell_question(place);
                self.questions.open[place].told_at = Some(now);
                self.questions.toasts.raised(program, now);
            }
        }
    }

    fn tell_question(&self, place: usize) {
        let question = &self.questions.open[place];
        let number = question.number;
        let name = self.profiles.get(&question.profile).map(|it| it.name.as_str());
        let (name, program) = (name.unwrap_or_default(), &question.caller.program);
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
        let Some(place) = self.questions.open.iter().position(|it| it.number == number) else {
            let _ = reply.send(Reply::Done);
            return;
        };
        let Question { profile, caller, waiting, .. } = self.questions.open.remove(place);
        self.shell.withdraw(&notice_id(number));
        let program = caller.program;
        tracing::info!(event = "person_answered", program = program.line(), allow);
        let kept = if program.is_known() {
            self.questions.toasts.answered(&program);
            self.questions.permissions.decide(profile, program, allow)
        } else {
            Ok(())
        };
        for mut waiting in waiting {
            if allow {
                waiting.allowed.insert(profile);
                self.go_on(profile, waiting);
            } else {
                self.not_allowed(profile, &waiting.caller, waiting.reply);
            }
        }
        self.programs_revision += 1;
        match kept {
            Ok(()) => drop(reply.send(Reply::Done)),
            Err(error) => self.refuse(reply, "not_remembered", &[("cause", &error.to_string())]),
        }
    }

    pub(super) fn forget_permission(&mut self, number: u32, reply: oneshot::Sender<Reply>) {
        match self.questions.permissions.forget(number) {
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
        if !self.change_profile(profile, reply, |config| config.asks_first = wanted) {
            return;
        }
        self.programs_revision += 1;
        if !wanted {
            let (open, others) = std::mem::take(&mut self.questions.open)
                .into_iter()
                .partition::<Vec<_>, _>(|question| question.profile == profile);
            self.questions.open = others;
            for question in open {
                self.shell.withdraw(&notice_id(question.number));
                for waiting in question.waiting {
                    self.go_on(profile, waiting);
                }
            }
        }
    }

    /// Those whose time is over are told so, and what nobody can answer any more goes.
    pub(super) fn tend_questions(&mut self) {
        let now = self.clock.now();
        for mut question in std::mem::take(&mut self.questions.open) {
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
            // An answer that can't be remembered is of use only to who waits for it.
            let is_useless = question.waiting.is_empty() && !question.caller.program.is_known();
            if name.is_none() || question.ends_at() <= now || is_useless {
                self.shell.withdraw(&notice_id(question.number));
            } else {
                self.questions.open.push(question);
            }
        }
        self.tell_questions(now);
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
        self.questions.open.iter().filter_map(view).collect()
    }

    pub(super) fn permissions_view(&self, profile: ProfileId) -> Vec<PermissionView> {
        let view = |permission: &Permission| PermissionView {
            number: permission.number,
            program: ProgramView::of(&permission.program),
            allowed: permission.allowed,
        };
        self.questions.permissions.of_profile(profile).map(view).collect()
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
/// Open questions, so that programs can't fill the window with them.
const MOST: usize = 20;
/// Of one program: more than these profiles are hardly wanted by one at once.
const MOST_OF_ONE: usize = 5;
/// The person has seen the toast or is not there.
const TOLD_AGAIN: Duration = Duration::from_secs(60);
