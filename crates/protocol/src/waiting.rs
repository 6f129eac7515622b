//! Time limits where the system has none: a pipe of Windows can be busy when it is opened, and reading it takes as long
//! as it takes.

use std::{
    io::{self, ErrorKind, Read, Write},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::Duration,
};

use crate::{
    frame::{self, FrameError, LONGEST_ANSWER, LONGEST_ASK},
    message::{Answer, Ask, Message},
};

/// Opens something, and tries again while it is busy: soon at first, then every quarter of a second, half a minute in all.
///
/// # Errors
/// The last of `open`.
pub fn unless_busy<T>(
    mut open: impl FnMut() -> io::Result<T>,
    is_busy: impl Fn(&io::Error) -> bool,
    mut sleep: impl FnMut(Duration),
) -> io::Result<T> {
    let (mut pause, mut waited) = (FIRST_PAUSE, Duration::ZERO);
    loop {
        match open() {
            Err(error) if is_busy(&error) && waited < LONGEST_BUSY => {
                sleep(pause);
                waited += pause;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            outcome => return outcome,
        }
    }
}

/// A stream on which one may wait for an answer for a while. A thread reads it meanwhile, since nothing else can be given
/// up; the stream is its own as long as it reads.
#[derive(Debug)]
pub struct Waiting<S>(State<S>);

#[derive(Debug)]
enum State<S> {
    Idle(S),
    Reading(Receiver<(S, Outcome)>),
    Read(S, Box<Outcome>),
    /// The thread has ended, and the stream with it.
    Lost,
}

type Outcome = Result<Message<Answer>, FrameError>;

impl<S: Read + Write + Send + 'static> Waiting<S> {
    pub const fn new(stream: S) -> Self {
        Self(State::Idle(stream))
    }

    /// # Errors
    /// Nobody reads it, or the answer to an earlier question was given up and is still to come.
    pub fn send(&mut self, message: &Message<Ask>) -> Result<(), FrameError> {
        match &mut self.0 {
            State::Idle(stream) | State::Read(stream, _) => {
                frame::write(stream, message, LONGEST_ASK)
            }
            State::Reading(_) => Err(io::Error::from(ErrorKind::TimedOut).into()),
            State::Lost => Err(io::Error::from(ErrorKind::BrokenPipe).into()),
        }
    }

    /// Whether an answer, or the end of the stream, comes within `span`.
    pub fn has_answer_within(&mut self, span: Duration) -> bool {
        self.read(Some(span));
        !matches!(self.0, State::Reading(_))
    }

    /// Waits for the next answer; without `patience` for ever.
    ///
    /// # Errors
    /// The other side closed, was too slow ([`ErrorKind::TimedOut`]), or sent something else.
    pub fn receive(&mut self, patience: Option<Duration>) -> Outcome {
        self.read(patience);
        match std::mem::replace(&mut self.0, State::Lost) {
            State::Read(stream, outcome) => {
                self.0 = State::Idle(stream);
                *outcome
            }
            reading @ State::Reading(_) => {
                self.0 = reading;
                Err(io::Error::from(ErrorKind::TimedOut).into())
            }
            State::Idle(_) | State::Lost => Err(io::Error::from(ErrorKind::BrokenPipe).into()),
        }
    }

    fn read(&mut self, patience: Option<Duration>) {
        self.0 = match std::mem::replace(&mut self.0, State::Lost) {
            State::Idle(stream) => wait(begin(stream), patience),
            State::Reading(answer) => wait(answer, patience),
            other => other,
        };
    }
}

fn begin<S: Read + Send + 'static>(mut stream: S) -> Receiver<(S, Outcome)> {
    let (told, answer) = channel();
    thread::spawn(move || {
        let outcome = frame::read(&mut stream, LONGEST_ANSWER);
        // Unless whoever asked has gone.
        let _ = told.send((stream, outcome));
    });
    answer
}

fn wait<S>(answer: Receiver<(S, Outcome)>, patience: Option<Duration>) -> State<S> {
    let read = match patience {
        Some(patience) => answer.recv_timeout(patience),
        None => answer.recv().map_err(|_| RecvTimeoutError::Disconnected),
    };
    match read {
        Ok((stream, outcome)) => State::Read(stream, Box::new(outcome)),
        Err(RecvTimeoutError::Timeout) => State::Reading(answer),
        Err(RecvTimeoutError::Disconnected) => State::Lost,
    }
}

