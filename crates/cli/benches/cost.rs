//! What one `glowjar token` costs as a whole process, beside the smallest possible client in the same run:
//! `cargo bench -p glowjar-cli --bench cost`. Fails if the median of time or instructions is more than 1.5 times as much.

use std::{
    env, fs,
    io::{Read, Write},
    os::unix::net::UnixListener,
    path::Path,
    process::{Command, ExitCode, Stdio},
    thread,
    time::Instant,
};

fn main() -> ExitCode {
    let folder = env::temp_dir().join(format!("glowjar-cost-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let (socket, floor) = (folder.join("socket"), folder.join("floor"));
    compile_floor(&floor);
    let listener = UnixListener::bind(&socket).expect("a socket");
    thread::spawn(move || serve(&listener));

    let glowjar = Path::new(env!("CARGO_BIN_EXE_glowjar"));
    let clients = [
        ("floor", command(&floor, &[], &socket)),
        ("glowjar token", command(glowjar, &["token"], &socket)),
    ];
    let mut kept = clients.map(|(name, command)| Client {
        name,
        command,
        micros: Vec::new(),
        instructions: Vec::new(),
    });
    for round in 0..ROUNDS {
        // In turn, so that whatever else the machine does is spread over both.
        for client in &mut kept {
            client.run();
            if round % COUNTED == 0 {
                client.count();
            }
        }
    }
    let _ = fs::remove_dir_all(&folder);
    report(&mut kept)
}

struct Client {
    name: &'static str,
    command: Vec<(String, String)>,
    micros: Vec<u64>,
    instructions: Vec<u64>,
}

impl Client {
    fn run(&mut self) {
        let mut command = started(&self.command, &[]);
        let before = Instant::now();
        let output = command.output().expect("it runs");
        self.micros.push(u64::try_from(before.elapsed().as_micros()).unwrap_or(u64::MAX));
        assert!(output.status.success() && output.stdout.len() >= TOKEN, "{output:?}");
    }

    /// User and kernel together, by `perf` where it may count.
    fn count(&mut self) {
        let perf = ["perf", "stat", "-x,", "-e", "instructions:u,instructions:k", "--"];
        let Ok(output) = started(&self.command, &perf).output() else { return };
        let counted = String::from_utf8_lossy(&output.stderr).into_owned();
        let counts: Vec<u64> =
            counted.lines().filter_map(|line| line.split(',').next()?.parse().ok()).collect();
        if let [user, kernel] = counts[..] {
            self.instructions.push(user + kernel);
        }
    }
}

/// As pairs: a command can be run once only.
fn command(program: &Path, arguments: &[&str], socket: &Path) -> Vec<(String, String)> {
    let mut parts = vec![(SOCKET.to_owned(), socket.display().to_string())];
    parts.push((String::new(), program.display().to_string()));
    parts.extend(arguments.iter().map(|argument| (String::new(), (*argument).to_owned())));
    parts
}

fn started(parts: &[(String, String)], before: &[&str]) -> Command {
    let words = parts.iter().filter(|(name, _)| name.is_empty()).map(|(_, word)| word.as_str());
    let mut words = before.iter().copied().chain(words);
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words).stdin(Stdio::null());
    command.envs(parts.iter().filter(|(name, _)| !name.is_empty()).cloned());
    command
}

fn compile_floor(to: &Path) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/floor.rs");
    let compiled = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        // As the release profile has it.
        .args(["--edition=2024", "-Copt-level=s", "-Clto=thin", "-Cstrip=symbols", "-o"])
        .arg(to)
        .arg(source)
        .status();
    assert!(compiled.is_ok_and(|status| status.success()), "the floor could not be compiled");
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

fn report(clients: &mut [Client; 2]) -> ExitCode {
    let medians = clients.each_mut().map(|client| {
        let (micros, instructions) = (median(&mut client.micros), median(&mut client.instructions));
        eprintln!(
            "{:14} {:>6} µs  {:>9} instructions (medians of {} and {})",
            client.name,
            micros.unwrap_or(0),
            instructions.map_or_else(|| "?".to_owned(), |count| count.to_string()),
            client.micros.len(),
            client.instructions.len()
        );
        (micros, instructions)
    });
    let [floor, glowjar] = medians;
    let ratio = |mine: Option<u64>, least: Option<u64>| Some(mine? as f64 / least? as f64);
    let ratios = [ratio(glowjar.0, floor.0), ratio(glowjar.1, floor.1)];
    eprintln!("ratio: time {}, instructions {}", words(ratios[0]), words(ratios[1]));
    if ratios.iter().flatten().any(|ratio| *ratio > LIMIT) {
        eprintln!("more than {LIMIT} times the floor");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn words(ratio: Option<f64>) -> String {
    ratio.map_or_else(
        || "not counted (perf is missing or may not count)".to_owned(),
        |ratio| format!("{ratio:.2}"),
    )
}

fn median(values: &mut [u64]) -> Option<u64> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}

const SOCKET: &str = "GLOWJAR_SOCKET";
const LIMIT: f64 = 1.5;
const ROUNDS: usize = 400;
/// perf makes a run slower, so it counts in one of these only.
const COUNTED: usize = 10;
/// Characters of Adobe's tokens (`docs/adobe-ims.md` section 4).
const TOKEN: usize = 1_500;
