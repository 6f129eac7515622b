//! The proxy that the environment names: `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, in upper case before lower case.
//! Read here rather than by the HTTP library, which drops what it can't use without a word.

use std::{ffi::OsString, net::IpAddr};

use ipnet::IpNet;
use url::{Host, Url};

use super::warning::{ClientWarning, ProxyFault};

/// What the environment says about the way out.
#[derive(Default)]
pub(super) struct FromEnvironment {
    /// The first variable that names a proxy which can be used.
    pub(super) proxy: Option<(&'static str, Url)>,
    pub(super) exempt: Exempt,
    pub(super) warnings: Vec<ClientWarning>,
}

/// The hosts that are reached without it.
#[derive(Clone, Debug, Default)]
pub(super) struct Exempt(Vec<Entry>);

#[derive(Clone, Debug)]
struct Entry {
    host: Pattern,
    port: Option<u16>,
}

#[derive(Clone, Debug)]
enum Pattern {
    Everything,
    Network(IpNet),
    /// This host and all below it.
    Domain(String),
}

pub(super) fn from_environment(variable: &dyn Fn(&str) -> Option<OsString>) -> FromEnvironment {
    let mut found = FromEnvironment::default();
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        let Some(value) = variable(name) else { continue };
        // Bytes that are no text become characters that no host has.
        match parse(&value.to_string_lossy()) {
            Ok(None) => {}
            Ok(Some(url)) if found.proxy.is_none() => found.proxy = Some((name, url)),
            // Not needed any more, so of no interest.
            _ if found.proxy.is_some() => {}
            Ok(Some(_)) => {}
            Err(fault) => found.warnings.push(ClientWarning::Proxy { variable: name, fault }),
        }
    }
    let exempt = ["NO_PROXY", "no_proxy"].into_iter().find_map(variable).unwrap_or_default();
    found.exempt = Exempt::parse(&exempt.to_string_lossy());
    found
}

/// A proxy's address as people write it; nothing if it is blank. White space and quotes around it are left out, a password
/// may hold any character, and `socks` is what GNOME and GLib call a SOCKS proxy that looks names up itself
/// (<https://docs.gtk.org/gio/class.SimpleProxyResolver.html>).
///
/// # Errors
/// It is no address, or of another kind of proxy.
pub(super) fn parse(text: &str) -> Result<Option<Url>, ProxyFault> {
    let is_around = |c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}';
    let text = text.trim_matches(is_around);
    let text = ['"', '\'']
        .iter()
        .find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote))
        .unwrap_or(text)
        .trim();
    if text.is_empty() {
        return Ok(None);
    }
    let (scheme, rest) = match text.split_once("://") {
        Some(split) => split,
        // A slash got lost: `http:/proxy.example`.
        None if text.contains(":/") => return Err(ProxyFault::NotAnAddress),
        None => ("http", text),
    };
    let scheme = match scheme.to_ascii_lowercase().as_str() {
        "socks" => "socks5h".to_owned(),
        known @ ("http" | "https" | "socks4" | "socks4a" | "socks5" | "socks5h") => {
            known.to_owned()
        }
        _ => return Err(ProxyFault::UnknownScheme),
    };
    let (user_info, address) = match rest.rsplit_once('@') {
        Some((user_info, address)) => (Some(user_info), address),
        None => (None, rest),
    };
    let address = address.split(['/', '?', '#']).next().unwrap_or_default();
    if !is_address(address) {
        return Err(ProxyFault::NotAnAddress);
    }
    let url = Url::parse(&format!("{scheme}://{address}"));
    let mut url = url.map_err(|_| ProxyFault::NotAnAddress)?;
    if let Some(user_info) = user_info {
        let (user, password) = match user_info.split_once(':') {
            Some((user, password)) => (user, Some(password)),
            None => (user_info, None),
        };
        // What is percent-encoded stays as it is, and everything else that needs it becomes so.
        let is_set = url.set_username(user).is_ok() && url.set_password(password).is_ok();
        if !is_set {
            return Err(ProxyFault::NotAnAddress);
        }
    }
    Ok(Some(url))
}

