//! A year in seconds: the real controller, engine, vault and protocol against a model of the world, in simulated time.
//!
//! A package of its own, so that it can be built, run at length and replayed without the desktop's tests:
//! `GLOWJAR_YEARS=10000 cargo test -p glowjar-simulation --profile simulation every_profile_year -- --nocapture` runs longer,
//! `GLOWJAR_SEED=7 cargo test -p glowjar-simulation --profile simulation one_story -- --nocapture` tells one story.

#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "simulated time is tokio's paused time")]

mod desktop;
mod dice;
mod fake_network;
mod faults;
mod figures;
mod keychain;
mod late;
mod ledger;
mod people;
mod provider;
mod refresh_token_tracker;
mod regressions;
mod replies;
mod runner;
mod second_lives;
mod shrink;
mod story;
mod world;
mod years;
