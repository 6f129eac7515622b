use std::{
    cell::Cell,
    net::{Ipv4Addr, Ipv6Addr},
};

use futures_util::{StreamExt, stream};

use super::*;

async fn told(addresses: impl Stream<Item = IpAddr>) -> u32 {
    let told = Cell::new(0);
    tell(addresses, || told.set(told.get() + 1)).await;
    told.get()
}

fn lan(host: u8) -> IpAddr {
    IpAddr::from([192, 168, 0, host])
}

#[tokio::test(start_paused = true)]
async fn f06_an_address_is_told_at_once() {
    let told = Cell::new(0);
    let addresses = stream::iter([lan(1)]).chain(stream::pending());
    let telling = tell(addresses, || told.set(told.get() + 1));
    assert!(timeout(Duration::ZERO, telling).await.is_err(), "it goes on listening");
    assert_eq!(told.get(), 1);
}

#[tokio::test(start_paused = true)]
async fn f26_many_addresses_at_once_are_told_twice_at_most() {
    assert_eq!(told(stream::iter([lan(1)])).await, 1);
    assert_eq!(told(stream::iter((1..200).map(lan))).await, 2);
}

#[tokio::test(start_paused = true)]
async fn addresses_far_apart_are_told_one_by_one() {
    let apart = stream::iter([lan(1), lan(2), lan(3)]).then(|address| async move {
        // On a clock that stands still but for waiting.
        let _ = timeout(2 * QUIET, std::future::pending::<()>()).await;
        address
    });
    assert_eq!(told(apart).await, 3);
}

#[tokio::test(start_paused = true)]
async fn an_address_that_leads_nowhere_is_not_told() {
    let nowhere = [
        IpAddr::from(Ipv4Addr::LOCALHOST),
        IpAddr::from([169, 254, 3, 4]),
        IpAddr::from(Ipv6Addr::LOCALHOST),
        "fe80::1".parse().expect("an address"),
    ];
    assert_eq!(told(stream::iter(nowhere)).await, 0);
}
