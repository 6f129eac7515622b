//! What the environment says about the network and can't be used, in words.

use glowjar_ims::{CertificateFault, Client, ClientWarning, ProxyFault};

use crate::{
    localization::Message,
    preferences::Preferences,
    view::{Action, BannerView, Language, Level},
};

/// Puts a banner for each warning of the HTTP client in the place of those of the client before, but for the dismissed ones.
pub(crate) fn show(
    banners: &mut Vec<BannerView>,
    client: &Client,
    preferences: &Preferences,
    language: Language,
) {
    banners.retain(|banner| !banner.code.starts_with(CODE));
    let current = client.warnings().iter().map(|warning| banner(warning, language));
    banners.extend(current.filter(|new| !preferences.dismissed_banners.contains(&new.code)));
}

fn banner(warning: &ClientWarning, language: Language) -> BannerView {
    let variable = warning.variable().unwrap_or_default();
    let (id, why, path) = match warning {
        ClientWarning::NoCertificates => ("banner-no_certificates", "", String::new()),
        ClientWarning::Certificates { path, fault, .. } => {
            ("banner-certificates", of_certificates(*fault), path.display().to_string())
        }
        ClientWarning::Proxy { fault: ProxyFault::NotAnAddress, .. } => {
            ("banner-proxy", "proxy_fault-address", String::new())
        }
        ClientWarning::Proxy { fault: ProxyFault::UnknownScheme, .. } => {
            ("banner-proxy", "proxy_fault-scheme", String::new())
        }
    };
    let said_why =
        if why.is_empty() { String::new() } else { language.say_with(why, &[("path", &path)]) };
    let Message { headline, advice, .. } =
        language.tell(id, &[("variable", variable), ("why", &said_why)]);
    let is_proxy = matches!(warning, ClientWarning::Proxy { .. });
    BannerView {
        // With the reason in it, so that waving one away does not silence the next.
        code: format!("{CODE}{variable}:{why}"),
        level: Level::Soon,
        headline,
        advice,
        action: is_proxy.then_some(Action::OpenSettings),
        dismissible: true,
        cause: None,
    }
}

fn of_certificates(fault: CertificateFault) -> &'static str {
    match fault {
        CertificateFault::Blank => "certificates-blank",
        CertificateFault::Missing => "certificates-missing",
        CertificateFault::NotAFile => "certificates-not_a_file",
        CertificateFault::NotAFolder => "certificates-not_a_folder",
        CertificateFault::Unreadable => "certificates-unreadable",
        CertificateFault::NoCertificate => "certificates-none",
    }
}

const CODE: &str = "environment:";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f45_f54_a_banner_names_the_variable_the_reason_and_what_to_do() {
        let certificates = |fault| ClientWarning::Certificates {
            variable: "SSL_CERT_FILE",
            path: "/etc/nothing.pem".into(),
            fault,
        };
        let proxy = |fault| ClientWarning::Proxy { variable: "HTTPS_PROXY", fault };
        let warnings = [
            certificates(CertificateFault::Blank),
            certificates(CertificateFault::Missing),
            certificates(CertificateFault::NotAFile),
            certificates(CertificateFault::NotAFolder),
            certificates(CertificateFault::Unreadable),
            certificates(CertificateFault::NoCertificate),
            proxy(ProxyFault::NotAnAddress),
            proxy(ProxyFault::UnknownScheme),
        ];
        for language in [Language::En, Language::De] {
            let shown: Vec<_> = warnings.iter().map(|warning| banner(warning, language)).collect();
            for (warning, banner) in warnings.iter().zip(&shown) {
                assert!(banner.headline.contains(warning.variable().unwrap()), "{banner:?}");
                assert!(!banner.advice.is_empty() && banner.code.starts_with(CODE), "{banner:?}");
            }
            assert!(shown[1].advice.contains("/etc/nothing.pem"), "{:?}", shown[1]);
            let mut codes: Vec<_> = shown.iter().map(|banner| &banner.code).collect();
            codes.dedup();
            assert_eq!(codes.len(), warnings.len());
            let nobody = banner(&ClientWarning::NoCertificates, language);
            assert!(!nobody.headline.is_empty() && !nobody.advice.is_empty());
        }
    }
}
