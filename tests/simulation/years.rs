//! As many stories as make a thousand years.

use crate::{figures::Figures, life, story::Story};

#[test]
fn one_seed() {
    let seed = std::env::var("GLOWJAR_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let story = Story::from_seed(seed);
    eprintln!("{story}");
    let outcome = life::tell(&story, true);
    eprintln!("{}\n{}\n{:?}", outcome.timeline, outcome.figures, outcome.violation);
}

#[test]
fn some() {
    let seeds: u64 =
        std::env::var("GLOWJAR_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(20);
    let mut figures = Figures::default();
    let mut bad = 0;
    for seed in 0..seeds {
        let started = std::time::Instant::now();
        let outcome = life::tell(&Story::from_seed(seed), false);
        eprintln!(
            "{seed} {:?} {:.1?}/{:?}",
            started.elapsed(),
            outcome.figures.years(),
            outcome.figures.lived.keys()
        );
        figures.add(&outcome.figures);
        if let Some(violation) = outcome.violation {
            bad += 1;
            eprintln!("seed {seed}: {violation}");
        }
    }
    eprintln!("{bad} bad\n{figures}");
}
