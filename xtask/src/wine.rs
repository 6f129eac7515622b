//! Windows programs on Linux: Wine, its drive, the tests under it and the tour of a Wine desktop.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::Failure;
use crate::project::Project;
use crate::reaper::Reaper;
use crate::setup::find_program;

/// A Windows of Wine's, with a drive of its own below the target folder.
#[derive(Debug)]
pub struct Wine {
    runner: PathBuf,
    prefix: PathBuf,
    /// Where the programs lie, and the libraries they want.
    programs: PathBuf,
    /// Otherwise Wine's server would go on for as long as a program of this drive runs.
    _reaper: Reaper,
}

impl Wine {
    /// Makes the drive if it is not there. `programs` is the folder that cargo built them into. What runs at the same time
    /// wants a drive of its own.
    pub fn set_up(project: &Project, programs: &Path, drive: &str) -> Result<Self, Failure> {
        let prefix = project.root.join("target").join(drive);
        let mark = format!("{}={}", DRIVE, prefix.display());
        let mut end = Command::new(SERVER);
        end.arg("--kill").env("WINEPREFIX", &prefix);
        let wine = Self {
            runner: project.root.join("xtask/wine/run.sh"),
            programs: programs.to_path_buf(),
            _reaper: Reaper::start(&mark, &mut end)?,
            prefix,
        };
        let system = wine.prefix.join("drive_c/windows/system32");
        if !system.join("kernel32.dll").exists() {
            fs::create_dir_all(&wine.prefix)
                .map_err(|error| Failure::new(format!("{}: {}", wine.prefix.display(), error)))?;
            wine.succeed(&["wineboot", "--init"])?;
        }
        let library = system.join("bcryptprimitives.dll");
        if !library.exists() {
            let source = project.root.join("xtask/wine/bcryptprimitives.c");
            let mut compiler = Command::new(COMPILER);
            compiler.args(["-shared", "-O1", "-o"]).arg(&library).arg(source).arg("-ladvapi32");
            succeed(&mut compiler)?;
        }
        Ok(wine)
    }

    /// Has cargo, and whatever it starts, run programs for Windows here.
    pub fn lend(&self, command: &mut Command) {
        command
            .env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER", &self.runner)
            .env("GLOWJAR_WINE_RUNNER", &self.runner)
            .env(DRIVE, &self.prefix)
            .env("GLOWJAR_WINE_LIBRARIES", &self.programs);
    }

    fn succeed(&self, line: &[&str]) -> Result<(), Failure> {
        let mut command = Command::new(&self.runner);
        self.lend(&mut command);
        succeed(command.args(line).stdout(Stdio::null()))
    }
}

fn succeed(command: &mut Command) -> Result<(), Failure> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::new(format!("{:?} ended with {}", command, status))),
        Err(error) => Err(Failure::new(format!("{:?} could not be started: {}", command, error))),
    }
}

/// Has every program that cargo links for Windows bring what Wine lacks.
#[derive(Debug)]
pub struct Lacking {
    compiler: PathBuf,
    object: PathBuf,
    path: OsString,
}

impl Lacking {
    pub fn compile(project: &Project) -> Result<Self, Failure> {
        let compiler = find_program(COMPILER)
            .ok_or_else(|| Failure::new(format!("There is no {}.", COMPILER)))?;
        let folder = project.root.join("target");
        fs::create_dir_all(&folder)
            .map_err(|error| Failure::new(format!("{}: {}", folder.display(), error)))?;
        let object = folder.join("wine-lacking.o");
        let source = project.root.join("xtask/wine/lacking.c");
        succeed(Command::new(&compiler).args(["-O1", "-w", "-c", "-o"]).arg(&object).arg(source))?;
        let before = project.root.join("xtask/wine/bin");
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(std::iter::once(before).chain(env::split_paths(&path)))
            .map_err(|error| Failure::new(error.to_string()))?;
        Ok(Self { compiler, object, path })
    }

    pub fn lend(&self, command: &mut Command) {
        command
            .env("PATH", &self.path)
            .env("GLOWJAR_MINGW", &self.compiler)
            .env("GLOWJAR_WINE_LACKING", &self.object);
    }
}

/// The arguments of the test programs: without those that Wine can't carry.
pub fn test_arguments() -> Vec<&'static str> {
    let mut arguments = vec!["--test-threads=4"];
    for (name, _) in SKIPPED {
        arguments.extend(["--skip", name]);
    }
    arguments
}

/// Also says why each is left out.
pub fn announce_skipped() {
    println!("Left out under Wine:");
    for (name, why) in SKIPPED {
        println!("  {}: {}", name, why);
    }
}

const COMPILER: &str = "x86_64-w64-mingw32-gcc";
const SERVER: &str = "wineserver";
/// Where the drive is, in the environment of all that runs on it.
const DRIVE: &str = "GLOWJAR_WINE_PREFIX";
/// A part of the test's name, and what Wine lacks.
const SKIPPED: &[(&str, &str)] = &[
    ("f28_", EXTRA_AUTHORITY),
    ("f29_a_proxy_is_used_with_its_user_name_and_password", EXTRA_AUTHORITY),
    ("f29_the_environments_proxy_is_used", EXTRA_AUTHORITY),
    ("f54_a_foreign_proxy_lets_in", EXTRA_AUTHORITY),
    ("f54_a_raw_at_in_the_password_of_an_http_proxy_arrives", EXTRA_AUTHORITY),
    ("f54_a_socks_proxy_is_given_its_password", EXTRA_AUTHORITY),
    ("f54_a_socks_proxy_looks_the_name_up_itself", EXTRA_AUTHORITY),
    ("f54_socks5_looks_the_name_up_here", EXTRA_AUTHORITY),
    ("f54_gnomes_socks_a_line_end_and_lower_case_work", EXTRA_AUTHORITY),
    ("is_one_argument_of_the_copied_curl_call", NO_SHELL),
    ("is_one_word_to_every_shell_that_is_here", NO_SHELL),
    ("in_an_env_file_is_what_a_shell_reads", NO_SHELL),
    (
        "a_program_that_is_asked_to_end_hears_it_more_than_once",
        "WTSRegisterSessionNotification always fails; the tour asks the application itself to end",
    ),
    ("webhook::a_server_", NO_PYTHON),
    ("webhook::a_test_message_is_sent_at_a_click", NO_PYTHON),
    ("webhook::what_happened_while_a_server_was_down_or_slow", NO_PYTHON),
    ("webhook::what_a_crash_left_in_doubt", NO_PYTHON),
    ("webhook::trouble_that_a_server_may_have_heard_of", NO_PYTHON),
    ("dependencies::", "they ask cargo, of which there is none for Windows here"),
];
const NO_PYTHON: &str = "there is no Python, in which the server that is told is written";
const NO_SHELL: &str = "there is no sh, which reads what was quoted";
const EXTRA_AUTHORITY: &str =
    "Wine's crypt32 refuses a certificate authority of one's own (the size of CERT_CHAIN_ENGINE_CONFIG that Windows 8 has)";
