//! A studio in seconds: three keepers, a store, a strict provider, and somebody who stops, cuts and kills them at the worst moments. It
//! is told from a seed, on one thread.

mod faults;
mod ledger;
mod provider;
mod store;
mod stories;
mod world;
