//! Each deliberate fault is found, by a promise that it breaks.

use super::{
    stories::{EVERYTHING, HOURS, PAUSES_AND_CUTS},
    world::{Weather, World},
};
use crate::fault_injection::{InjectedFault, commit};

#[track_caller]
fn found(fault: InjectedFault, weather: Weather, promise: &str) {
    commit(Some(fault));
    let mut other = Vec::new();
    let found = (1..80).any(|seed| {
        let mut world = World::new(seed, weather);
        world.live(HOURS);
        let broken = &world.ledger.broken;
        other.extend(broken.iter().filter(|line| !line.contains(promise)).cloned());
        broken.iter().any(|line| line.contains(promise))
    });
    commit(None);
    assert!(found, "{fault:?} broke nothing of \"{promise}\", but {other:#?}");
}

#[test]
fn a_lease_instead_of_a_claim_is_found() {
    found(InjectedFault::LeaseInsteadOfClaim, PAUSES_AND_CUTS, "arrives once more");
}

#[test]
fn a_claim_after_the_send_is_found() {
    found(InjectedFault::ClaimAfterSend, PAUSES_AND_CUTS, "without a claim");
}

#[test]
fn a_clock_looked_at_before_the_connection_is_found() {
    found(InjectedFault::ClockBeforeConnection, PAUSES_AND_CUTS, "too late");
}

#[test]
fn a_claim_dropped_on_a_timeout_is_found() {
    found(InjectedFault::ClaimDroppedOnTimeout, EVERYTHING, "is not counted");
}

#[test]
fn an_own_store_written_last_is_found() {
    found(InjectedFault::OwnStoreLast, EVERYTHING, "is lost");
}

#[test]
fn an_answer_delivered_only_while_leading_is_found() {
    found(InjectedFault::DeliversOnlyWhileLeading, PAUSES_AND_CUTS, "arrives once more");
}

#[test]
fn a_refresh_token_kept_in_memory_is_found() {
    found(InjectedFault::RefreshTokenFromMemory, PAUSES_AND_CUTS, "arrives once more");
}

#[test]
fn a_store_that_went_back_and_is_believed_is_found() {
    found(InjectedFault::RewindIgnored, EVERYTHING, "arrives once more");
}

#[test]
fn a_budget_of_each_keeper_is_found() {
    found(InjectedFault::BudgetPerKeeper, EVERYTHING, "more requests than the pool may make");
}

#[test]
fn a_resend_without_waiting_is_found() {
    found(InjectedFault::ResendWithoutWaiting, PAUSES_AND_CUTS, "arrives once more");
}

#[test]
fn wall_clocks_of_two_machines_compared_is_found() {
    found(InjectedFault::WallClocksCompared, PAUSES_AND_CUTS, "longer than it does");
}

#[test]
fn a_halt_that_is_ignored_is_found() {
    found(InjectedFault::HaltIgnored, PAUSES_AND_CUTS, "while the pool was halted");
}

#[test]
fn a_retry_after_that_binds_one_keeper_alone_is_found() {
    found(InjectedFault::PauseForgotten, PAUSES_AND_CUTS, "asked to be left alone");
}
