//! What the system says about a process (proc(5)).

use std::{collections::BTreeMap, ffi::OsString, fs};

use anyhow::{Context, Result};

/// Microseconds of processor time of its threads, as the scheduler counts them (`Documentation/scheduler/sched-stats.rst` of
/// the kernel). Threads that ended are left out: measure across a span in which none ends.
pub fn cpu_micros(id: u32) -> Result<f64> {
    let mut nanos = 0.0;
    for thread in fs::read_dir(format!("/proc/{id}/task"))? {
        let counted = fs::read_to_string(thread?.path().join("schedstat"))?;
        let on_cpu: f64 = counted.split(' ').next().context("no time on the processor")?.parse()?;
        nanos += on_cpu;
    }
    Ok(nanos / 1e3)
}

/// Microseconds of processor time of all children of this process that ended, in steps of 10 ms: measure many.
pub fn cpu_micros_of_children() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // After the name, which is in brackets and may hold blanks.
    let fields = stat.rsplit_once(')').context("no name")?.1;
    let ticks: Vec<f64> =
        fields.split_whitespace().skip(13).take(2).map(str::parse).collect::<Result<_, _>>()?;
    Ok(ticks.iter().sum::<f64>() * 1e6 / TICKS_PER_SECOND)
}

/// How often each of its threads gave up the processor so far, to be woken again.
pub fn wake_ups(id: u32) -> Result<BTreeMap<OsString, f64>> {
    let mut all = BTreeMap::new();
    for thread in fs::read_dir(format!("/proc/{id}/task"))? {
        let thread = thread?;
        let status = fs::read_to_string(thread.path().join("status"))?;
        all.insert(thread.file_name(), number(&status, "voluntary_ctxt_switches:")?);
    }
    Ok(all)
}

/// How often that was since `before`. A thread that ended meanwhile had nothing to do.
pub fn wake_ups_since(before: &BTreeMap<OsString, f64>, id: u32) -> Result<f64> {
    let now = wake_ups(id)?;
    Ok(now.iter().map(|(thread, count)| count - before.get(thread).unwrap_or(&0.0)).sum())
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
