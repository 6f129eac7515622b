//! What the real curl of this machine sends is what the importer reads out of the same command line.
//!
//! Nothing leaves the machine: a server on the loopback interface takes the requests.

use std::{
    collections::BTreeSet,
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use glowjar_import::{
    request::{Body, HttpRequest, Value},
    requests::requests,
};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

/// The lines wait for curl most of the time.
const WORKERS: usize = 4;

/// A request as it arrived.
#[derive(Debug, PartialEq)]
struct Arrived {
    method: String,
    /// Path and query.
    target: String,
    headers: Vec<(String, String)>,
    body: String,
}

#[test]
fn f46_what_curl_sends_is_what_is_read_out_of_its_command_line() {
    let Some(curl) = curl() else { return };
    let lines = command_lines("HOST");
    assert!(lines.len() >= 200, "only {} command lines", lines.len());
    // Each with a server and a folder of its own, so that what arrives belongs to one line.
    let wrong: Vec<String> = thread::scope(|scope| {
        let share = lines.len().div_ceil(WORKERS);
        let workers: Vec<_> = lines
            .chunks(share)
            .enumerate()
            .map(|(index, lines)| {
                scope.spawn({
                    let curl = &curl;
                    move || wrongly_read(curl, lines, index)
                })
            })
            .collect();
        workers.into_iter().flat_map(|it| it.join().expect("a worker")).collect()
    });
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), lines.len(), wrong.join("\n\n"));
}

fn wrongly_read(curl: &Path, lines: &[String], worker: usize) -> Vec<String> {
    let server = Server::start();
    let folder = Folder::new(worker);
    fs::write(folder.0.join("file"), "a=b").expect("a file");
    let mut wrong = Vec::new();
    for line in lines {
        let line = line.replace("HOST", &format!("127.0.0.1:{}", server.port));
        let sent = server.arrivals_of(curl, &line, &folder.0);
        let read = read(&line, &server);
        if sent.is_empty() || sent != read {
            wrong.push(format!("{line}\n  sent: {sent:#?}\n  read: {read:#?}"));
        }
    }
    wrong
}

#[test]
fn f46_every_option_of_this_curl_is_read_with_its_arity() {
    let Some(curl) = curl() else { return };
    let help = Command::new(&curl).args(["--help", "all"]).output().expect("curl's help");
    let help = String::from_utf8(help.stdout).expect("text");
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in help.lines().filter(|line| line.contains(" --")) {
        let (option, takes_value) = option_in(line);
        count += 1;
        // With a value it must be the option's, and without one the word must be left for curl's address.
        let arguments = if takes_value { format!("{option} PUT") } else { option.to_owned() };
        let found = requests(&format!("curl {arguments} https://a.example/token -d a=b"));
        let urls: Vec<_> = found
            .iter()
            .map(|it| it.request.as_ref().map(|it| it.url.as_ref().map(Value::written)))
            .collect();
        let expected = Ok(Some("https://a.example/token".to_owned()));
        // What is sent of it in the first transfer; `--url` and `--next` are about addresses themselves.
        let is_right = match option {
            "--next" | "--get" => !urls.is_empty(),
            "--url-query" => urls == [Ok(Some("https://a.example/token?PUT".to_owned()))],
            _ => urls == [expected],
        };
        if !is_right {
            wrong.push(format!("{arguments}: {urls:?}"));
        }
    }
    assert!(count > 200, "only {count} options in curl's help");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// ` -d, --data <data>        HTTP POST data`.
fn option_in(line: &str) -> (&str, bool) {
    let from = line.find("--").expect("an option");
    let rest = &line[from..];
    let end = rest.find(' ').unwrap_or(rest.len());
    (&rest[..end], rest[end..].starts_with(" <") || rest[end..].starts_with(" ["))
}

/// The machine's curl. Where it must be installed, that it isn't is a failure.
fn curl() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let found =
        std::env::split_paths(&path).map(|folder| folder.join("curl")).find(|it| it.is_file());
    assert!(
        found.is_some() || !cfg!(target_os = "linux"),
        "curl is not installed: apt-get install curl"
    );
    // The lines are written for sh.
    found.filter(|_| cfg!(unix))
}

