//! `glowjar token` as a whole process, beside the smallest possible clients: one linked dynamically, one statically. All ask
//! the smallest possible server.

use std::{
    env, fs,
    io::{Read, Write},
    os::unix::net::UnixListener,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Instant,
};

use anyhow::{Context, Result, ensure};

use crate::on_linux::table::{Table, median};

pub fn measure(command: &Path, table: &mut Table) -> Result<()> {
    let folder = env::temp_dir().join(format!("glowjar-bench-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let measured = measure_in(&folder, command, table);
    let _ = fs::remove_dir_all(&folder);
    measured
}

fn measure_in(folder: &Path, command: &Path, table: &mut Table) -> Result<()> {
    let socket = folder.join("socket");
    let listener = UnixListener::bind(&socket)?;
    thread::spawn(move || serve(&listener));
    let mut clients = vec![Client::new("least dynamic client", &compiled(folder, "dynamic", &[])?)];
    // Not every system has what a static program wants.
    if let Ok(file) = compiled(folder, "static", &["-Ctarget-feature=+crt-static"]) {
        clients.push(Client::new("least static client", &file));
    }
    clients.push(Client { arguments: &["token"], ..Client::new("glowjar token", command) });

    for round in 0..ROUNDS {
        for client in &mut clients {
            client.run(&socket)?;
            if round % COUNTED == 0 {
                client.count(&socket);
            }
        }
    }
    for client in &mut clients {
        if let Some(micros) = median(&mut client.micros) {
            table.add(format!("{}, whole process, p50", client.name), micros, "µs");
        }
        if let Some(instructions) = median(&mut client.instructions) {
            table.add(format!("{}, instructions", client.name), instructions, "");
        }
    }
    for client in &clients {
        let rate = client.side_by_side(&socket)?;
        table.add(format!("{}, {CALLERS} callers at once", client.name), rate, "calls/s");
    }
    Ok(())
}

struct Client {
    name: &'static str,
    file: std::path::PathBuf,
    arguments: &'static [&'static str],
    micros: Vec<f64>,
    instructions: Vec<f64>,
}

impl Client {
    fn new(name: &'static str, file: &Path) -> Self {
        let file = file.to_path_buf();
        Self { name, file, arguments: &[], micros: Vec::new(), instructions: Vec::new() }
    }

    fn run(&mut self, socket: &Path) -> Result<()> {
        let mut command = self.command(socket);
        let begun = Instant::now();
        let output = command.output()?;
        self.micros.push(begun.elapsed().as_secs_f64() * 1e6);
        ensure!(output.status.success() && output.stdout.len() >= TOKEN, "{output:?}");
        Ok(())
    }

    fn command(&self, socket: &Path) -> Command {
        let mut command = Command::new(&self.file);
        command.args(self.arguments).env(SOCKET, socket).stdin(Stdio::null());
        command
    }

    /// User and kernel together, by `perf` where it may count.
    fn count(&mut self, socket: &Path) {
        let mut perf = Command::new("perf");
        perf.args(["stat", "-x,", "-e", "instructions:u,instructions:k", "--"]).arg(&self.file);
        perf.args(self.arguments).env(SOCKET, socket).stdin(Stdio::null());
        let Ok(output) = perf.output() else { return };
        let counted = String::from_utf8_lossy(&output.stderr).into_owned();
        let counts: Vec<f64> =
            counted.lines().filter_map(|line| line.split(',').next()?.parse().ok()).collect();
        if let [user, kernel] = counts[..] {
            self.instructions.push(user + kernel);
        }
    }

    /// Calls a second.
    fn side_by_side(&self, socket: &Path) -> Result<f64> {
        let begun = Instant::now();
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| {
                let commands: Vec<_> = (0..CALLS).map(|_| self.command(socket)).collect();
                thread::spawn(move || {
                    commands.into_iter().all(|mut command| {
                        command.output().is_ok_and(|output| output.status.success())
                    })
                })
            })
            .collect();
        for caller in callers {
            ensure!(caller.join().is_ok_and(|all| all), "{} failed", self.name);
        }
        Ok(f64::from(CALLERS * CALLS) / begun.elapsed().as_secs_f64())
    }
}

fn compiled(folder: &Path, name: &str, flags: &[&str]) -> Result<std::path::PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/on_linux/least_client.rs");
    let to = folder.join(name);
    let compiled = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        // As the release profile has it.
        .args(["--edition=2024", "-Copt-level=s", "-Clto=thin", "-Cstrip=symbols"])
        .args(flags)
        .arg("-o")
        .arg(&to)
        .arg(source)
        .status()
        .context("rustc")?;
    ensure!(compiled.success(), "the least client could not be compiled");
    Ok(to)
}

/// Answers every connection's one question.
fn serve(listener: &UnixListener) {
    let body = format!(
        r#"{{"version":1,"answer":"token","access_token":"{}","token_type":"Bearer","client_id":"0123456789abcdef0123456789abcdef","expires_at":1893499200,"expires_at_rfc3339":"2030-01-01T12:00:00Z","profile":"Campaign","fingerprint":"0123456789ab"}}"#,
        "e".repeat(TOKEN)
    );
    let length = u32::try_from(body.len()).expect("a short answer");
    let answer = [&length.to_be_bytes(), body.as_bytes()].concat();
    for stream in listener.incoming() {
        let Ok(mut stream) = stream else { continue };
        let mut header = [0; 4];
        if stream.read_exact(&mut header).is_ok() {
            let mut ask = vec![0; u32::from_be_bytes(header) as usize];
            let _ = stream.read_exact(&mut ask).and_then(|()| stream.write_all(&answer));
        }
    }
}

const SOCKET: &str = "GLOWJAR_SOCKET";
const ROUNDS: usize = 200;
/// perf makes a run slower, so it counts in one of these only.
const COUNTED: usize = 10;
/// Characters of Adobe's tokens (`docs/adobe-ims.md` section 4).
const TOKEN: usize = 1_500;
const CALLERS: u32 = 8;
const CALLS: u32 = 100;