/// Whether this is `host` or `host:port`. Words that stand for "none", and numbers, which would be read as an IPv4
/// address, are not.
fn is_address(address: &str) -> bool {
    // As for the web, so that hosts are held to what a host may be, whatever the scheme.
    let Ok(url) = Url::parse(&format!("http://{address}/")) else { return false };
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    let is_odd =
        |c: char| c.is_whitespace() || c.is_control() || ";,=|\"'\\<>{}$!*&()`~".contains(c);
    match url.host() {
        Some(Host::Domain(domain)) => {
            !address.contains(is_odd)
                && !address.contains('\u{fffd}')
                && !NOT_HOSTS.contains(&domain.to_ascii_lowercase().as_str())
        }
        Some(Host::Ipv4(address)) => address.to_string() == host && !address.is_unspecified(),
        Some(Host::Ipv6(_)) => true,
        None => false,
    }
}

impl Exempt {
    /// Entries are set apart by commas or white space, as curl has it
    /// (<https://curl.se/libcurl/c/CURLOPT_NOPROXY.html>); an entry may name a port.
    fn parse(text: &str) -> Self {
        let words = text.split(|c: char| c == ',' || c == ';' || c.is_whitespace());
        Self(words.filter(|word| !word.is_empty()).map(Entry::parse).collect())
    }

    pub(super) fn covers(&self, url: &Url) -> bool {
        let Some(host) = url.host() else { return false };
        self.0.iter().any(|entry| {
            entry.port.is_none_or(|port| url.port_or_known_default() == Some(port))
                && entry.host.covers(&host)
        })
    }
}

impl Entry {
    fn parse(word: &str) -> Self {
        if let Some(host) = Pattern::network(word) {
            return Self { host, port: None };
        }
        let split = word.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?)));
        let (host, port) = match split {
            Some((host, port)) => (host, Some(port)),
            None => (word, None),
        };
        Self { host: Pattern::parse(host), port }
    }
}

impl Pattern {
    fn parse(host: &str) -> Self {
        if host == "*" {
            return Self::Everything;
        }
        if let Some(network) = Self::network(host) {
            return network;
        }
        let domain = host.trim_start_matches('*').trim_matches('.');
        Self::Domain(domain.to_ascii_lowercase())
    }

    /// `192.0.2.1`, `192.0.2.0/24`, `192.0.2.*`, `[::1]`, `fd00::/8`.
    fn network(text: &str) -> Option<Self> {
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Some(Self::Network(address.into()));
        }
        if let Ok(network) = bare.parse::<IpNet>() {
            return Some(Self::Network(network));
        }
        let known: Vec<&str> = text.strip_suffix(".*")?.trim_end_matches(".*").split('.').collect();
        let mut octets = known.iter().map(|octet| octet.parse::<u8>());
        if known.len() > 3 || octets.any(|octet| octet.is_err()) {
            return None;
        }
        let padded = [known.as_slice(), &["0"; 3]].concat()[..4].join(".");
        format!("{padded}/{}", 8 * known.len()).parse().ok().map(Self::Network)
    }

    fn covers(&self, host: &Host<&str>) -> bool {
        let address = match host {
            Host::Ipv4(address) => Some(IpAddr::from(*address)),
            Host::Ipv6(address) => Some(IpAddr::from(*address)),
            Host::Domain(_) => None,
        };
        match (self, host) {
            (Self::Everything, _) => true,
            (Self::Network(network), _) => {
                address.is_some_and(|address| network.contains(&address))
            }
            (Self::Domain(domain), Host::Domain(host)) => {
                let host = host.trim_end_matches('.');
                !domain.is_empty()
                    && (host == domain
                        || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')))
            }
            (Self::Domain(_), _) => false,
        }
    }
}

