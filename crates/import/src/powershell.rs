//! TODO

use super::request::Found;

pub(super) fn requests(_text: &str) -> Vec<Found> {
    Vec::new()
}
