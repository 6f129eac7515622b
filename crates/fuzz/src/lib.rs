//! Feeds whatever reads bytes from outside with real samples, and with mutations of them.
//!
//! A reader gets a folder in `corpus/` and one test, whose name contains `fuzzed`:
//!
//! ```no_run
//! #[test]
//! fn fuzzed_requests_make_no_panic() {
//!     glowjar_fuzz::feed("requests", |bytes| drop(std::str::from_utf8(bytes)));
//! }
//! ```
//!
//! A test run tries 1 024 mutations, the same ones each time; `cargo xtask fuzz MINUTES` others, as many as go into that time.
//! cargo-fuzz would be guided by what code is reached, and needs a nightly Rust.

#![expect(clippy::disallowed_methods, reason = "it tries until a time is over")]

mod mutation;

use std::{
    env, fs,
    path::Path,
    time::{Duration, Instant},
};

use proptest::test_runner::{Config, TestError, TestRng, TestRunner};

/// Hands `read` each sample of `corpus/<name>` as it is, then mutations of them. `read` panics at what must not be.
/// The name may lead to samples that another test has, e.g. `../../import/tests/samples`.
///
/// # Panics
/// When `read` does, with the shortest input found that makes it, or when there is no such corpus.
pub fn feed(name: &str, read: impl Fn(&[u8])) {
    let samples = corpus(name);
    samples.iter().for_each(|sample| read(sample));
    let begun = Instant::now();
    loop {
        let config = Config { failure_persistence: None, cases: CASES, ..Config::default() };
        let inputs = mutation::inputs(samples.clone());
        // Outside of proptest's own catching of panics there would be no shortest input.
        let outcome = runner(config).run(&inputs, |input| {
            read(&input.0);
            Ok(())
        });
        if let Err(TestError::Fail(why, input)) = outcome {
            panic!("{why}\nfor {input:?}");
        }
        if begun.elapsed() >= time_to_fill() {
            return;
        }
    }
}

/// The same inputs in each run of the tests, so that none fails by chance; others when there are minutes to fill.
fn runner(config: Config) -> TestRunner {
    if time_to_fill().is_zero() {
        let rng = TestRng::deterministic_rng(config.rng_algorithm);
        return TestRunner::new_with_rng(config, rng);
    }
    TestRunner::new(config)
}

/// The samples in the order of their files' names.
fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    let files =
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = files.flatten().map(|file| file.path()).collect();
    paths.sort();
    let samples: Vec<_> =
        paths.into_iter().map(|path| fs::read(path).expect("a sample can be read")).collect();
    assert!(!samples.is_empty(), "{} is empty", folder.display());
    samples
}

/// In a run of the tests.
const CASES: u32 = 1_024;

fn time_to_fill() -> Duration {
    let minutes = env::var("GLOWJAR_FUZZ_MINUTES").ok().and_then(|text| text.parse::<f64>().ok());
    Duration::from_secs_f64(minutes.unwrap_or(0.0).max(0.0) * 60.0)
}

/// Bytes whose `Debug` a person can read and paste into a test.
#[derive(Clone)]
struct Input(Vec<u8>);

impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, panic};

    use super::*;

    #[test]
    fn a_reader_that_chokes_is_found_out_with_a_short_input() {
        let choked = panic::catch_unwind(|| {
            feed("claims", |bytes| assert!(bytes.ends_with(b"}"), "torn"));
        });
        let message = choked.expect_err("it chokes on what is torn");
        let message = message.downcast_ref::<String>().expect("words");
        assert!(message.contains("torn\nfor b\""), "{message}");
    }

    #[test]
    fn samples_come_as_they_are_and_then_changed() {
        let samples = corpus("claims");
        let (same, other) = (Cell::new(0), Cell::new(0));
        feed("claims", |bytes| {
            let count = if samples.iter().any(|sample| sample == bytes) { &same } else { &other };
            count.set(count.get() + 1);
        });
        assert!(same.get() >= samples.len(), "{same:?}");
        assert!(other.get() > 100, "{other:?}");
    }
}
