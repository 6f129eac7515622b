//! A chain of steps: each announced, timed and allowed to speak for itself; the first that fails ends it.

use std::io::{self, BufRead as _, BufReader};
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::failure::Failure;

/// A program that runs while other steps do. It ends with this, or with the process: its standard input does.
#[derive(Debug)]
pub struct Beside {
    name: String,
    input: Option<ChildStdin>,
    program: JoinHandle<(Result<(), Failure>, Vec<String>, Duration)>,
}

#[derive(Debug)]
pub struct Steps {
    begun: Instant,
    done: Vec<(String, Duration)>,
}

impl Steps {
    pub fn begin() -> Self {
        Self { begun: Instant::now(), done: Vec::new() }
    }

    /// One step that is a program of its own.
    pub fn run(&mut self, name: &str, command: &mut Command) -> Result<(), Failure> {
        self.perform(name, || outcome(command.status(), command))
    }

    /// Starts a program beside the steps that follow, until [`Steps::wait_for`]. What it prints is kept until then.
    pub fn start_beside(&self, name: &str, mut command: Command) -> Beside {
        println!("\n── {} ── runs beside the next steps", name);
        let begun = Instant::now();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut started = command.env("GLOWJAR_ENDS_WITH_STDIN", "").spawn();
        let input = started.as_mut().ok().and_then(|program| program.stdin.take());
        let program = thread::spawn(move || {
            // Both ends of what it says in one place, in order.
            let output = started.and_then(|mut program| {
                let errors = program.stderr.take();
                let errors = thread::spawn(move || lines(errors));
                let mut said = lines(program.stdout.take());
                let status = program.wait()?;
                said.extend(errors.join().unwrap_or_default());
                Ok((status, said))
            });
            let (status, said) = match output {
                Ok((status, said)) => (Ok(status), said),
                Err(error) => (Err(error), Vec::new()),
            };
            (outcome(status, &command), said, begun.elapsed())
        });
        Beside { name: name.to_owned(), input, program }
    }

    /// Waits for a program's end, and shows what it printed.
    pub fn wait_for(&mut self, beside: Beside) -> Result<(), Failure> {
        let Beside { name, input, program } = beside;
        println!("\n── {} ──", name);
        let (outcome, said, time) = program
            .join()
            .map_err(|_| Failure::new(format!("“{}” could not be watched.", name)))?;
        drop(input);
        said.iter().for_each(|line| println!("{}", line));
        match outcome {
            Ok(()) => {
                self.done.push((format!("{} (beside others)", name), time));
                Ok(())
            }
            Err(failure) => {
                println!("{}", self.summary(Some((&name, time))));
                Err(Failure::new(format!("Failed at “{}”: {}", name, failure)))
            }
        }
    }

    pub fn perform<T>(
        &mut self,
        name: &str,
        step: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        println!("\n── {} ──", name);
        let begun = Instant::now();
        let outcome = step();
        match outcome {
            Ok(value) => {
                self.done.push((name.to_owned(), begun.elapsed()));
                Ok(value)
            }
            Err(failure) => {
                println!("{}", self.summary(Some((name, begun.elapsed()))));
                Err(Failure::new(format!("Failed at “{}”: {}", name, failure)))
            }
        }
    }

    pub fn finish(self) {
        println!("{}", self.summary(None));
    }

    fn summary(&self, failed: Option<(&str, Duration)>) -> String {
        let done = self.done.iter().map(|(name, time)| ("ok", name.as_str(), *time));
        let failed = failed.map(|(name, time)| ("FAILED", name, time));
        let mut lines = String::from("\n── summary ──\n");
        for (word, name, time) in done.chain(failed) {
            lines += &format!("{:<6}  {:>7.1} s  {}\n", word, time.as_secs_f64(), name);
        }
        lines + &format!("{:<6}  {:>7.1} s  altogether", "", self.begun.elapsed().as_secs_f64())
    }
}

fn lines(output: Option<impl io::Read>) -> Vec<String> {
    let lines = output.into_iter().flat_map(|output| BufReader::new(output).split(b'\n'));
    lines.map_while(Result::ok).map(|line| String::from_utf8_lossy(&line).into_owned()).collect()
}

fn outcome(status: io::Result<ExitStatus>, command: &Command) -> Result<(), Failure> {
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::new(format!("{} ended with {}.", shown(command), status))),
        Err(error) => {
            Err(Failure::new(format!("{} could not be started: {}", shown(command), error)))
        }
    }
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    format!("`{}`", words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" "))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_program_beside_others_ends_when_nobody_waits_for_it_any_more() {
        // Reads until its standard input ends, as the gallery does.
        let beside = Steps::begin().start_beside("cat", Command::new("cat"));
        let Beside { input, program, .. } = beside;
        assert!(input.is_some() && !program.is_finished());
        drop(input);
        let (outcome, _, _) = program.join().expect("the watching thread");
        assert!(outcome.is_ok());
    }
}