/// Two hundred lines made of options at random, always the same, then one for each option.
fn command_lines(host: &'static str) -> Vec<String> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[46; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let line = generated_line(host);
    let mut lines: Vec<String> =
        (0..200).map(|_| line.new_tree(&mut runner).expect("a line").current()).collect();
    let url = format!("http://{host}");
    lines.extend(harmless_options().map(|option| format!("curl {option} {url}/option -d a=b")));
    lines.extend(WHOLE_LINES.iter().map(|line| line.replace("URL", &url)));
    lines
}

/// How a word is written for sh.
fn quoted(text: &str, style: u8) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._/:,=@%+".contains(c);
    match style {
        0 if !text.is_empty() && text.chars().all(is_plain) => text.to_owned(),
        1 => {
            let mut done = String::from("\"");
            for c in text.chars() {
                if matches!(c, '"' | '\\' | '$' | '`') {
                    done.push('\\');
                }
                done.push(c);
            }
            done + "\""
        }
        2 if !text.is_empty() => text
            .chars()
            .map(|c| if is_plain(c) { c.to_string() } else { format!("\\{c}") })
            .collect(),
        _ => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

/// A word and the way in which it is written.
fn word(text: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    (text, 0..4_u8).prop_map(|(text, style)| quoted(&text, style))
}

/// An option, or several in one word, with what they need.
fn argument() -> BoxedStrategy<String> {
    let text = "[ -~]{1,24}".prop_filter("a file, or blank", |it| {
        !it.starts_with(['@', '<', ' ', '-']) && !it.ends_with(' ')
    });
    // In the value of a field everything is allowed; a `%` there would make it another text.
    let field = ("[a-z_]{3,9}", "[!-~]{0,16}").prop_map(|(name, value)| format!("{name}={value}"));
    let plain = "[A-Za-z0-9]{1,12}";
    let flag = prop::sample::select(&[
        "-s",
        "-S",
        "-L",
        "-k",
        "-i",
        "-f",
        "-fsSL",
        "-sS",
        "-v",
        "--silent",
        "--compressed",
        "--location",
        "-#",
        "--no-keepalive",
        "--http1.1",
        "-4",
        "--sil",
        "--no-buffer",
        "-g",
    ])
    .prop_map(str::to_owned);
    let data = |options: &'static [&'static str], value: BoxedStrategy<String>| {
        (prop::sample::select(options), word(value))
            .prop_map(|(option, value)| format!("{option}{value}"))
    };
    prop_oneof![
        3 => flag,
        3 => data(&["-d ", "-d", "--data ", "--data-raw ", "--data-binary ", "--data-ascii ", "-sd ", "-fsSLd"], prop_oneof![field.clone(), text.clone()].boxed()),
        3 => data(&["--data-urlencode "], prop_oneof![
            field.clone(),
            text.clone().prop_filter("a file", |it| !it.contains('@')),
            text.clone().prop_map(|it| format!("={it}")),
        ].boxed()),
        1 => data(&["-X ", "-X", "-sX ", "-sSX", "--request ", "--reques "], prop::sample::select(&["POST", "PUT", "PATCH", "DELETE"]).prop_map(str::to_owned).boxed())
            .prop_filter("curl finds that ambiguous", |it| !it.starts_with("--reques ")),
        3 => data(&["-H ", "-H", "--header ", "-sSH "], (
            prop::sample::select(&["Content-Type", "content-type", "X-Api-Key", "x-api-key", "Accept", "X-Gw-Ims-Org-Id", "authorization"]),
            prop::sample::select(&[": ", ":", ":  "]),
            "[a-zA-Z0-9/;=._-]{1,20}",
        ).prop_map(|(name, colon, value)| format!("{name}{colon}{value}")).boxed()),
        1 => data(&["-u ", "-u", "--user ", "-su"], ("[a-z0-9]{1,8}", "[!-~]{1,12}").prop_map(|(name, word)| format!("{name}:{word}")).boxed()),
        1 => data(&["--json "], ("[a-z]{1,6}", plain).prop_map(|(key, value)| format!("{{\"{key}\":\"{value}\"}}")).boxed()),
        1 => data(&["--oauth2-bearer "], plain.boxed()),
        1 => Just("-G".to_owned()),
        1 => Just("--get".to_owned()),
        1 => data(&["--url-query "], field.boxed()),
        2 => data(&["-o ", "-o", "-so"], Just("/dev/null".to_owned()).boxed()),
        2 => data(&["-w ", "-sw", "--write-out "], prop::sample::select(&["%{http_code}", "%{http_code}\\n", "https://no.example/"]).prop_map(str::to_owned).boxed()),
        2 => data(&["--retry ", "--max-redirs ", "--retry-delay ", "--connect-timeout "], Just("3".to_owned()).boxed()),
        1 => data(&["--resolve "], Just("no.example:443:127.0.0.1".to_owned()).boxed()),
        1 => data(&["-A ", "-A", "--user-agent "], Just("me.example".to_owned()).boxed()),
        1 => data(&["-b ", "-b", "--cookie "], Just("a=b.example".to_owned()).boxed()),
        1 => data(&["-e ", "--referer "], Just("https://referer.example/".to_owned()).boxed()),
        1 => data(&["--noproxy "], Just("*".to_owned()).boxed()),
    ]
    .boxed()
}

