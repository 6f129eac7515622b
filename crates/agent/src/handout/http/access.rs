//! Whether a request may be answered. Pure.

use glowjar_token_endpoint::{Doorway, SecretHash};
use hyper::{HeaderMap, Method, StatusCode, header};

/// Who may ask over HTTP. The secret itself is kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Consumer {
    pub name: String,
    /// In hexadecimal. The secret has 256 bits of its own, so nobody finds it from this.
    pub secret_sha256: String,
    /// The id of the one profile whose tokens it may have. Without one, it may have those of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
}

impl Consumer {
    /// `None` if somebody wrote something else into the file.
    pub(super) fn hash(&self) -> Option<SecretHash> {
        SecretHash::parse(&self.secret_sha256)
    }
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// Anything but GET, preflights included.
    Method,
    /// A name that leads here by somebody's trick with DNS.
    Host,
    /// A web page asks.
    Browser,
    Secret,
}

impl Denied {
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Host | Self::Browser => StatusCode::FORBIDDEN,
            Self::Secret => StatusCode::UNAUTHORIZED,
        }
    }

    pub const fn words(self) -> &'static str {
        match self {
            Self::Method => "Only GET is answered here",
            Self::Host => "Ask for 127.0.0.1, and by that name",
            Self::Browser => "Web pages are not answered here",
            Self::Secret => "The secret is missing or wrong; `glowjar http add NAME` makes one",
        }
    }
}

/// Which consumer asks.
///
/// # Errors
/// See [`Denied`].
pub fn consumer<'a>(
    method: &Method,
    headers: &HeaderMap,
    port: u16,
    consumers: &'a [Consumer],
) -> Result<&'a Consumer, Denied> {
    if method != Method::GET {
        return Err(Denied::Method);
    }
    let only = |name| {
        let mut values = headers.get_all(name).iter();
        values.next().filter(|_| values.next().is_none()).and_then(|value| value.to_str().ok())
    };
    Doorway::loopback(port).check(headers).map_err(|denied| match denied {
        glowjar_token_endpoint::Denied::Host => Denied::Host,
        glowjar_token_endpoint::Denied::Browser => Denied::Browser,
    })?;
    // A page that only asks may say no more than this of itself. A program's POST may, too, so it is let in elsewhere.
    if headers.keys().any(|name| name.as_str().starts_with("sec-fetch-")) {
        return Err(Denied::Browser);
    }
    let secret = only(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    let secret = secret.ok_or(Denied::Secret)?;
    let is_its = |consumer: &&Consumer| consumer.hash().is_some_and(|hash| hash.is_of(secret));
    consumers.iter().find(is_its).ok_or(Denied::Secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: Method, headers: &[(&'static str, &str)]) -> Result<String, Denied> {
        let consumers = [("a", "secret-a"), ("b", "secret-b")].map(|(name, secret)| Consumer {
            name: name.to_owned(),
            secret_sha256: SecretHash::of(secret).to_string(),
            profile: None,
        });
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().expect("a header"));
        }
        consumer(&method, &map, 4_711, &consumers).map(|consumer| consumer.name.clone())
    }

    const HOST: (&str, &str) = ("host", "127.0.0.1:4711");
    const SECRET: (&str, &str) = ("authorization", "Bearer secret-b");

    #[test]
    fn each_consumer_is_known_by_its_own_secret() {
        assert_eq!(asked(Method::GET, &[HOST, SECRET]), Ok("b".to_owned()));
        assert_eq!(asked(Method::GET, &[("host", "localhost:4711"), SECRET]), Ok("b".to_owned()));
        for wrong in
            ["Bearer secret-c", "secret-b", "Bearer ", "Basic secret-b", "Bearer secret-b "]
        {
            assert_eq!(asked(Method::GET, &[HOST, ("authorization", wrong)]), Err(Denied::Secret));
        }
        assert_eq!(asked(Method::GET, &[HOST]), Err(Denied::Secret));
        assert_eq!(asked(Method::GET, &[HOST, SECRET, SECRET]), Err(Denied::Secret));
    }

    #[test]
    fn f39_whatever_a_browser_sends_is_refused_though_it_knows_the_secret() {
        for mark in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("origin", "http://127.0.0.1:4711"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "no-cors"),
        ] {
            assert_eq!(asked(Method::GET, &[HOST, SECRET, mark]), Err(Denied::Browser), "{mark:?}");
        }
        assert_eq!(asked(Method::OPTIONS, &[HOST, SECRET]), Err(Denied::Method));
        assert_eq!(asked(Method::POST, &[HOST, SECRET]), Err(Denied::Method));
    }

    #[test]
    fn f39_a_name_that_was_made_to_lead_here_is_refused() {
        for host in
            ["evil.example:4711", "127.0.0.1", "127.0.0.1:4712", "localhost.evil.example:4711", ""]
        {
            assert_eq!(asked(Method::GET, &[("host", host), SECRET]), Err(Denied::Host), "{host}");
        }
        assert_eq!(asked(Method::GET, &[SECRET]), Err(Denied::Host));
        assert_eq!(asked(Method::GET, &[HOST, HOST, SECRET]), Err(Denied::Host));
    }
}
