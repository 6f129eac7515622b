//! Commands of GNU Wget, with the options of Wget 1.25's manual: <https://www.gnu.org/software/wget/manual/wget.html>.

use super::{
    Refusal,
    curl::address,
    request::{Body, Found, HttpRequest, RequestFormat, Value},
    shell::{self, Dialect, Line},
};

/// Every command of wget in a text. A mention of its name that no command follows is passed over.
pub(super) fn requests(text: &str) -> Vec<Found> {
    let starts = shell::starts(text, &["wget", "Wget"]);
    let mut found = Vec::new();
    let mut read_to = 0;
    for (index, start) in starts.iter().copied().enumerate() {
        if start < read_to {
            continue;
        }
        let next = starts.get(index + 1).copied().unwrap_or(text.len());
        let dialect = Dialect::of(&text[start..next]);
        let before = text[..start].chars().next_back();
        if Arguments::of(&shell::beginning(&text[start..], dialect, before)).is_none() {
            continue;
        }
        let line = shell::line(&text[start..], dialect, before);
        let Some(arguments) = Arguments::of(&line) else { continue };
        read_to = start + line.used;
        let range = start..read_to;
        if line.is_cut_off || arguments.lacks_value {
            found.push(Found { range, request: Err(Refusal::CutOff) });
        } else {
            let requests = arguments.requests();
            let of_range = |request| Found { range: range.clone(), request: Ok(request) };
            found.extend(requests.into_iter().map(of_range));
        }
    }
    found
}

#[derive(Default)]
struct Arguments {
    addresses: Vec<(address::Likeness, Value)>,
    options: Vec<(&'static str, Value)>,
    lacks_value: bool,
}

impl Arguments {
    /// `None` if what follows the name is neither an option nor an address.
    fn of(line: &Line) -> Option<Self> {
        let mut arguments = Self::default();
        let mut words = line.words.iter().skip(1);
        let mut is_first = true;
        let mut takes_options = true;
        while let Some(word) = words.next() {
            let head = word.value.head();
            if !takes_options || !head.starts_with('-') || head == "-" {
                let plain = address::plain(&word.value, word.is_quoted);
                let likeness = address::likeness(&plain);
                if is_first && likeness.is_none() {
                    return None;
                }
                arguments.addresses.extend(likeness.map(|it| (it, plain)));
            } else if head == "--" {
                takes_options = false;
                continue;
            } else if let Some(name) = word.value.strip_prefix("--") {
                let (name, glued) = match name.split_once(|c| c == '=') {
                    Some((name, value)) => (name, Some(value)),
                    None => (name, None),
                };
                if let Some(option) = name.text().and_then(long) {
                    let value = glued.or_else(|| words.next().map(|it| it.value.clone()));
                    arguments.lacks_value |= value.is_none();
                    arguments.options.push((option, value.unwrap_or_default()));
                } else if is_first && !name.head().starts_with(|c: char| c.is_ascii_lowercase()) {
                    return None;
                }
            } else {
                arguments.cluster(&word.value.without_head(1), &mut words);
            }
            is_first = false;
        }
        (!is_first).then_some(arguments)
    }

    fn cluster<'a>(&mut self, letters: &Value, words: &mut impl Iterator<Item = &'a shell::Word>) {
        let mut rest = letters.clone();
        while let Some(letter) = rest.head().chars().next() {
            rest = rest.without_head(letter.len_utf8());
            // `-nv`, `-nc` and the like are one option each.
            if letter == 'n' {
                rest = rest.without_head(rest.head().chars().next().map_or(0, char::len_utf8));
            } else if LETTERS_WITH_VALUE.contains(letter) {
                let value = if rest.is_empty() {
                    words.next().map(|it| it.value.clone())
                } else {
                    Some(rest)
                };
                self.lacks_value |= value.is_none();
                if letter == 'U' {
                    self.options.push(("user-agent", value.unwrap_or_default()));
                }
                return;
            }
        }
    }

    fn last(&self, names: &[&str]) -> Option<&Value> {
        self.options.iter().rev().find(|(name, _)| names.contains(name)).map(|(_, value)| value)
    }

