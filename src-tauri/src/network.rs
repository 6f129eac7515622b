//! When this computer is given an address, the network may be back: no moment is better to try again, and none is
//! worse to be still waiting out a pause that began without one.

use std::{net::IpAddr, time::Duration};

use futures_util::{Stream, StreamExt};
use if_watch::{IfEvent, tokio::IfWatcher};
use tokio::time::timeout;

/// Calls `returned` for each address that leads out of this computer, and once for several that come together.
///
/// # Errors
/// The system does not tell about its addresses.
pub async fn watch(returned: impl Fn()) -> std::io::Result<()> {
    let events = IfWatcher::new()?;
    let addresses = events.filter_map(|event| async {
        match event {
            Ok(IfEvent::Up(network)) => Some(network.addr()),
            Ok(IfEvent::Down(_)) => None,
            Err(error) => {
                tracing::warn!(%error, "an address change was missed");
                None
            }
        }
    });
    tell(addresses, returned).await;
    Ok(())
}

async fn tell(addresses: impl Stream<Item = IpAddr>, returned: impl Fn()) {
    let mut addresses = std::pin::pin!(addresses.filter(|address| {
        let leads_out = leads_out(*address);
        async move { leads_out }
    }));
    while addresses.next().await.is_some() {
        returned();
        let mut came_more = false;
        while let Ok(Some(_)) = timeout(QUIET, addresses.next()).await {
            came_more = true;
        }
        if came_more {
            returned();
        }
    }
}

/// An address that reaches no further than the cable is there before the network is.
fn leads_out(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !address.is_loopback() && !address.is_link_local(),
        IpAddr::V6(address) => !address.is_loopback() && !address.is_unicast_link_local(),
    }
}

/// IPv4 and IPv6 come one after the other, and virtual machines come and go in swarms.
const QUIET: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests;
