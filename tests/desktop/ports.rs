//! TCP ports on loopback: finding a free one, and seeing whether somebody listens without knocking.

use std::{fs, net::TcpListener, time::Duration};

use anyhow::{Context, Result};

use crate::timeouts::until;

/// A port on which nobody listened a moment ago.
///
/// # Errors
/// When there is none.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no free port")?;
    Ok(listener.local_addr()?.port())
}

/// Waits until somebody listens on `port`.
///
/// # Errors
/// When nobody does within `limit`.
pub async fn wait_for_listener(port: u16, limit: Duration) -> Result<()> {
    let look = || async { Ok(is_listening(port)?.then_some(())) };
    until(limit, format!("a listener on port {port}"), look).await
}

/// Whether somebody listens on `port`. Makes no connection: the inspector of a web view takes the first one for
/// its driver.
///
/// # Errors
/// When the kernel's table can't be read.
pub fn is_listening(port: u16) -> Result<bool> {
    let tables = [
        fs::read_to_string("/proc/net/tcp")?,
        fs::read_to_string("/proc/net/tcp6").unwrap_or_default(),
    ];
    Ok(tables.iter().flat_map(|table| table.lines()).any(|row| listens_on(row, port)))
}

fn listens_on(row: &str, port: u16) -> bool {
    let mut fields = row.split_whitespace().skip(1);
    let local = fields.next().and_then(|address| address.rsplit_once(':'));
    let listening = fields.nth(1) == Some(TCP_LISTEN);
    listening && local.is_some_and(|(_, hex)| u16::from_str_radix(hex, 16) == Ok(port))
}

/// The state `TCP_LISTEN` as the kernel prints it (include/net/tcp_states.h).
const TCP_LISTEN: &str = "0A";
