//! Many programs at once.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use glowjar_sandbox::{Answer, Rotation, Route};

use crate::test_app::{TestApp, drafts, programs::ran};

const CALLERS: usize = 100;

#[tokio::test]
async fn f38_a_hundred_callers_over_an_expiry_cost_one_request_and_none_of_them_fails() {
    let office = TestApp::with(|settings| settings.rotation = Rotation::Strict).await;
    office.add(drafts::refreshing()).await;
    office.live().await;
    let programs = office.let_programs_in();
    let before = office.asked_so_far();

    let held = Answer::Held { then: Box::new(Answer::Normal) };
    office.sandbox.next(Route::Token, held);
    let callers = join_all((0..CALLERS).map(|caller| {
        // Some come before the end of the token, the others after.
        let arguments: &[&str] =
            if caller % 2 == 0 { &["token"] } else { &["token", "--min-valid", "1h"] };
        let running = programs.command(arguments).output();
        async { ran(running.await) }
    }));
    let expiry = async {
        office.advance(std::time::Duration::from_secs(48 * 3_600));
        office.asked(before as u64 + 1).await;
        office.barrier().await;
        office.sandbox.release();
    };
    let (all, ()) = office.within("the callers", async { tokio::join!(callers, expiry) }).await;

    let mut codes = BTreeMap::new();
    for ran in &all {
        *codes.entry(ran.code).or_insert(0) += 1;
        assert_eq!(ran.err, "");
        assert!(office.sandbox.accepts(ran.out.trim_end()));
    }
    let requests = office.asked_so_far() - before;
    eprintln!("{CALLERS} callers over an expiry: {requests} token request, exit codes {codes:?}");
    assert_eq!((codes, requests), (BTreeMap::from([(Some(0), CALLERS)]), 1));
    office.assert_strict();
}
