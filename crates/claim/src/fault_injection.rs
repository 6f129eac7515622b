//! Faults that the simulation makes on purpose, each to prove that it would be found. Outside of this crate's tests there are
//! none, and the compiler takes every trace of them out.

/// One way to get it wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InjectedFault {
    /// Who leads may send, whatever claim is open: what nearly everybody does.
    LeaseInsteadOfClaim,
    /// The request goes out while the claim is still being written.
    ClaimAfterSend,
    /// The clock is looked at before the connection is made, and not once more when the request goes out.
    ClockBeforeConnection,
    /// A request that brought no answer in time is taken for one that was never sent.
    ClaimDroppedOnTimeout,
    /// The answer goes to the pool first, and to the keeper's own store after that.
    OwnStoreLast,
    /// An answer that comes after somebody else leads is thrown away.
    DeliversOnlyWhileLeading,
    /// An answer whose claim is gone is thrown away.
    FoundForgotten,
    /// The refresh token of the first reading is used for ever.
    RefreshTokenFromMemory,
    /// A store that went back in time is believed.
    RewindIgnored,
    /// Each keeper counts its own requests.
    BudgetPerKeeper,
    /// An open claim is replaced as soon as it is seen.
    ResendWithoutWaiting,
    /// A token's end is what another machine's clock said it is.
    WallClocksCompared,
    /// A halted pool goes on.
    HaltIgnored,
    /// `Retry-After` binds only the keeper that heard it.
    PauseForgotten,
}

#[cfg(test)]
thread_local! {
    static COMMITTED: std::cell::Cell<Option<InjectedFault>> = const { std::cell::Cell::new(None) };
}

/// From now on, everything in this thread gets `fault` wrong.
#[cfg(test)]
pub(crate) fn commit(fault: Option<InjectedFault>) {
    COMMITTED.set(fault);
}

#[cfg(test)]
pub(crate) fn is_committed(fault: InjectedFault) -> bool {
    COMMITTED.get() == Some(fault)
}

#[cfg(not(test))]
pub(crate) const fn is_committed(_: InjectedFault) -> bool {
    false
}