/// Arguments around an address, with what stands around a command.
fn generated_line(host: &'static str) -> BoxedStrategy<String> {
    let address = prop::sample::select(&[
        "/ims/token/v3",
        "/",
        "",
        "/a?b=c",
        "/token/{a,b}",
        "/x#y",
        "/[1-2]",
    ]);
    let scheme = prop::sample::select(&["http://", "", "HTTP://", "http://id:se%20cret@"]);
    let option = prop::sample::select(&["", "", "", "--url ", "-- "]);
    let address =
        (scheme, address, option, 1..4_u8).prop_map(move |(scheme, path, option, style)| {
            let separator = if path.is_empty() || path.starts_with('/') { "" } else { "/" };
            let address = format!("{scheme}{host}{separator}{path}");
            (option, quoted(&address, style))
        });
    let before =
        prop::sample::select(&["", "", "", "A=b ", "TOKEN=$(", "X=\"$(", "true && ", "env A=b "]);
    let between = prop::sample::select(&[" ", " ", " \\\n  ", "\t", "  "]);
    let after = prop::sample::select(&[
        "",
        "",
        " | cat",
        " > out.txt",
        " 2>/dev/null",
        "; true",
        " # it's https://no.example/",
        " && echo https://no.example/",
        " >out.txt 2>&1",
    ]);
    let arguments = prop::collection::vec(argument(), 0..6);
    (before, arguments, any::<prop::sample::Index>(), address, between, after)
        .prop_map(|(before, arguments, at, (option, address), between, after)| {
            let mut arguments = arguments;
            let at = if option == "-- " { arguments.len() } else { at.index(arguments.len() + 1) };
            arguments.insert(at, format!("{option}{address}"));
            let close = match before {
                "TOKEN=$(" => ")",
                "X=\"$(" => ")\"",
                _ => "",
            };
            // A comment would take the parenthesis with it.
            let after = if close.is_empty() || !after.contains('#') { after } else { "" };
            let name = "curl";
            format!("{before}{name}{between}{}{after}{close}", arguments.join(between))
        })
        .boxed()
}

/// Each option that neither asks for another protocol or a file, nor ends the command: with a value that it accepts.
fn harmless_options() -> impl Iterator<Item = String> {
    let flags = FLAGS.iter().map(|flag| (*flag).to_owned());
    flags.chain(VALUES.iter().map(|option| (*option).to_owned()))
}

