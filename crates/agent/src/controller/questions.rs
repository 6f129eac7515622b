//! "Ask me the first time a program takes a token": what is put off until the person has answered.
//!
//! A question outlives the program that raised it, so that somebody who comes back to the desk can still answer it
//! and the next try succeeds.

mod toasts;

use std::time::Duration;

use glowjar_lifecycle::{
    id::ProfileId,
    time::{Step, Timestamp},
};
use glowjar_protocol::message::{Answer, HttpAnswer, Reason, USUAL_TIMEOUT};
use tokio::sync::oneshot;

use self::toasts::Toasts;
use super::{core::Core, locking};
use crate::{
    event::{FollowUp, Waiting},
    handout::{Caller, Program, Way, gone, refused},
    history,
    notices::{Button, Notice, Urgency},
    permissions::{Permission, Permissions, PermissionsFile},
    request::Reply,
    timed::Timed,
    tray::Click,
    view::{
        BannerView, Consent, Language, Level, NoticesWanted, PermissionView, ProgramView,
        QuestionView,
    },
};

/// What was answered, and what is not answered yet.
#[derive(Debug)]
pub(super) struct Questions {
    permissions: Permissions,
    open: Vec<Question>,
    asked: u32,
    toasts: Toasts,
    revision: u64,
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

/// What a person lets a program do.
enum Decision {
    Given,
    Refused,
    Unknown,
}

impl Questions {
    /// With the answers that were given before.
    pub(super) fn open(
        file: PermissionsFile,
        now: Timestamp,
        language: Language,
        banners: &mut Vec<BannerView>,
    ) -> Self {
        let (permissions, aside) = Permissions::open(file, now);
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
                cause: said.cause,
            });
        }
        Self { permissions, open: Vec::new(), asked: 0, toasts: Toasts::default(), revision: 0 }
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
        let permission = self.permissions.deadline();
        waiting.map(|waiting| waiting.until).chain(ends).chain(toasts).chain(permission).min()
    }

    fn shift(&mut self, step: Step) {
        self.toasts.shift(step);
        self.permissions.shift(step);
        for question in &mut self.open {
            question.asked_at = question.asked_at.shifted(step);
            question.told_at.shift(step);
            for waiting in &mut question.waiting {
                waiting.until = waiting.until.shifted(step);
            }
        }
    }
}

impl Questions {
    /// Goes up when what is shown of permissions changes.
    pub(super) const fn revision(&self) -> u64 {
        self.revision
    }

    pub(super) fn forget_profile(&mut self, profile: ProfileId) {
        if let Err(error) = self.permissions.forget_profile(profile) {
            tracing::warn!(event = "permissions_not_saved", %error);
        }
    }

    /// Goes on with what is wanted at once, or when the person has answered.
    pub(super) fn with_leave(&mut self, core: &mut Core, profile: ProfileId, waiting: Waiting) {
        match self.leave(core, profile, &waiting) {
            Decision::Given => core.tasks.then(FollowUp::GoOn(profile, waiting)),
            Decision::Refused => not_allowed(core, profile, &waiting.caller, waiting.reply),
            Decision::Unknown => self.put_question(core, profile, waiting),
        }
    }

    /// Who is let in over HTTP gets the tokens of every profile.
    pub(super) fn http_api_wanted(&mut self, core: &mut Core, waiting: Waiting) {
        let is_closed =
            |id: &ProfileId| !matches!(self.leave(core, *id, &waiting), Decision::Given);
        let closed = core.profiles.ids().iter().copied().find(is_closed);
        match closed {
            Some(profile) => self.with_leave(core, profile, waiting),
            None => drop(waiting.reply.send(Answer::Http(HttpAnswer::default()))),
        }
    }

    fn leave(&self, core: &Core, profile: ProfileId, waiting: &Waiting) -> Decision {
        let asks = core.profiles.get(&profile).is_some_and(|profile| profile.asks_first);
        // Whoever asks over HTTP was let in by name.
        if !asks || waiting.caller.way != Way::Socket || waiting.allowed.contains(&profile) {
            return Decision::Given;
        }
        match self.permissions.of(profile, &waiting.caller.program, core.clock.now()) {
            Some(Consent::Never) => Decision::Refused,
            // What goes on by itself would outlive the answer.
            Some(consent) if waiting.want.lasts() && !consent.lasts() => Decision::Unknown,
            Some(_) => Decision::Given,
            None => Decision::Unknown,
        }
    }

