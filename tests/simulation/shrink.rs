//! From a story that fails to the shortest one that still does (delta debugging, Zeller and Hildebrandt 2002).

use crate::story::Story;

/// Leaves out as many events as it can without mending what is wrong.
pub fn shortest(story: &Story, fails: impl Fn(&Story) -> bool) -> Story {
    let mut shortest = story.clone();
    let mut pieces = 2;
    while shortest.events.len() > 1 {
        let length = shortest.events.len();
        let size = length.div_ceil(pieces);
        let shorter = (0..length).step_by(size).find_map(|start| {
            let mut shorter = shortest.clone();
            shorter.events.drain(start..(start + size).min(length));
            // Nobody has to live on after the last event.
            let end = shorter.events.last().map_or(story.span, |(at, _)| *at);
            shorter.span = story.span.min(end + AFTERMATH);
            fails(&shorter).then_some(shorter)
        });
        match shorter {
            Some(shorter) => {
                shortest = shorter;
                pieces = (pieces - 1).max(2);
            }
            None if size == 1 => break,
            None => pieces = (pieces * 2).min(length),
        }
    }
    shortest
}

/// How long what happened last may take to show.
const AFTERMATH: std::time::Duration = std::time::Duration::from_secs(3 * 86_400);