/// Left out: those that end curl at once (`--help`, `--manual`, `--version`), that change the request's version or
/// encryption so that this server can't answer (`--http2…`, `--http3…`, `--haproxy-protocol`, `--proxytunnel`,
/// `--ssl-reqd`, `--proto`), that exclude data (`--head`), or that this curl was built without (`--metalink`, `--npn`).
/// Their arity is checked by the test of curl's own help.
const FLAGS: &[&str] = &[
    "--anyauth",
    "-a",
    "--basic",
    "--cert-status",
    "--compressed",
    "--compressed-ssh",
    "--create-dirs",
    "--crlf",
    "-q",
    "--disable-eprt",
    "--disable-epsv",
    "--doh-cert-status",
    "--doh-insecure",
    "-f",
    "--fail-early",
    "--fail-with-body",
    "--false-start",
    "--form-escape",
    "--ftp-create-dirs",
    "--ftp-pasv",
    "--ftp-pret",
    "--ftp-skip-pasv-ip",
    "--ftp-ssl-ccc",
    "--ftp-ssl-control",
    "-G",
    "-g",
    "--http0.9",
    "-0",
    "--http1.1",
    "--ignore-content-length",
    "-i",
    "-k",
    "-4",
    "-j",
    "-l",
    "-L",
    "--location-trusted",
    "--mail-rcpt-allowfails",
    "--netrc-optional",
    "-N",
    "--no-alpn",
    "--no-clobber",
    "--no-keepalive",
    "--no-progress-meter",
    "--no-sessionid",
    "-Z",
    "--parallel-immediate",
    "--path-as-is",
    "--post301",
    "--post302",
    "--post303",
    "-#",
    "--proxy-anyauth",
    "--proxy-basic",
    "--proxy-digest",
    "--proxy-insecure",
    "--proxy-ssl-allow-beast",
    "--proxy-tlsv1",
    "--raw",
    "-J",
    "-R",
    "--remove-on-error",
    "--retry-all-errors",
    "--retry-connrefused",
    "--sasl-ir",
    "-S",
    "-s",
    "--socks5-basic",
    "--ssl",
    "--ssl-allow-beast",
    "--ssl-no-revoke",
    "--styled-output",
    "--suppress-connect-headers",
    "--tcp-fastopen",
    "--tcp-nodelay",
    "--tftp-no-options",
    "-1",
    "--tlsv1.0",
    "--tlsv1.2",
    "--tr-encoding",
    "--trace-time",
    "-B",
    "-v",
    "--xattr",
];

const VALUES: &[&str] = &[
    "--ciphers DEFAULT",
    "--connect-timeout 3",
    "--connect-to no.example:1:127.0.0.1:2",
    "-b a=b",
    "-c jar",
    "--create-file-mode 0600",
    "--curves P-256",
    "-d x=y",
    "--data-ascii x=y",
    "--data-binary x=y",
    "--data-raw @x",
    "--data-urlencode 'x=y z'",
    "--delegation none",
    "-D headers.txt",
    "--egd-file file",
    "--etag-save etag",
    "--expect100-timeout 1",
    "--ftp-account me",
    "--ftp-alternative-to-user me",
    "--ftp-method nocwd",
    "-P -",
    "--ftp-ssl-ccc-mode passive",
    "--happy-eyeballs-timeout-ms 200",
    "-H 'X-Y: z'",
    "--hostpubmd5 0123456789abcdef0123456789abcdef",
    "--hostpubsha256 abc",
    "--hsts hsts.txt",
    "--interface lo",
    "--keepalive-time 9",
    "--key key.pem",
    "--key-type PEM",
    "--krb private",
    "--libcurl code.c",
    "--limit-rate 1M",
    "--local-port 20000-60000",
    "--login-options AUTH=PLAIN",
    "--mail-auth me.example",
    "--mail-from me@mail.example",
    "--mail-rcpt you@mail.example",
    "--max-filesize 1000",
    "--max-redirs 3",
    "-m 4",
    "--noproxy '*'",
    "--oauth2-bearer abc",
    "-o out.txt",
    "--output-dir .",
    "--parallel-max 3",
    "--pass phrase",
    "--pinnedpubkey sha256//abc",
    "--proto-default http",
    "--proto-redir =https",
    "--proxy-cert-type PEM",
    "--proxy-ciphers DEFAULT",
    "--proxy-header 'X: y'",
    "--proxy-key-type PEM",
    "--proxy-pass phrase",
    "--proxy-service-name http",
    "-U me:pw",
    "-Q HELO",
    "--random-file file",
    "-r 0-9",
    "--rate 100/s",
    "-e https://referer.example/",
    "-X PUT",
    "--resolve no.example:443:127.0.0.1",
    "--retry 1",
    "--retry-delay 1",
    "--retry-max-time 1",
    "--sasl-authzid me",
    "--service-name http",
    "--socks5-gssapi-service rcmd",
    "-Y 1",
    "-y 9",
    "--stderr err.txt",
    "-t TTYPE=vt100",
    "--tftp-blksize 512",
    "-z '1 Jan 1990'",
    "--tls-max 1.3",
    "--tls13-ciphers TLS_AES_128_GCM_SHA256",
    "--tlsauthtype SRP",
    "--trace trace.txt",
    "--trace-ascii trace.txt",
    "--url-query x=y",
    "-u me:pw",
    "-A me",
    "-w '%{http_code}'",
    "--alt-svc alt.txt",
    "--aws-sigv4 ''",
];