    fn put_question(&mut self, core: &mut Core, profile: ProfileId, waiting: Waiting) {
        if let Some(place) = self.place_of(profile, &waiting) {
            let now = core.clock.now();
            let question = &mut self.open[place];
            question.caller.pid = waiting.caller.pid;
            // A program that tries again is no news before the toast has been there for a while.
            let is_old = question.told_at.is_some_and(|at| now.since(at) >= TOLD_AGAIN);
            if question.waiting.is_empty() && is_old {
                question.told_at = None;
            }
            question.waiting.push(waiting);
            return;
        }
        if self.are_too_many_with(&waiting.caller.program) {
            let name = core.name_of(profile);
            let _ = waiting.reply.send(not_answered(name, &waiting.caller));
            return;
        }
        self.asked += 1;
        let question = Question {
            number: self.asked,
            profile,
            caller: waiting.caller.clone(),
            asked_at: core.clock.now(),
            told_at: None,
            waiting: vec![waiting],
        };
        let name = core.name_of(profile);
        tracing::info!(event = "asked_person", name, program = question.caller.program.line());
        self.open.push(question);
    }

    /// Raises the toasts that are due.
    fn tell_questions(&mut self, core: &mut Core, now: Timestamp) {
        for place in 0..self.open.len() {
            let question = &self.open[place];
            let program = question.caller.program.clone();
            let is_due = self.toasts.next(&program, now) <= now;
            if question.told_at.is_none() && !question.waiting.is_empty() && is_due {
                self.tell_question(core, place);
                self.open[place].told_at = Some(now);
                self.toasts.raised(program, now);
            }
        }
    }

    fn tell_question(&self, core: &Core, place: usize) {
        let question = &self.open[place];
        let number = question.number;
        let name = core.profiles.get(&question.profile).map(|it| it.name.as_str());
        let (name, program) = (name.unwrap_or_default(), &question.caller.program);
        if core.preferences.choices.notices == NoticesWanted::None {
            return;
        }
        let said = if program.is_known() {
            let arguments =
                [("name", name), ("program", program.name()), ("file", program.meant())];
            core.language.tell("notice-question", &arguments)
        } else {
            core.language.tell("notice-question_unnamed", &[("name", name)])
        };
        let button = |(id, consent)| Button {
            label: core.language.say(id),
            click: Click::AnswerQuestion { question: number, consent },
        };
        // An answer that can't be remembered holds this once, whichever it is.
        let answers: &[_] = if program.is_known() { &ANSWERS } else { &ANSWERS_ONCE };
        core.host.shell.raise(&Notice {
            id: notice_id(number),
            title: said.headline,
            body: said.advice,
            // It stays, since somebody waits for it.
            urgency: Urgency::Critical,
            buttons: answers.iter().copied().map(button).collect(),
        });
    }

    /// One that was answered or has gone meanwhile is no trouble.
    pub(super) fn answer_question(
        &mut self,
        core: &mut Core,
        number: u32,
        consent: Consent,
        reply: oneshot::Sender<Reply>,
    ) {
        let Some(place) = self.open.iter().position(|it| it.number == number) else {
            let _ = reply.send(Reply::Done);
            return;
        };
        let Question { profile, caller, waiting, .. } = self.open.remove(place);
        core.host.shell.withdraw(&notice_id(number));
        let program = caller.program;
        tracing::info!(event = "person_answered", program = program.line(), ?consent);
        let kept = if program.is_known() {
            self.toasts.answered(&program);
            self.permissions.decide(profile, program, consent, core.clock.now())
        } else {
            Ok(())
        };
        for mut waiting in waiting {
            if consent.is_given() {
                waiting.allowed.insert(profile);
                core.tasks.then(FollowUp::GoOn(profile, waiting));
            } else {
                not_allowed(core, profile, &waiting.caller, waiting.reply);
            }
        }
        self.revision += 1;
        match kept {
            Ok(()) => drop(reply.send(Reply::Done)),
            Err(error) => core.refuse(reply, "not_remembered", &[("cause", &error.to_string())]),
        }
    }

