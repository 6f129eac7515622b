use super::*;

use glowjar_agent::tray::Click;

fn item(label: &str, click: Click) -> Row {
    Row::Item { label: label.to_owned(), click, enabled: true }
}

fn profile(name: &str) -> Row {
    let copy = item("Copy token", Click::CopyToken { profile: name.to_owned() });
    Row::Submenu { label: format!("{name}: valid until 18:04"), rows: vec![copy] }
}

/// As the tray draws them.
fn menu(profiles: &[&str]) -> Vec<Row> {
    let mut rows = vec![Row::Label("the worst".to_owned()), Row::Separator];
    rows.extend(profiles.iter().map(|name| profile(name)));
    rows.extend([Row::Separator, item("Lock", Click::Lock), item("Quit", Click::Quit)]);
    rows
}

/// Does the steps as a menu of the system's would.
fn done(shown: &[Row], steps: &[Step<'_>]) -> Vec<Row> {
    let mut rows = shown.to_vec();
    for step in steps {
        match *step {
            Step::Change { position, row } => rows[position] = row.clone(),
            Step::Put { position, row } => rows.insert(position, row.clone()),
            Step::Take { position } => drop(rows.remove(position)),
        }
    }
    rows
}

#[test]
fn f35_the_same_rows_again_change_nothing() {
    assert_eq!(steps(&menu(&["a", "b"]), &menu(&["a", "b"])), []);
}

#[test]
fn f42_a_submenu_with_another_label_is_put_in_anew_and_leaves_the_others_alone() {
    let shown = menu(&["a", "b", "c"]);
    let mut wanted = shown.clone();
    wanted[3] = Row::Submenu { label: "b: paused".to_owned(), rows: Vec::new() };
    assert_eq!(
        steps(&shown, &wanted),
        [Step::Take { position: 3 }, Step::Put { position: 3, row: &wanted[3] }]
    );
}

#[test]
fn what_is_within_a_submenu_changes_in_place() {
    let shown = menu(&["a", "b"]);
    let mut wanted = shown.clone();
    let Row::Submenu { rows, .. } = &mut wanted[2] else { panic!("no profile") };
    rows.push(Row::Separator);
    assert_eq!(steps(&shown, &wanted), [Step::Change { position: 2, row: &wanted[2] }]);
}

#[test]
fn a_row_that_comes_between_others_is_the_only_one_put_in() {
    let shown = menu(&["a"]);
    let mut wanted = shown.clone();
    wanted.insert(4, item("Clear the clipboard", Click::ClearClipboard));
    assert_eq!(steps(&shown, &wanted), [Step::Put { position: 4, row: &wanted[4] }]);
}

#[test]
fn a_row_that_goes_from_between_others_is_the_only_one_taken_out() {
    assert_eq!(steps(&menu(&["a", "b", "c"]), &menu(&["a", "c"])), [Step::Take { position: 3 }]);
}

#[test]
fn a_row_that_does_something_else_is_another_row() {
    let shown = [item("Pause", Click::Pause { profile: "a".to_owned() })];
    let wanted = [item("Pause", Click::Pause { profile: "b".to_owned() })];
    let expected = [Step::Take { position: 0 }, Step::Put { position: 0, row: &wanted[0] }];
    assert_eq!(steps(&shown, &wanted), expected);
}

#[test]
fn f42_whatever_was_shown_the_steps_lead_to_what_is_wanted() {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
    let mut seed = 42_u64;
    let mut random = move |below: usize| {
        // Knuth's MMIX generator: the same numbers each time.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).expect("31 bits") % below
    };
    let mut shown = Vec::new();
    for _ in 0..10_000 {
        let mut several: Vec<&str> = names.into_iter().filter(|_| random(2) == 0).collect();
        if let Some(last) = several.len().checked_sub(1) {
            several.swap(random(last + 1), random(last + 1));
        }
        let mut wanted = menu(&several);
        for _ in 0..random(4) {
            let place = random(wanted.len() + 1);
            match random(4) {
                0 => wanted.insert(place, Row::Separator),
                1 => wanted.insert(place, Row::Label(place.to_string())),
                2 if place < wanted.len() => drop(wanted.remove(place)),
                _ => wanted.insert(place, profile("again")),
            }
        }
        let steps = steps(&shown, &wanted);
        assert_eq!(done(&shown, &steps), wanted, "{steps:?}");
        shown = wanted;
    }
}
