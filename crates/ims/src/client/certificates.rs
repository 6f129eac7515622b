//! Whom to trust, where the environment has a say in it: `SSL_CERT_FILE` and `SSL_CERT_DIR`, as OpenSSL reads them
//! (<https://docs.openssl.org/3.5/man3/SSL_CTX_load_verify_locations/>).

use std::{
    env,
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use reqwest::Certificate;
use rustls::{RootCertStore, pki_types::CertificateDer};

use super::warning::{CertificateFault, ClientWarning};

/// The certificate authorities besides those that a person added in the settings.
pub(super) enum Authorities {
    /// Those of the system, as the TLS library finds them.
    System,
    /// These and no others.
    These(Vec<Certificate>),
}

/// What the variables name; the system's authorities if none of it can be used. Other systems than Linux keep theirs
/// where no variable reaches.
pub(super) fn authorities(
    variable: &dyn Fn(&str) -> Option<OsString>,
) -> (Authorities, Vec<ClientWarning>) {
    let (file, folders) = (variable(FILE), variable(FOLDERS));
    if !cfg!(target_os = "linux") || (file.is_none() && folders.is_none()) {
        return (Authorities::System, Vec::new());
    }
    let mut warnings = Vec::new();
    let mut found = Vec::new();
    let mut take = |variable, path: &Path, read: Result<Vec<_>, CertificateFault>| match read {
        Ok(certificates) => found.extend(certificates),
        Err(fault) => {
            let path = path.to_owned();
            warnings.push(ClientWarning::Certificates { variable, path, fault });
        }
    };
    if let Some(file) = file {
        let path = PathBuf::from(file);
        take(FILE, &path, of_file(&path));
    }
    if let Some(folders) = folders {
        let paths: Vec<_> =
            env::split_paths(&folders).filter(|path| !path.as_os_str().is_empty()).collect();
        if paths.is_empty() {
            take(FOLDERS, Path::new(""), Err(CertificateFault::Blank));
        }
        for path in paths {
            take(FOLDERS, &path, of_folder(&path));
        }
    }
    if found.is_empty() {
        found = of_system();
    }
    if found.is_empty() {
        warnings.push(ClientWarning::NoCertificates);
    }
    let found = found.iter().filter_map(|der| Certificate::from_der(der).ok());
    (Authorities::These(found.collect()), warnings)
}

fn of_file(path: &Path) -> Result<Vec<CertificateDer<'static>>, CertificateFault> {
    if path.as_os_str().is_empty() {
        return Err(CertificateFault::Blank);
    }
    let about = fs::metadata(path).map_err(|error| fault(&error))?;
    // Reading a pipe or a device may never come to an end.
    if !about.is_file() {
        return Err(CertificateFault::NotAFile);
    }
    fs::File::open(path).map_err(|error| fault(&error))?;
    if about.len() > LARGEST {
        return Err(CertificateFault::NoCertificate);
    }
    usable(rustls_native_certs::load_certs_from_paths(Some(path), None).certs)
}

fn of_folder(path: &Path) -> Result<Vec<CertificateDer<'static>>, CertificateFault> {
    if !fs::metadata(path).map_err(|error| fault(&error))?.is_dir() {
        return Err(CertificateFault::NotAFolder);
    }
    fs::read_dir(path).map_err(|error| fault(&error))?;
    usable(rustls_native_certs::load_certs_from_paths(None, Some(path)).certs)
}

/// Where distributions keep them, whatever the variables say.
#[cfg(target_os = "linux")]
fn of_system() -> Vec<CertificateDer<'static>> {
    openssl_probe::candidate_cert_dirs().filter_map(|path| of_folder(path).ok()).flatten().collect()
}

#[cfg(not(target_os = "linux"))]
fn of_system() -> Vec<CertificateDer<'static>> {
    Vec::new()
}

