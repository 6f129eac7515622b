//! One token over the token endpoint, beside a bare server of the same library (`crates/token-endpoint/benches`).

use std::{path::Path, process::Command};

use anyhow::{Context, Result, bail};

use super::table::Table;

pub fn measure(exchange: &Path, table: &mut Table) -> Result<()> {
    let ran = Command::new(exchange).output().context("the exchanges could not be measured")?;
    // It fails where the endpoint takes too long, which is for people to judge here.
    let printed = String::from_utf8(ran.stderr)?;
    let last = printed.lines().last().unwrap_or_default();
    let spans: Vec<f64> = last.split_whitespace().filter_map(|it| it.parse().ok()).collect();
    let &[ours, bare] = spans.as_slice() else { bail!("the exchanges were not measured") };
    table.add("one token over the token endpoint", ours, "µs");
    table.add("the same exchange with a bare server of the same library", bare, "µs");
    table.add("one token over the token endpoint, of the bare server's", ours / bare, "times");
    Ok(())
}
