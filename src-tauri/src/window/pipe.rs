//! The two ends of the pipe that the window's process was started with.

use std::{fs::File, io};

/// Standard input and output, taken so that nothing else in this process can read or write them.
pub struct Pipe {
    pub from_tray: File,
    pub to_tray: File,
}

/// What libraries print from now on goes to standard error, and WebKit's processes inherit no end of the pipe.
///
/// # Errors
/// Standard input is a terminal: somebody typed `glowjar window`.
#[cfg(unix)]
pub fn take_over() -> io::Result<Pipe> {
    use std::io::{IsTerminal, stderr, stdin, stdout};

    use rustix::{io::fcntl_dupfd_cloexec, stdio};

    if stdin().is_terminal() {
        return Err(io::Error::other("standard input is no pipe"));
    }
    let from_tray = fcntl_dupfd_cloexec(stdin(), FIRST_OWN)?;
    let to_tray = fcntl_dupfd_cloexec(stdout(), FIRST_OWN)?;
    stdio::dup2_stdin(File::open("/dev/null")?)?;
    stdio::dup2_stdout(stderr())?;
    Ok(Pipe { from_tray: from_tray.into(), to_tray: to_tray.into() })
}

/// # Errors
/// Standard input is a terminal: somebody typed `glowjar window`.
#[cfg(windows)]
pub fn take_over() -> io::Result<Pipe> {
    use std::{
        io::{IsTerminal, stdin, stdout},
        os::windows::io::AsHandle,
    };

    if stdin().is_terminal() {
        return Err(io::Error::other("standard input is no pipe"));
    }
    let from_tray = stdin().as_handle().try_clone_to_owned()?;
    let to_tray = stdout().as_handle().try_clone_to_owned()?;
    Ok(Pipe { from_tray: from_tray.into(), to_tray: to_tray.into() })
}

/// The first file descriptor after the standard three.
#[cfg(unix)]
const FIRST_OWN: i32 = 3;
