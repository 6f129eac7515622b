//! What the system says about a process (proc(5)).

use std::fs;

use anyhow::{Context, Result};

/// Milliseconds of processor time of all its threads, those that ended included.
pub fn cpu_millis(id: u32) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat"))?;
    // After the name, which is in brackets and may hold blanks.
    let fields: Vec<&str> =
        stat.rsplit_once(')').context("no name")?.1.split_whitespace().collect();
    let ticks =
        |index: usize| -> Result<f64> { Ok(fields.get(index).context("no field")?.parse()?) };
    Ok((ticks(11)? + ticks(12)?) * 1_000.0 / TICKS_PER_SECOND)
}

/// How often its threads gave up the processor, to be woken again.
pub fn wake_ups(id: u32) -> Result<f64> {
    let mut all = 0.0;
    for thread in fs::read_dir(format!("/proc/{id}/task"))? {
        let status = fs::read_to_string(thread?.path().join("status"))?;
        all += number(&status, "voluntary_ctxt_switches:")?;
    }
    Ok(all)
}

/// Its share of memory in kB: pages that it shares are divided by how many share them.
pub fn share_of_memory(id: u32) -> Result<f64> {
    number(&fs::read_to_string(format!("/proc/{id}/smaps_rollup"))?, "Pss:")
}

fn number(text: &str, key: &str) -> Result<f64> {
    let value = text.lines().find_map(|line| line.strip_prefix(key)).context("no such line")?;
    Ok(value.trim().trim_end_matches(" kB").parse()?)
}

/// `USER_HZ`, which Linux fixes at 100 towards programs.
const TICKS_PER_SECOND: f64 = 100.0;