const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);
/// As long as the command waits for an answer unless it is told otherwise. A hundred programs that ask at once on a busy
/// machine are not all through in ten seconds.
const LONGEST_BUSY: Duration = Duration::from_secs(30);

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    use std::os::unix::net::UnixStream;

    const EVER: Option<Duration> = None;
    const NOT_AT_ALL: Duration = Duration::ZERO;

    fn pair() -> (Waiting<UnixStream>, UnixStream) {
        let (ours, theirs) = UnixStream::pair().expect("a pair of sockets");
        (Waiting::new(ours), theirs)
    }

    fn answer(theirs: &mut UnixStream, message: &str) {
        let answer = Answer::Imported { profile: message.to_owned(), id: String::new() };
        frame::write(theirs, &Message::new(answer), LONGEST_ANSWER).expect("read");
    }

    fn said(outcome: Outcome) -> String {
        match outcome.expect("an answer").body {
            Answer::Imported { profile, .. } => profile,
            other => panic!("{other:?}"),
        }
    }

    fn is_too_slow(outcome: &Outcome) -> bool {
        matches!(outcome, Err(FrameError::Io(error)) if error.kind() == ErrorKind::TimedOut)
    }

    #[test]
    fn an_application_that_never_answers_is_given_up() {
        let (mut client, _theirs) = pair();
        assert!(is_too_slow(&client.receive(Some(NOT_AT_ALL))));
        assert!(!client.has_answer_within(NOT_AT_ALL));
    }

    #[test]
    fn an_answer_that_was_given_up_is_not_taken_for_another_and_can_still_be_had() {
        let (mut client, mut theirs) = pair();
        assert!(is_too_slow(&client.receive(Some(NOT_AT_ALL))));
        assert!(client.send(&Message::new(Ask::Status)).is_err());
        answer(&mut theirs, "late");
        assert_eq!(said(client.receive(EVER)), "late");
        client.send(&Message::new(Ask::Status)).expect("it can be asked again");
    }

    #[test]
    fn an_answer_that_was_waited_for_is_received_once() {
        let (mut client, mut theirs) = pair();
        answer(&mut theirs, "first");
        answer(&mut theirs, "second");
        assert!(client.has_answer_within(Duration::MAX));
        assert_eq!(said(client.receive(Some(NOT_AT_ALL))), "first");
        assert_eq!(said(client.receive(EVER)), "second");
    }

    #[test]
    fn an_application_that_ended_is_no_slow_one() {
        let (mut client, theirs) = pair();
        drop(theirs);
        let outcome = client.receive(EVER);
        assert!(
            matches!(outcome, Err(FrameError::Io(error)) if error.kind() == ErrorKind::UnexpectedEof)
        );
    }

    fn opened_after(busy: usize) -> (io::Result<usize>, Vec<Duration>) {
        let (mut tries, mut slept) = (0, Vec::new());
        let open = || {
            tries += 1;
            match tries > busy {
                true => Ok(tries),
                false => Err(io::Error::from(ErrorKind::ResourceBusy)),
            }
        };
        let is_busy = |error: &io::Error| error.kind() == ErrorKind::ResourceBusy;
        let opened = unless_busy(open, is_busy, |pause| slept.push(pause));
        (opened, slept)
    }

    #[test]
    fn a_pipe_that_is_busy_is_tried_again_until_it_is_free() {
        assert_eq!(opened_after(0).0.expect("opened"), 1);
        let (opened, slept) = opened_after(20);
        assert_eq!(opened.expect("opened"), 21);
        assert_eq!(slept.len(), 20);
        assert!(slept.iter().all(|pause| *pause <= LONGEST_PAUSE));
    }

    #[test]
    fn a_pipe_that_stays_busy_is_given_up_after_half_a_minute() {
        let (opened, slept) = opened_after(usize::MAX);
        assert!(opened.is_err());
        let waited: Duration = slept.iter().sum();
        assert!(waited >= LONGEST_BUSY && waited < LONGEST_BUSY + LONGEST_PAUSE, "{waited:?}");
    }

    #[test]
    fn a_pipe_that_is_not_there_is_not_waited_for() {
        let absent = || Err::<(), _>(io::Error::from(ErrorKind::NotFound));
        let opened = unless_busy(
            absent,
            |error| error.kind() == ErrorKind::ResourceBusy,
            |_| panic!("waited"),
        );
        assert_eq!(opened.map_err(|error| error.kind()), Err(ErrorKind::NotFound));
    }
}
