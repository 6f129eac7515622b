//! The engine in a world with invented time.
//!
//! Stories are timelines that a person can follow; properties let anything happen in any order; weather is a
//! provider that fails in spans, for months in a row.

mod engine {
    mod chaos;
    mod clock;
    mod edits;
    mod given_up;
    mod incidents;
    mod keeping;
    mod ledger;
    mod many;
    mod outages;
    mod properties;
    mod refusals;
    mod renewing;
    mod rules;
    mod second_life;
    mod span;
    mod story;
    mod weather;
    mod withheld;
    mod years;
}
