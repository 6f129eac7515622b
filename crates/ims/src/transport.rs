//! Why no reply came: the HTTP client's nested errors, told apart.

use std::{error::Error, io};

use glowjar_lifecycle::failure::Transient;
use rustls::CertificateError;

/// The class of a failed exchange, and words that hold no address, header or body.
pub(crate) fn classify(error: &reqwest::Error) -> (Transient, String) {
    let is_proxy = |words: &String| PROXY_WORDS.iter().any(|start| words.starts_with(start));
    if let Some(outer) = causes(error).map(ToString::to_string).position(|words| is_proxy(&words)) {
        let innermost = causes(error).skip(outer).map(ToString::to_string).filter(is_proxy).last();
        return (Transient::Proxy, proxy_words(&innermost.unwrap_or_default()));
    }
    if error.is_dns() {
        return (Transient::Dns, innermost(error));
    }
    if let Some(tls) = causes(error).find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
        return (Transient::Tls, tls_words(tls));
    }
    if error.is_timeout() && error.is_connect() {
        return (Transient::ConnectTimeout, "the time limit was reached".to_owned());
    }
    if error.is_timeout() {
        return (Transient::Timeout, "the time limit was reached".to_owned());
    }
    if causes(error)
        .any(|cause| cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse))
    {
        return (Transient::BrokenReply, "the answer is not HTTP".to_owned());
    }
    (Transient::Connect, innermost(error))
}

/// An error and what caused it, outermost first. An [`io::Error`] hides what it wraps from `source`.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| cause(*error))
}

fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

fn innermost(error: &reqwest::Error) -> String {
    causes(error)
        .skip(1)
        .last()
        .map_or_else(|| "the connection failed".to_owned(), ToString::to_string)
}

fn proxy_words(words: &str) -> String {
    if PROXY_PASSWORD_WORDS.iter().any(|part| words.contains(part)) {
        "the proxy wants a user name and password".to_owned()
    } else {
        words.replace("tunnel error", "proxy").replace("SOCKS error", "proxy")
    }
}

/// reqwest and hyper-util name the errors of proxies nowhere in public, so how their words begin has to do; tests hold them.
const PROXY_WORDS: [&str; 4] = [
    "tunnel error",
    "SOCKS error",
    "error connecting to socks proxy",
    "error resolving for socks proxy",
];

const PROXY_PASSWORD_WORDS: [&str; 2] =
    ["proxy authorization required", "credentials not accepted"];

fn tls_words(error: &rustls::Error) -> String {
    let rustls::Error::InvalidCertificate(fault) = error else {
        return error.to_string();
    };
    match fault {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the certificate has expired, or this computer's clock is wrong".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the certificate is not valid yet, or this computer's clock is wrong".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the certificate is for another host".to_owned()
        }
        // A bad signature comes from an issuer that only has the name of a known one.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "the certificate is signed by nobody this computer knows".to_owned()
        }
        CertificateError::Revoked => "the certificate was revoked".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use reqwest::dns::{Name, Resolve, Resolving};

    use super::*;

    struct NoNetworkYet;

    impl Resolve for NoNetworkYet {
        fn resolve(&self, _: Name) -> Resolving {
            Box::pin(async { Err("Temporary failure in name resolution".into()) })
        }
    }

    #[tokio::test]
    async fn f26_a_name_that_cannot_be_looked_up_is_a_matter_of_dns() {
        let client =
            reqwest::Client::builder().no_proxy().dns_resolver(NoNetworkYet).build().unwrap();
        let error = client.get("https://ims.example/").send().await.unwrap_err();
        assert_eq!(
            classify(&error),
            (Transient::Dns, "Temporary failure in name resolution".to_owned())
        );
    }
}
