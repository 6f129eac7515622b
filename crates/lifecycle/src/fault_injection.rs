//! Faults that can be made on purpose, here and in `agent`, so that tests can prove that they would be found. Without the feature
//! `deliberate-faults` none can be committed, and the compiler takes every trace of them out.

/// One way to get it wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InjectedFault {
    /// Each retry comes after the shortest wait.
    NoBackoff,
    /// A consumer's rejection costs a new token, however many there were today.
    NoBudget,
    /// A refusal for good takes the token in use with it.
    TokenDroppedOnRefusal,
    /// `Retry-After` counts as any other failure.
    OrdersIgnored,
    /// A live token is renewed when it has ended.
    RenewsTooLate,
    /// A person is called as soon as something fails.
    Impatient,
    /// The access token is stored before the refresh token that came with it.
    TokenStoredFirst,
    /// A rotated refresh token that the keychain refused is given up.
    UnsavedForgotten,
    /// An answer to an attempt that was given up counts.
    LateAnswersCount,
    /// A notice is raised again as long as its reason lasts.
    NoticesRepeat,
    /// The end of a sign-in is told of whenever somebody looks.
    ForecastsRepeat,
    /// What the clock was set by is not told on.
    ClockStepsUnheard,
    /// Time is counted by a clock that stands still while the machine sleeps.
    ClockStopsInSleep,
    /// What is copied is the last token, live or not.
    CopiesWhateverIsThere,
    /// A refresh token that came with the reply is not taken over.
    RotationOverlooked,
    /// A request that was given up counts as over, although it may still arrive.
    GivenUpForgotten,
}

#[cfg(feature = "deliberate-faults")]
thread_local! {
    static COMMITTED: std::cell::Cell<Option<InjectedFault>> = const { std::cell::Cell::new(None) };
}

/// From now on, everything in this thread gets `fault` wrong.
#[cfg(feature = "deliberate-faults")]
pub fn commit(fault: Option<InjectedFault>) {
    COMMITTED.set(fault);
}

#[cfg(feature = "deliberate-faults")]
pub fn is_committed(fault: InjectedFault) -> bool {
    COMMITTED.get() == Some(fault)
}

#[cfg(not(feature = "deliberate-faults"))]
pub const fn is_committed(_: InjectedFault) -> bool {
    false
}
