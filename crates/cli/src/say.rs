//! Words for a person, on standard error.

use std::{fmt, io, io::Write};

/// Says a line. Where nobody can hear it, since the terminal is closed or the disk is full, that changes nothing: neither
/// what is handed out nor the exit code. (`eprintln!` would panic.)
macro_rules! say {
    ($($word:tt)*) => { $crate::say::line(format_args!($($word)*)) };
}

pub(crate) use say;

pub(crate) fn line(words: fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr().lock(), "{words}");
}
