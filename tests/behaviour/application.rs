//! The application without a desktop: the real controller over real HTTP, through everything that goes wrong.

mod bad_input;
mod bug_report;
mod choices;
mod copying;
mod crossing;
mod editing;
mod first_token;
mod keychain_trouble;
mod locking;
mod many_profiles;
mod notices;
mod outages;
mod panics;
mod pasting;
mod refusals;
mod replacing;
mod replies;
mod restart;
mod rotation;
mod second_life;
mod signing_in;
mod signing_out;
mod sixty_seconds;
mod time;
mod updates;
mod verification;