    pub(super) fn forget_permission(
        &mut self,
        core: &Core,
        number: u32,
        reply: oneshot::Sender<Reply>,
    ) {
        match self.permissions.forget(number) {
            Ok(()) => {
                self.revision += 1;
                let _ = reply.send(Reply::Done);
            }
            Err(error) => core.refuse(reply, "programs_file", &[("cause", &error.to_string())]),
        }
    }

    pub(super) fn set_asks_first(
        &mut self,
        core: &mut Core,
        profile: ProfileId,
        wanted: bool,
        reply: oneshot::Sender<Reply>,
    ) {
        if !core.change_profile(profile, reply, |config| config.asks_first = wanted) {
            return;
        }
        self.revision += 1;
        if !wanted {
            let (open, others) = std::mem::take(&mut self.open)
                .into_iter()
                .partition::<Vec<_>, _>(|question| question.profile == profile);
            self.open = others;
            for question in open {
                core.host.shell.withdraw(&notice_id(question.number));
                for waiting in question.waiting {
                    core.tasks.then(FollowUp::GoOn(profile, waiting));
                }
            }
        }
    }

    /// Glowjar or the screen was locked.
    pub(super) fn locked(&mut self) {
        self.revision += u64::from(self.permissions.locked());
    }

    /// Those whose time is over are told so, and what nobody can answer any more goes.
    pub(super) fn tend_questions(&mut self, core: &mut Core) {
        let now = core.clock.now();
        self.revision += u64::from(self.permissions.end_those_over(now));
        for mut question in std::mem::take(&mut self.open) {
            let name = core.profiles.get(&question.profile).map(|it| it.name.as_str().to_owned());
            for waiting in std::mem::take(&mut question.waiting) {
                let refusal = match (&name, locking::refusal_while_locked(core)) {
                    (None, _) => Some(gone()),
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
                core.host.shell.withdraw(&notice_id(question.number));
            } else {
                self.open.push(question);
            }
        }
        self.tell_questions(core, now);
    }

    pub(super) fn questions_view(&self, core: &Core) -> Vec<QuestionView> {
        let view = |question: &Question| {
            let config = core.profiles.get(&question.profile)?;
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
                lasts: question.waiting.iter().any(|waiting| waiting.want.lasts()),
            })
        };
        self.open.iter().filter_map(view).collect()
    }

    pub(super) fn permissions_of(&self, core: &Core, profile: ProfileId) -> Vec<PermissionView> {
        self.permissions.of_profile(profile).map(|it| permission_view(core, it)).collect()
    }

    /// About whichever profile, in the order of the profiles.
    pub(super) fn permissions(&self, core: &Core) -> Vec<PermissionView> {
        let profiles = core.profiles.ids().iter();
        profiles.flat_map(|profile| self.permissions_of(core, *profile)).collect()
    }
}

fn permission_view(core: &Core, permission: &Permission) -> PermissionView {
    let Permission { number, profile, ref program, consent, since } = *permission;
    let records = core.journal.history.of(profile);
    PermissionView {
        number,
        profile_name: core.name_of(profile).to_owned(),
        program: ProgramView::of(program),
        consent,
        since: since.map(Timestamp::as_millis),
        until: permission.until().map(Timestamp::as_millis),
        last_taken: history::last_taken(records, program, Way::Socket),
    }
}

fn not_allowed(
    core: &mut Core,
    profile: ProfileId,
    caller: &Caller,
    reply: oneshot::Sender<Answer>,
) {
    let now = core.clock.now();
    core.journal.history.refused(now, profile, &caller.program);
    let name = core.name_of(profile);
    let message = format!("{} may not take tokens of {name}", subject(caller));
    let advice = "That was answered in Glowjar's window, where it can be forgotten under Programs.";
    let _ = reply.send(refused(Reason::Person, "not_allowed", &message, advice));
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

/// As a notice's buttons have them, the narrowest first: a system that shows fewer leaves out the last.
const ANSWERS: [(&str, Consent); 4] = [
    ("consent-hour", Consent::Hour),
    ("consent-until_locked", Consent::UntilLocked),
    ("consent-always", Consent::Always),
    ("consent-never", Consent::Never),
];
const ANSWERS_ONCE: [(&str, Consent); 2] =
    [("question-allow", Consent::Hour), ("question-deny", Consent::Never)];
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
