//! Places where a test lets the process die as if the power were cut, and entries so short that they must be split.
//!
//! Only a build with the feature `crash-points` has any. The tests alone turn it on, and with optimisation it does not
//! compile, so that no release can have it.

#[cfg(all(feature = "crash-points", not(debug_assertions)))]
compile_error!("crash points are for tests: a release must not have them");

#[cfg(feature = "crash-points")]
pub(crate) use armed::{pass, shortened};

/// Dies here if a test ordered it.
#[cfg(not(feature = "crash-points"))]
pub(crate) fn pass(_point: &str) {}

/// The longest value an entry takes.
#[cfg(not(feature = "crash-points"))]
pub(crate) fn shortened(longest: usize) -> usize {
    longest
}

#[cfg(feature = "crash-points")]
mod armed {
    use std::{env, fs, sync::Mutex, thread, time::Duration};

    /// Names a file that holds, once a test has armed a point, its name, on which pass to die, and how many
    /// milliseconds after it, e.g. `keychain-write 2 0`. With a fourth word, `panic`, it does that instead.
    const FILE: &str = "GLOWJAR_CRASH_FILE";
    /// In bytes.
    const LONGEST_VALUE: &str = "GLOWJAR_LONGEST_VALUE";

    static PASSES: Mutex<u32> = Mutex::new(0);

    pub(crate) fn pass(point: &str) {
        let Some(order) = env::var_os(FILE).and_then(|file| fs::read_to_string(file).ok()) else {
            return;
        };
        let mut words = order.split_whitespace();
        if words.next() != Some(point) {
            return;
        }
        let mut number = || words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
        let (on_pass, after) = (number(), Duration::from_millis(number().into()));
        let mut passes = PASSES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *passes += 1;
        if *passes != on_pass {
            return;
        }
        if words.next() == Some("panic") {
            drop(passes);
            panic!("ordered by a test");
        }
        if after.is_zero() {
            die();
        }
        // The call that comes next is under way by then.
        thread::spawn(move || {
            thread::park_timeout(after);
            die();
        });
    }

    pub(crate) fn shortened(longest: usize) -> usize {
        let ordered = env::var(LONGEST_VALUE).ok().and_then(|bytes| bytes.parse().ok());
        ordered.unwrap_or(longest)
    }

    fn die() -> ! {
        // No destructor, no signal handler and no panic hook gets to know of it.
        #[cfg(target_os = "linux")]
        let _ =
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        std::process::abort()
    }
}