    fn requests(self) -> Vec<HttpRequest> {
        let mut request = HttpRequest::new(RequestFormat::Wget);
        let headers = self.options.iter().filter(|(name, _)| *name == "header");
        request.headers = headers
            .filter_map(|(_, value)| value.split_once(|c| c == ':'))
            .map(|(name, value)| (name.written().trim().to_owned(), value.trimmed()))
            .collect();
        for (option, header) in [("user-agent", "User-Agent"), ("referer", "Referer")] {
            let value = self.last(&[option]).map(|value| (header.to_owned(), value.clone()));
            request.headers.extend(value);
        }
        if let Some(data) = self.last(&["post-data", "body-data"]) {
            if request.header("content-type").is_none() {
                let form = Value::literal("application/x-www-form-urlencoded");
                request.headers.push(("Content-Type".to_owned(), form));
            }
            request.body = Body::of_text(data.clone(), request.header("content-type"));
        } else if let Some(file) = self.last(&["post-file", "body-file"]) {
            request.body = Body::FromFile(file.written());
        }
        let is_post = self.last(&["post-data", "post-file"]).is_some();
        let method = self.last(&["method"]).map(|it| it.written().to_uppercase());
        request.method = method.unwrap_or_else(|| if is_post { "POST" } else { "GET" }.to_owned());
        if let Some(name) = self.last(&["http-user", "user"]) {
            let mut user = name.clone();
            user.push(':');
            if let Some(password) = self.last(&["http-password", "password"]) {
                user.append(password);
            }
            request.user = Some(user);
        }
        let surest = self.addresses.iter().map(|(likeness, _)| *likeness).min();
        let addresses: Vec<_> =
            self.addresses.into_iter().filter(|(it, _)| Some(*it) == surest).collect();
        if addresses.is_empty() && request.body == Body::None && request.user.is_none() {
            return Vec::new();
        }
        if addresses.is_empty() {
            return vec![request];
        }
        let with_address = |(_, address): (_, Value)| {
            let (address, user) = address::without_user(&address);
            let mut request = request.clone();
            request.user = request.user.or(user);
            request.url = Some(address);
            request
        };
        addresses.into_iter().map(with_address).collect()
    }
}

/// The option that takes a value and has that name, or alone begins so.
fn long(name: &str) -> Option<&'static str> {
    let exact = LONG_WITH_VALUE.iter().find(|it| **it == name);
    let mut begin = LONG_WITH_VALUE.iter().filter(|it| name.len() > 2 && it.starts_with(name));
    exact.or_else(|| begin.next().filter(|_| begin.next().is_none())).copied()
}

const LETTERS_WITH_VALUE: &str = "eoaiBtOTwQPUlARDIX";
const LONG_WITH_VALUE: [&str; 82] = [
    "accept",
    "accept-regex",
    "append-output",
    "base",
    "bind-address",
    "body-data",
    "body-file",
    "ca-certificate",
    "ca-directory",
    "certificate",
    "certificate-type",
    "ciphers",
    "compression",
    "config",
    "connect-timeout",
    "crl-file",
    "cut-dirs",
    "default-page",
    "directory-prefix",
    "dns-servers",
    "dns-timeout",
    "domains",
    "egd-file",
    "exclude-directories",
    "exclude-domains",
    "execute",
    "follow-tags",
    "ftp-password",
    "ftp-user",
    "header",
    "hsts-file",
    "http-passwd",
    "http-password",
    "http-user",
    "ignore-tags",
    "include-directories",
    "input-file",
    "level",
    "limit-rate",
    "load-cookies",
    "local-encoding",
    "max-redirect",
    "method",
    "output-document",
    "output-file",
    "password",
    "pinnedpubkey",
    "post-data",
    "post-file",
    "prefer-family",
    "private-key",
    "private-key-type",
    "progress",
    "proxy-password",
    "proxy-user",
    "quota",
    "random-file",
    "read-timeout",
    "referer",
    "regex-type",
    "reject",
    "reject-regex",
    "rejected-log",
    "remote-encoding",
    "report-speed",
    "restrict-file-names",
    "retry-on-http-error",
    "save-cookies",
    "secure-protocol",
    "start-pos",
    "timeout",
    "tries",
    "use-askpass",
    "user",
    "user-agent",
    "wait",
    "waitretry",
    "warc-cdx",
    "warc-dedup",
    "warc-file",
    "warc-header",
    "warc-tempdir",
];
