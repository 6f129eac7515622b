//! Stories that make up years, and what they come to.

use std::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering},
};

use crate::{
    figures::Figures,
    runner::{self, Outcome},
    shrink,
    story::Story,
};

/// Unless `GLOWJAR_YEARS` asks for others. The first story is that of `GLOWJAR_SEED`, or 0.
const YEARS: f64 = 1_000.0;
const STORIES_PER_YEAR: f64 = 1.25;

#[test]
fn every_profile_year_keeps_every_promise() {
    let asked = std::env::var("GLOWJAR_YEARS").ok().and_then(|years| years.parse::<f64>().ok());
    let years = asked.unwrap_or(YEARS).max(1.0);
    let first = first_seed().unwrap_or(0);
    let stories = (STORIES_PER_YEAR * years).ceil() as u64;
    let end = first + stories;
    let next = AtomicU64::new(first);
    let figures = Mutex::new(Figures::default());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        return;
                    }
                    let outcome = told(seed).unwrap_or_else(|violation| {
                        next.store(end, Ordering::Relaxed);
                        panic!("{}", report(&Story::from_seed(seed), &violation));
                    });
                    figures.lock().expect("nobody panics here").add(&outcome);
                }
            });
        }
    });
    let mut figures = figures.into_inner().expect("nobody panics here");
    // Stories are of different lengths: a few may come to less than was asked for.
    let mut stories = stories;
    while figures.years() < years {
        let seed = first + stories;
        let outcome = told(seed)
            .unwrap_or_else(|violation| panic!("{}", report(&Story::from_seed(seed), &violation)));
        figures.add(&outcome);
        stories += 1;
    }
    eprintln!("\nA year in seconds: {stories} stories\n{figures}");
}

fn told(seed: u64) -> Result<Figures, String> {
    let outcome = runner::tell(&Story::from_seed(seed), false);
    outcome.violation.map_or(Ok(outcome.figures), Err)
}

#[test]
fn the_same_seed_tells_the_same_story_to_the_byte() {
    for seed in 0..4 {
        let told = || runner::tell(&Story::from_seed(seed), true);
        let Outcome { figures, violation, timeline } = told();
        let again = told();
        assert!(timeline.lines().count() > 100, "a story of some length");
        assert_eq!(timeline, again.timeline, "story {seed}");
        assert_eq!((figures, violation), (again.figures, again.violation));
    }
}

/// `GLOWJAR_SEED=7` and `--nocapture` show the whole of it.
#[test]
fn one_story_can_be_told_again() {
    let seed = first_seed().unwrap_or(1);
    let story = Story::from_seed(seed);
    let outcome = runner::tell(&story, true);
    eprintln!("Story {seed}\n{story}\n{}\n{}", outcome.timeline, outcome.figures);
    if let Some(violation) = outcome.violation {
        panic!("{}", report(&story, &violation));
    }
}

fn first_seed() -> Option<u64> {
    std::env::var("GLOWJAR_SEED").ok()?.parse().ok()
}

/// The shortest story that fails, and how its end came about.
fn report(story: &Story, violation: &str) -> String {
    const END: usize = 40;
    // Shrinking takes its time.
    eprintln!("story {} breaks a promise: {violation}", story.seed);
    let shortest = shrink::shortest(story, |story| runner::tell(story, false).violation.is_some());
    let outcome = runner::tell(&shortest, true);
    let lines: Vec<&str> = outcome.timeline.lines().collect();
    let end = lines[lines.len().saturating_sub(END)..].join("\n");
    format!(
        "story {} breaks a promise: {violation}\nThe shortest that does, with {} of {} events:\n{shortest}\n\
         Its end:\n{end}\nAll of it: GLOWJAR_SEED={} cargo test -p glowjar-tests --test simulation one_story -- --nocapture",
        story.seed,
        shortest.events.len(),
        story.events.len(),
        story.seed,
    )
}
