//! Addresses that secrets may be sent to, parsed so that nothing else has to check them again.

use std::{fmt, str::FromStr};

use url::{Host, Url};

/// An `https` address, or an `http` one on this very machine; without user name, password and fragment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint(Url);

/// Why a text is no [`Endpoint`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    #[error("enter an address")]
    Blank,
    #[error("this is longer than any address")]
    TooLong,
    #[error("this is not an address; one looks like https://example.com/token")]
    Malformed(url::ParseError),
    #[error("the address has to begin with https://")]
    Scheme,
    #[error("only this computer (localhost) may be spoken to over http://; use https://")]
    Unencrypted,
    #[error("the address must not hold a user name or password")]
    UserInfo,
    #[error("the address must not hold a # part")]
    Fragment,
}

impl Endpoint {
    pub fn parse(text: &str) -> Result<Self, EndpointError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(EndpointError::Blank);
        }
        if text.len() > MAX_LENGTH {
            return Err(EndpointError::TooLong);
        }
        let url = Url::parse(text).map_err(EndpointError::Malformed)?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => return Err(EndpointError::Unencrypted),
            _ => return Err(EndpointError::Scheme),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EndpointError::UserInfo);
        }
        if url.fragment().is_some() {
            return Err(EndpointError::Fragment);
        }
        Ok(Self(url))
    }

    /// The token endpoint of a studio's keeper, whose address may be given without a path.
    ///
    /// # Errors
    /// As [`Endpoint::parse`].
    pub fn of_keeper(text: &str) -> Result<Self, EndpointError> {
        let keeper = Self::parse(text)?;
        Ok(if keeper.path() == "/" { keeper.at("/ims/token/v3") } else { keeper })
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    #[must_use]
    pub fn path(&self) -> &str {
        self.0.path()
    }

    /// True for `localhost`, 127.0.0.0/8 and `::1`: reached without a proxy.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    /// True for the host itself and for hosts below it.
    #[must_use]
    pub fn is_under(&self, domain: &str) -> bool {
        self.host().strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }

    /// The endpoint at `path` on the same host; the query is dropped.
    #[must_use]
    pub fn at(&self, path: &str) -> Self {
        let mut url = self.0.clone();
        url.set_path(path);
        url.set_query(None);
        Self(url)
    }

    pub(crate) fn with_query(&self, query: &str) -> Self {
        let mut url = self.0.clone();
        url.set_query(Some(query));
        Self(url)
    }

    pub(crate) fn url(&self) -> &Url {
        &self.0
    }
}

impl FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The base address of the Firefly API: `https` under adobe.io, or this machine. Access tokens go nowhere else.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Gateway(Endpoint);

/// The endpoint is neither under adobe.io nor on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("access tokens are only sent to hosts under adobe.io")]
pub struct NotAGateway;

impl Gateway {
    pub fn new(base: Endpoint) -> Result<Self, NotAGateway> {
        if base.is_loopback() || base.is_under("adobe.io") {
            Ok(Self(base))
        } else {
            Err(NotAGateway)
        }
    }

    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.0
    }
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Longer than any address a server would accept.
const MAX_LENGTH: usize = 2048;

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: EndpointError) {
        assert_eq!(Endpoint::parse(text), Err(expect), "{text}");
    }

    #[test]
    fn https_everywhere_and_http_on_this_machine_are_taken() {
        for good in [
            "https://ims-na1.adobelogin.com/ims/token/v3",
            "http://127.0.0.1:8080/oauth/token",
            "http://localhost/oauth/token",
            "http://[::1]:9/t?tenant=7",
            "  https://id.example/token\n",
        ] {
            assert_eq!(Endpoint::parse(good).unwrap().as_str(), good.trim());
        }
    }

    #[test]
    fn each_fault_has_its_own_words() {
        check("", EndpointError::Blank);
        check("  ", EndpointError::Blank);
        check(
            "ims.example/token",
            EndpointError::Malformed(url::ParseError::RelativeUrlWithoutBase),
        );
        check("https://", EndpointError::Malformed(url::ParseError::EmptyHost));
        check("ftp://ims.example/", EndpointError::Scheme);
        check("localhost:8080/token", EndpointError::Scheme);
        check("http://ims.example/token", EndpointError::Unencrypted);
        check("http://localhost.evil.example/", EndpointError::Unencrypted);
        check("http://127.0.0.1.evil.example/", EndpointError::Unencrypted);
        check("https://user@ims.example/", EndpointError::UserInfo);
        check("https://:pw@ims.example/", EndpointError::UserInfo);
        check("https://ims.example/#x", EndpointError::Fragment);
        check(&format!("https://ims.example/{}", "a".repeat(3000)), EndpointError::TooLong);
    }

    #[test]
    fn tokens_go_to_adobe_io_or_this_machine_only() {
        let gateway = |text: &str| Gateway::new(Endpoint::parse(text).unwrap());
        assert!(gateway("https://firefly-api.adobe.io").is_ok());
        assert!(gateway("http://127.0.0.1:1").is_ok());
        assert_eq!(gateway("https://firefly-api.adobe.io.evil.example"), Err(NotAGateway));
        assert_eq!(gateway("https://notadobe.io"), Err(NotAGateway));
        assert_eq!(gateway("https://ims-na1.adobelogin.com"), Err(NotAGateway));
    }
}
