//! The certificate authority of a company or of a provider of one's own, which this computer does not know.

use std::{fs, io, path::Path};

use anyhow::Context;
use glowjar_agent::view::BannerView;
use glowjar_ims::{Client, ClientError, ClientSettings};

use crate::banners;

/// In the data folder: PEM, one certificate or more, trusted besides the system's.
const FILE: &str = "extra-ca.pem";

/// The client for every request, and a word to the person if their file is of no use.
///
/// # Errors
/// TLS can't be set up at all.
pub fn client(data: &Path) -> anyhow::Result<(Client, Option<BannerView>)> {
    let file = data.join(FILE);
    let extra_ca = match fs::read(&file) {
        Ok(pem) => Some(pem),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        // Said as of a damaged one, which an empty one is.
        Err(_) => Some(Vec::new()),
    };
    match Client::new(&ClientSettings { extra_ca, ..ClientSettings::default() }) {
        Err(ClientError::ExtraCa) => {
            tracing::warn!(event = "extra_ca_unusable");
            let client = Client::new(&ClientSettings::default());
            Ok((client.context("TLS can't be used")?, Some(banners::extra_ca(&file))))
        }
        client => Ok((client.context("TLS can't be used")?, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f28_a_file_without_a_certificate_is_said_and_does_no_harm() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(client(folder.path()).expect("a client").1.is_none());
        for text in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n"] {
            fs::write(folder.path().join(FILE), text).expect("written");
            let (_, banner) = client(folder.path()).expect("a client");
            let banner = banner.expect("a word about it");
            assert!(banner.advice.contains("extra-ca.pem"), "{}", banner.advice);
        }
    }
}
