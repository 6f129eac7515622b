//! Cuts by the kernel's own rules, on machines of their own.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use glowjar_claim::plan::LAST_ARRIVAL;
use glowjar_sandbox::{SEED_REFRESH_TOKEN, Sandbox, Settings};

use crate::{
    cluster::Cluster,
    ground::{Ground, Wires},
    namespace::Namespace,
    postgres::Server,
    several::{KEY, admitted, has_token, leads, strict, used_once},
    studio::{Studio, free_port, pasted, refreshing, until},
};

/// A leader that reaches the engine and not the provider lets another lead, with nothing sent and nothing spent.
async fn s03<G: Ground>() {
    let Some(machine) = Namespace::new() else { return println!("left out: it takes root") };
    let sandbox = strict(600).await;
    let engine = G::start();
    let ports = [engine.ports(), vec![sandbox.port()]].concat();
    let _wires = Wires::from(&machine, &ports);
    let studios =
        [Studio::at(&engine.address(), KEY).on(&machine), Studio::at(&engine.address(), KEY)];
    studios[0].told(&["import"], &refreshing(&sandbox, SEED_REFRESH_TOKEN));
    machine.lose(&format!("tcp dport {}", sandbox.port()));
    let _first = studios[0].starts();
    until("the one that is cut off to lead", || leads(&studios[0]));
    let led = Instant::now();
    let _second = studios[1].starts();
    let line = admitted(&studios[1], "desk-1");
    until("the other to lead", || leads(&studios[1]));
    println!("handed over {:?} after it led", led.elapsed());
    let token = has_token(&studios[1], &line).await;
    assert!(sandbox.accepts(&token));
    assert!(machine.lost() > 0, "the cut was none");
    until("the one that is cut off to have it as well", || {
        studios[0].told(&["pools"], "").contains("good")
    });
    assert!(!leads(&studios[0]));
    assert_eq!(used_once(&sandbox), 1);
    assert_eq!(studios[1].value("resends").await, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn s03_a_leader_that_is_cut_from_the_provider_alone_hands_over_on_etcd() {
    s03::<Cluster>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s03_a_leader_that_is_cut_from_the_provider_alone_hands_over_on_postgresql() {
    s03::<Server>().await;
}

/// A request is lost on its way, and its keeper is killed. The system would repeat it for minutes. After the time for which others wait,
/// the way is free again; what an ordinary program had sent arrives, and nothing of the keeper's does.
#[tokio::test(flavor = "multi_thread")]
async fn s06_no_byte_of_a_request_arrives_after_the_time_for_which_others_wait() {
    let Some(machine) = Namespace::new() else { return println!("left out: it takes root") };
    let sandbox = Sandbox::start(Settings::default()).await.expect("a port");
    let _wires = Wires::from(&machine, &[sandbox.port()]);
    let studio = Studio::new().on(&machine);
    studio.told(&["import"], &pasted(&sandbox));
    let other = free_port();
    let listener = machine.listen(other);
    // A connection can be made, and what is said on it is lost.
    let ports = format!("{{ {}, {other} }}", sandbox.port());
    machine.lose(&format!("tcp dport {ports} meta length > 150"));
    let mut keeper = studio.starts();
    until("its request to be lost", || machine.lost() > 0);
    let sent = Instant::now();
    keeper.kill();

    let mut ordinary =
        machine.inside(move || TcpStream::connect(("127.0.0.1", other)).expect("it listens"));
    let (mut accepted, _) = listener.accept().expect("a connection");
    ordinary.write_all(&[7; 500]).expect("the system takes it");
    tokio::time::sleep(LAST_ARRIVAL.saturating_sub(sent.elapsed())).await;
    assert!(sandbox.requests().is_empty(), "nothing was let through");
    machine.mend();
    let arrived = tokio::task::spawn_blocking(move || {
        accepted.set_read_timeout(Some(Duration::from_secs(120))).expect("set");
        let mut bytes = [0; 500];
        accepted.read_exact(&mut bytes).map(|()| bytes)
    });
    assert_eq!(arrived.await.expect("read").expect("it arrives after all"), [7; 500]);
    println!("an ordinary program's bytes arrived {:?} after they were sent", sent.elapsed());
    // The keeper's were sent before, so the system would have repeated them before.
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(sandbox.requests().is_empty(), "a byte arrived late");
}