/// Of kinds that are not made at random.
const WHOLE_LINES: &[&str] = &[
    "curl -sX POST URL/a -d a=b",
    "curl --retry 3 URL/a -d a=b",
    "curl -fsSLH 'Content-Type: application/json' URL/a -d '{}'",
    "curl -w '%{http_code}' URL/a -d a=b",
    "curl URL/a -H 'authorization: basic YTpi' -d a=b",
    "curl -T file URL/a",
    "curl -I URL/a",
    "curl -sI URL/a",
    "curl -d @file URL/a",
    "curl URL/a --next -d x=y URL/b",
    "curl -d a=b URL/a -: -u c:d -d x=y URL/b",
    "curl URL/a URL/b -d a=b",
    "curl -d a=b --url URL/a --url URL/b",
    "curl -x '' URL/a -d a=b",
    "curl --json '{\"a\":1' --json ',\"b\":2}' URL/a",
    "curl --json '{}' -H 'Content-Type: application/vnd.api+json' URL/a",
    "curl -H 'Content-Type:' -d a=b URL/a",
    "curl -H 'X-Empty;' -d a=b URL/a",
    "curl -d '' URL/a",
    "curl -G URL/a",
    "curl -G URL/a?b=c -d d=e --data-urlencode 'f=g h'",
    "curl -G -I -d a=b URL/a",
    "curl -G -X POST -d a=b URL/a",
    "curl --get --no-get -d a=b URL/a",
    "curl --url-query '+a=b%20c' --url-query 'd=e f' URL/a",
    "curl -d @- URL/a <<END\na=b&c=d\nEND\n",
    "curl --data-binary @- URL/a <<'END'\n{\"a\": \"$b\"}\nEND\n",
    "curl -d @- URL/a <<< 'a=b'",
    "curl --data-urlencode a@- URL/a <<END\nb c\nEND\n",
    "curl -d $'a=\\'b\\'\\u0021\\x41\\101\\tc' URL/a",
    "curl -d 'a=b&'\\\n'c=d' URL/a",
    "curl -d a='b'\"c\"d URL/a",
    "curl -d a=b URL/a -o out.txt -d c=d > more.txt -d e=f",
    "curl -d a=b \\\n  URL/a # -d c=d\n",
    "curl -vsSo out.txt -XPATCH -dx=y URL/a",
    "curl --data-r x URL/a",
    "echo 'a=b&c=d' | curl -d @- URL/a",
    "true; echo '{\"a\":1}' | curl -s --json @- URL/a",
    "printf '%s' a=b | curl -s URL/a -d c=d",
    "printf a=b | curl --data-binary @- URL/a",
    "/usr/bin/env curl -d a=b URL/a",
    "(curl -d a=b URL/a)",
    "echo `curl -s -d a=b URL/a`",
    "if curl -s -d a=b URL/a; then true; fi",
    "for i in 1; do curl -s -d a=b URL/a; done",
    "curl -u 'na me:pass:word' URL/a",
    "curl -u a:b -H 'Authorization: Bearer c' URL/a",
    "curl -u a:b --oauth2-bearer c URL/a",
    "curl -F a=b -F 'c=d;type=text/plain' -F 'e=\"f;g\"' --form-string 'h=@i;type=j' URL/a",
    "curl -g 'URL/{a}/[1-2]'",
    "curl 'URL/{a,b}/[1-3:2]/[a-b]' -d a=b",
];

