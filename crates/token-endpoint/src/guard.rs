//! Who may knock at all: nobody who came by another name than the listener's own, and no web page.

use axum::http::{HeaderMap, header};

/// The names by which the listener may be asked, as they stand in `Host`: `127.0.0.1:4711`.
#[derive(Clone, Debug)]
pub struct Doorway {
    hosts: Vec<String>,
    /// The address that discovery gives, without a slash at the end.
    url: String,
}

/// Why nothing is answered, whatever the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// A name that leads here by somebody's trick with DNS.
    Host,
    /// A web page asks.
    Browser,
}

impl Doorway {
    /// On this machine's own address, where both names for it are in use.
    #[must_use]
    pub fn loopback(port: u16) -> Self {
        Self {
            hosts: ["127.0.0.1", "localhost"].map(|host| format!("{host}:{port}")).to_vec(),
            url: format!("http://127.0.0.1:{port}"),
        }
    }

    /// At an address of one's own, say `https://glowjar.studio.example`.
    #[must_use]
    pub fn at(url: &url::Url) -> Self {
        let host = url.host_str().unwrap_or_default();
        let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        Self { hosts: vec![host], url: url.as_str().trim_end_matches('/').to_owned() }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// # Errors
    /// See [`Denied`].
    pub fn check(&self, headers: &HeaderMap) -> Result<(), Denied> {
        let host = only(headers, &header::HOST).ok_or(Denied::Host)?;
        if !self.hosts.iter().any(|own| own.eq_ignore_ascii_case(host)) {
            return Err(Denied::Host);
        }
        // Browsers set these by themselves and pages can't take them away. Node's fetch sets `sec-fetch-mode`, too, and
        // nothing else of it; a browser always says whose page it is for.
        let is_page = headers.contains_key(header::ORIGIN)
            || headers.keys().any(|name| {
                name.as_str().starts_with("sec-fetch-") && name.as_str() != "sec-fetch-mode"
            });
        if is_page { Err(Denied::Browser) } else { Ok(()) }
    }
}

/// The value of a header that is there once, and in text.
pub(crate) fn only<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none()).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(headers: &[(&'static str, &str)]) -> Result<(), Denied> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().expect("a header"));
        }
        Doorway::loopback(4_711).check(&map)
    }

    const HOST: (&str, &str) = ("host", "127.0.0.1:4711");

    #[test]
    fn f39_whatever_a_browser_sends_is_refused() {
        assert_eq!(asked(&[HOST]), Ok(()));
        assert_eq!(asked(&[("host", "localhost:4711")]), Ok(()));
        assert_eq!(asked(&[HOST, ("sec-fetch-mode", "cors")]), Ok(()), "Node's fetch");
        for mark in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("origin", "http://127.0.0.1:4711"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-dest", "empty"),
        ] {
            assert_eq!(asked(&[HOST, mark]), Err(Denied::Browser), "{mark:?}");
        }
    }

    #[test]
    fn f39_a_name_that_was_made_to_lead_here_is_refused() {
        for host in
            ["evil.example:4711", "127.0.0.1", "127.0.0.1:4712", "localhost.evil.example:4711", ""]
        {
            assert_eq!(asked(&[("host", host)]), Err(Denied::Host), "{host}");
        }
        assert_eq!(asked(&[]), Err(Denied::Host));
        assert_eq!(asked(&[HOST, HOST]), Err(Denied::Host));
    }

    #[test]
    fn a_server_is_asked_by_its_own_name() {
        let url = "https://glowjar.studio.example/".parse().expect("an address");
        let doorway = Doorway::at(&url);
        let mut map = HeaderMap::new();
        map.insert("host", "glowjar.studio.example".parse().expect("a header"));
        assert_eq!(doorway.check(&map), Ok(()));
        assert_eq!(doorway.url(), "https://glowjar.studio.example");
        map.insert("host", "127.0.0.1".parse().expect("a header"));
        assert_eq!(doorway.check(&map), Err(Denied::Host));
    }
}