fn usable(
    certificates: Vec<CertificateDer<'static>>,
) -> Result<Vec<CertificateDer<'static>>, CertificateFault> {
    let is_sound = |der: &CertificateDer<'static>| RootCertStore::empty().add(der.clone()).is_ok();
    let sound: Vec<_> = certificates.into_iter().filter(is_sound).collect();
    if sound.is_empty() { Err(CertificateFault::NoCertificate) } else { Ok(sound) }
}

fn fault(error: &io::Error) -> CertificateFault {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => CertificateFault::Missing,
        _ => CertificateFault::Unreadable,
    }
}

const FILE: &str = "SSL_CERT_FILE";
const FOLDERS: &str = "SSL_CERT_DIR";
/// In bytes. All of the world's certificate authorities take 250 kB.
const LARGEST: u64 = 16 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    /// With both variables set; gives how many authorities are trusted, and what was wrong.
    fn check(file: Option<&OsStr>, folders: Option<&OsStr>) -> (usize, Vec<ClientWarning>) {
        let variable = |name: &str| match name {
            FILE => file.map(OsStr::to_owned),
            FOLDERS => folders.map(OsStr::to_owned),
            _ => None,
        };
        match authorities(&variable) {
            (Authorities::System, warnings) => (usize::MAX, warnings),
            (Authorities::These(these), warnings) => (these.len(), warnings),
        }
    }

    #[cfg(target_os = "linux")]
    fn pem() -> String {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params.self_signed(&key).unwrap().pem()
    }

    #[test]
    fn without_the_variables_the_system_is_trusted() {
        assert_eq!(check(None, None), (usize::MAX, vec![]));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn f45_what_brings_no_certificate_is_named_and_the_system_is_trusted_instead() {
        use CertificateFault::{Blank, Missing, NoCertificate, NotAFile, NotAFolder};
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let empty = folder.path().join("empty");
        fs::create_dir(&empty).unwrap();
        let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let system = of_system().len();
        for (path, fault) in [
            (PathBuf::new(), Blank),
            (folder.path().join("nothing"), Missing),
            (at("file", "").join("below"), Missing),
            (at("none.pem", ""), NoCertificate),
            (at("text.pem", "hello"), NoCertificate),
            (at("damaged.pem", damaged), NoCertificate),
            (at("torn.pem", &pem()[..200]), NoCertificate),
            (at("binary.pem", "\u{0}\u{1}\u{2}"), NoCertificate),
            (empty.clone(), NotAFile),
            (PathBuf::from("/dev/zero"), NotAFile),
        ] {
            let warning = ClientWarning::Certificates { variable: FILE, path: path.clone(), fault };
            let (count, mut warnings) = check(Some(path.as_os_str()), None);
            warnings.retain(|warning| *warning != ClientWarning::NoCertificates);
            assert_eq!((count, warnings), (system, vec![warning]));
        }
        for (path, fault) in [
            (PathBuf::new(), Blank),
            (folder.path().join("nothing"), Missing),
            (empty, NoCertificate),
            (at("a file", "x"), NotAFolder),
        ] {
            let warning =
                ClientWarning::Certificates { variable: FOLDERS, path: path.clone(), fault };
            let (count, mut warnings) = check(None, Some(path.as_os_str()));
            warnings.retain(|warning| *warning != ClientWarning::NoCertificates);
            assert_eq!((count, warnings), (system, vec![warning]));
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn f45_what_can_be_used_is_and_the_rest_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        fs::write(&file, pem() + "noise\n" + &pem()).unwrap();
        assert_eq!(check(Some(file.as_os_str()), None), (2, vec![]));
        let missing = folder.path().join("nothing");
        let folders = env::join_paths([folder.path(), &missing]).unwrap();
        let warning = ClientWarning::Certificates {
            variable: FOLDERS,
            path: missing,
            fault: CertificateFault::Missing,
        };
        assert_eq!(check(None, Some(&folders)), (2, vec![warning]));
    }
}