/// What the importer reads, as the server would see it.
fn read(line: &str, server: &Server) -> Vec<Arrived> {
    requests(line)
        .into_iter()
        .filter_map(|found| match found.request {
            Ok(request) => arrived(&request, server),
            Err(refusal) => Some(Arrived {
                method: format!("{refusal:?}"),
                target: String::new(),
                headers: Vec::new(),
                body: String::new(),
            }),
        })
        .collect()
}

fn arrived(request: &HttpRequest, server: &Server) -> Option<Arrived> {
    let url = request.url.as_ref()?.text()?.to_owned();
    let url = if url.contains("://") { url } else { format!("http://{url}") };
    let after_scheme = url.split_once("://")?.1;
    let end = after_scheme.find(['/', '?', '#']).unwrap_or(after_scheme.len());
    let (authority, target) = after_scheme.split_at(end);
    if authority != format!("127.0.0.1:{}", server.port) {
        return Some(Arrived {
            method: format!("to {authority}"),
            target: String::new(),
            headers: Vec::new(),
            body: String::new(),
        });
    }
    let target = target.split('#').next().unwrap_or_default();
    let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
    let target = with_great_escapes(&target);
    let mut headers: Vec<(String, String)> = request
        .headers
        .iter()
        .map(|(name, value)| (name.to_lowercase(), value.written()))
        .collect();
    if let Some(user) = &request.user {
        let user = BASE64_STANDARD.encode(user.text()?);
        headers.push(("authorization".to_owned(), format!("Basic {user}")));
    }
    let body = match &request.body {
        Body::FromFile(name) => {
            assert_eq!(name, "file");
            "a=b".to_owned()
        }
        Body::Multipart(fields) => {
            fields.iter().map(|(name, value)| format!("{name}: {}\n", value.written())).collect()
        }
        other => other.sent()?.written(),
    };
    Some(Arrived { method: request.method.clone(), target, headers: relevant(headers), body })
}

/// Those that the importer names, in an order.
fn relevant(headers: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut headers: Vec<_> = headers
        .into_iter()
        .filter(|(name, _)| {
            let own = [
                "host",
                "content-length",
                "accept-encoding",
                "connection",
                "te",
                "expect",
                "range",
                "content-range",
                "if-modified-since",
                "transfer-encoding",
            ];
            !own.contains(&name.as_str())
        })
        // curl's own, unless the line has another.
        .filter(|(name, value)| !(name == "accept" && value == "*/*"))
        .filter(|(name, value)| !(name == "user-agent" && value.starts_with("curl/")))
        .map(|(name, value)| match name.as_str() {
            "content-type" if value.starts_with("multipart/form-data") => {
                (name, "multipart/form-data".to_owned())
            }
            _ => (name, value),
        })
        .collect();
    headers.sort();
    headers
}

/// Answers every request with 200 and hands it over.
struct Server {
    port: u16,
    arrivals: mpsc::Receiver<Arrived>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (hand_over, arrivals) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let hand_over = hand_over.clone();
                thread::spawn(move || drop(serve(stream, &hand_over)));
            }
        });
        Self { port, arrivals }
    }

    /// Runs a line in sh and gives what arrived meanwhile.
    fn arrivals_of(&self, curl: &Path, line: &str, folder: &Path) -> Vec<Arrived> {
        // `--max-time` for every curl in the line, and no settings of this machine.
        let home = folder.join("home");
        fs::create_dir_all(&home).expect("a folder");
        fs::write(home.join(".curlrc"), "max-time = 5\n").expect("settings");
        let shell = if line.contains("$'") || line.contains("<<<") { "bash" } else { "sh" };
        let mut child = Command::new(shell)
            .args(["-c", line])
            .current_dir(folder)
            .env_clear()
            .env("PATH", path_with(curl))
            .env("HOME", &home)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("sh");
        child.wait().expect("it ends");
        self.arrivals.try_iter().collect()
    }
}