/// What people set a variable to when they mean something else.
const NOT_HOSTS: [&str; 11] =
    ["none", "no", "off", "false", "direct", "null", "undefined", "true", "yes", "on", "auto"];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let url = parse(text).unwrap_or_else(|fault| panic!("{text:?}: {fault:?}"));
        assert_eq!(url.unwrap().as_str().trim_end_matches('/'), expect, "{text:?}");
    }

    fn environment(
        variables: &'static [(&'static str, &'static str)],
    ) -> impl Fn(&str) -> Option<OsString> {
        |name| Some(variables.iter().find(|(known, _)| *known == name)?.1.into())
    }

    fn found(variables: &'static [(&'static str, &'static str)]) -> (String, Vec<ClientWarning>) {
        let found = from_environment(&environment(variables));
        let proxy =
            found.proxy.map_or_else(String::new, |(variable, url)| format!("{variable} {url}"));
        (proxy, found.warnings)
    }

    #[test]
    fn f54_a_proxy_is_taken_as_people_write_it() {
        check("http://proxy.example:3128", "http://proxy.example:3128");
        check("proxy.example:3128", "http://proxy.example:3128");
        check("proxy", "http://proxy");
        check("http://proxy.example:3128\r", "http://proxy.example:3128");
        check(" http://proxy.example:3128/ \r\n", "http://proxy.example:3128");
        check("\"http://proxy.example:3128\"", "http://proxy.example:3128");
        check("'http://proxy.example:3128' ", "http://proxy.example:3128");
        check("\u{feff}http://proxy.example:3128\u{0}", "http://proxy.example:3128");
        check("HTTP://Proxy.Example:3128", "http://proxy.example:3128");
        check("http://proxy.example:3128/path?x#y", "http://proxy.example:3128");
        check("https://proxy.example", "https://proxy.example");
        check("http://10.0.0.1:8080", "http://10.0.0.1:8080");
        check("http://[fd00::1]:8080", "http://[fd00::1]:8080");
        check("http://bücher.example:1", "http://xn--bcher-kva.example:1");
    }

    #[test]
    fn f54_every_kind_of_socks_proxy_is_known_and_gnomes_word_for_it() {
        check("socks://proxy.example:1080/", "socks5h://proxy.example:1080");
        check("SOCKS://proxy.example:1080", "socks5h://proxy.example:1080");
        check("socks5://127.0.0.1:9050", "socks5://127.0.0.1:9050");
        check("socks5h://joe:pass@127.0.0.1:9050", "socks5h://joe:pass@127.0.0.1:9050");
        check("socks4a://proxy.example:1080", "socks4a://proxy.example:1080");
    }

    #[test]
    fn f54_a_password_may_hold_any_character() {
        check("http://joe:p@ss@proxy.example:1", "http://joe:p%40ss@proxy.example:1");
        check("http://joe:p%40ss@proxy.example:1", "http://joe:p%40ss@proxy.example:1");
        check(
            "http://joe:a/b#c?d:e@proxy.example:1",
            "http://joe:a%2Fb%23c%3Fd%3Ae@proxy.example:1",
        );
        check("http://CORP\\joe:x@proxy.example:1", "http://CORP%5Cjoe:x@proxy.example:1");
        check("joe:p@ss@proxy.example:1", "http://joe:p%40ss@proxy.example:1");
        check("http://joe@proxy.example:1", "http://joe@proxy.example:1");
    }

    #[test]
    fn f54_nonsense_is_no_proxy() {
        use ProxyFault::{NotAnAddress, UnknownScheme};
        for (text, fault) in [
            ("http://", NotAnAddress),
            ("http:/proxy.example:1", NotAnAddress),
            ("://", UnknownScheme),
            (":8080", NotAnAddress),
            ("http://proxy.example:99999", NotAnAddress),
            ("http://proxy.example:port", NotAnAddress),
            ("http://proxy one:1", NotAnAddress),
            ("http=proxy.example:1;https=proxy.example:2", NotAnAddress),
            ("proxy.example:1;other.example:2", NotAnAddress),
            ("${PROXY}", NotAnAddress),
            ("none", NotAnAddress),
            ("DIRECT", NotAnAddress),
            ("true", NotAnAddress),
            ("1", NotAnAddress),
            ("0", NotAnAddress),
            ("http://0.0.0.0:80", NotAnAddress),
            ("socks5://", NotAnAddress),
            ("socks5://host:99999", NotAnAddress),
            ("\u{fffd}", NotAnAddress),
            ("ftp://proxy.example:1", UnknownScheme),
            ("direct://", UnknownScheme),
            ("pac+http://proxy.example/x.pac", UnknownScheme),
            ("socks6://proxy.example:1", UnknownScheme),
        ] {
            assert_eq!(parse(text), Err(fault), "{text:?}");
        }
        for blank in ["", " ", "\r\n", "\"\""] {
            assert_eq!(parse(blank), Ok(None), "{blank:?}");
        }
    }

    #[test]
    fn f54_what_cant_be_used_is_named_with_its_variable_and_the_next_is_tried() {
        let warning = |variable, fault| ClientWarning::Proxy { variable, fault };
        let (proxy, warnings) = found(&[("HTTPS_PROXY", "ftp://x"), ("all_proxy", "socks://p:1")]);
        assert_eq!(proxy, "all_proxy socks5h://p:1");
        assert_eq!(warnings, [warning("HTTPS_PROXY", ProxyFault::UnknownScheme)]);
        let (proxy, warnings) = found(&[("https_proxy", "http://")]);
        assert_eq!(proxy, "");
        assert_eq!(warnings, [warning("https_proxy", ProxyFault::NotAnAddress)]);
        let shown = format!("{warnings:?} {}", warnings[0]);
        assert!(shown.contains("https_proxy"));
    }

    #[test]
    fn f54_a_warning_shows_nothing_of_the_value() {
        let (_, warnings) = found(&[("HTTPS_PROXY", "htp://joe:s3cret@proxy.example")]);
        let shown = format!("{warnings:?} {}", warnings[0]);
        assert!(!shown.contains("s3cret") && !shown.contains("joe"), "{shown}");
    }

    #[test]
    fn f54_upper_case_comes_before_lower_case_and_https_before_all() {
        let all = &[
            ("all_proxy", "http://d"),
            ("ALL_PROXY", "http://c"),
            ("https_proxy", "http://b"),
            ("HTTPS_PROXY", "http://a"),
            ("HTTP_PROXY", "http://for-plain-http-only"),
        ];
        assert_eq!(found(all), ("HTTPS_PROXY http://a/".into(), vec![]));
        assert_eq!(found(&all[..3]), ("https_proxy http://b/".into(), vec![]));
        assert_eq!(found(&all[..2]), ("ALL_PROXY http://c/".into(), vec![]));
        assert_eq!(found(&all[4..]), (String::new(), vec![]));
        assert_eq!(
            found(&[("HTTPS_PROXY", ""), ("https_proxy", "http://b")]),
            ("https_proxy http://b/".into(), vec![])
        );
    }

    #[test]
    fn f54_no_proxy_knows_domains_networks_ports_and_wildcards() {
        for (entries, url, expect) in [
            ("adobe.io", "https://firefly-api.adobe.io/", true),
            (".adobe.io", "https://adobe.io/", true),
            ("*.adobe.io", "https://ims.adobe.io/", true),
            ("adobe.io.", "https://ims.adobe.io/", true),
            ("ADOBE.IO", "https://ims.adobe.io/", true),
            ("adobe.io", "https://notadobe.io/", false),
            ("a.example, adobe.io", "https://adobe.io/", true),
            ("a.example adobe.io", "https://adobe.io/", true),
            ("*", "https://adobe.io/", true),
            ("10.0.0.0/8", "https://10.1.2.3/", true),
            ("10.0.0.0/8", "https://11.1.2.3/", false),
            ("10.1.*", "https://10.1.2.3/", true),
            ("10.1.*.*", "https://10.1.2.3/", true),
            ("10.1.*", "https://10.2.2.3/", false),
            ("192.0.2.7", "https://192.0.2.7:8443/", true),
            ("192.0.2.7:8443", "https://192.0.2.7:8443/", true),
            ("192.0.2.7:8443", "https://192.0.2.7/", false),
            ("::1", "https://[::1]/", true),
            ("[fd00::1]:443", "https://[fd00::1]/", true),
            ("fd00::/8", "https://[fd12::1]/", true),
            ("adobe.io:443", "https://adobe.io/", true),
            ("adobe.io:8443", "https://adobe.io/", false),
            ("adobe.io:8443", "https://ims.adobe.io:8443/", true),
            ("", "https://adobe.io/", false),
            (",, .", "https://adobe.io/", false),
        ] {
            let covers = Exempt::parse(entries).covers(&Url::parse(url).unwrap());
            assert_eq!(covers, expect, "{entries:?} {url}");
        }
    }
}