fn path_with(curl: &Path) -> std::ffi::OsString {
    let folder = curl.parent().expect("a folder").to_owned();
    std::env::join_paths([folder, PathBuf::from("/usr/bin"), PathBuf::from("/bin")])
        .expect("a path")
}

fn serve(mut stream: TcpStream, hand_over: &mpsc::Sender<Arrived>) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut bytes = Vec::new();
    loop {
        let Some(end) = find(&bytes, b"\r\n\r\n") else {
            if !more(&mut stream, &mut bytes)? {
                return Ok(());
            }
            continue;
        };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.split("\r\n");
        let mut first = lines.next().unwrap_or_default().split(' ');
        let method = first.next().unwrap_or_default().to_owned();
        let target = first.next().unwrap_or_default().to_owned();
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
            .collect();
        let header = |name: &str| headers.iter().find(|it| it.0 == name).map(|it| it.1.clone());
        if header("expect").is_some() {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        let length: usize = header("content-length").and_then(|it| it.parse().ok()).unwrap_or(0);
        let is_chunked = header("transfer-encoding").is_some();
        let is_whole = |bytes: &[u8]| {
            if is_chunked { bytes.ends_with(b"0\r\n\r\n") } else { bytes.len() >= end + 4 + length }
        };
        while !is_whole(&bytes) {
            if !more(&mut stream, &mut bytes)? {
                return Ok(());
            }
        }
        let length = if is_chunked { bytes.len() - end - 4 } else { length };
        let body: Vec<u8> = bytes.drain(..end + 4 + length).skip(end + 4).collect();
        let body = String::from_utf8_lossy(&body).into_owned();
        let kind = header("content-type").unwrap_or_default();
        let body = match kind.split_once("boundary=") {
            Some((_, boundary)) => parts(&body, boundary),
            None => body,
        };
        let target = with_great_escapes(&target);
        let arrived = Arrived { method, target, headers: relevant(headers), body };
        // Before the answer, so that it is there when curl has ended.
        let _ = hand_over.send(arrived);
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")?;
    }
}

/// curl writes some escapes in an address in small letters, which means the same (RFC 3986 section 2.1).
fn with_great_escapes(target: &str) -> String {
    let mut parts = target.split('%');
    let mut done = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (hex, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        done.push_str(&format!("%{}{rest}", hex.to_uppercase()));
    }
    done
}

fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> std::io::Result<bool> {
    let mut buffer = [0; 4096];
    let count = stream.read(&mut buffer)?;
    bytes.extend_from_slice(&buffer[..count]);
    Ok(count > 0)
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// The fields of a body in several parts, a line each.
fn parts(body: &str, boundary: &str) -> String {
    body.split(&format!("--{boundary}"))
        .filter_map(|part| {
            let (head, value) = part.trim_start().split_once("\r\n\r\n")?;
            let name = head.split_once("name=\"")?.1.split_once('"')?.0;
            Some(format!("{name}: {}\n", value.trim_end_matches("\r\n")))
        })
        .collect()
}

/// A folder of the test's own, gone when it ends.
struct Folder(PathBuf);

impl Folder {
    fn new(worker: usize) -> Self {
        let name = format!("glowjar-curl-{}-{worker}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn f46_the_lines_above_use_each_option_that_is_read() {
    let used: BTreeSet<&str> = FLAGS
        .iter()
        .chain(VALUES)
        .chain(WHOLE_LINES)
        .flat_map(|line| line.split_whitespace())
        .collect();
    for option in
        ["-d", "-G", "-T", "-I", "-F", "-u", "-H", "--json", "--url-query", "--oauth2-bearer"]
    {
        assert!(used.contains(option), "{option}");
    }
}
