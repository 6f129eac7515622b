//! What of the environment a client could not use.

use std::{fmt, path::PathBuf};

/// A variable of the environment that says something unusable about the way out. The client was made without it. Holds no
/// value of a proxy variable, which may have a password in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientWarning {
    /// `SSL_CERT_FILE` or `SSL_CERT_DIR` (a part of it) brings no certificate.
    Certificates {
        variable: &'static str,
        path: PathBuf,
        fault: CertificateFault,
    },
    /// The system has no certificate authorities, so no server on the internet can be trusted.
    NoCertificates,
    Proxy {
        variable: &'static str,
        fault: ProxyFault,
    },
}

/// Why a path brings no certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateFault {
    /// The variable is set to nothing.
    Blank,
    Missing,
    /// `SSL_CERT_FILE` names a folder, a pipe or a device.
    NotAFile,
    /// `SSL_CERT_DIR` names something other than a folder.
    NotAFolder,
    /// The system does not let us read it.
    Unreadable,
    /// No certificate in PEM form is in it, or only damaged ones.
    NoCertificate,
}

/// Why a variable names no proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProxyFault {
    /// Neither `host:port` nor a URL with a host.
    NotAnAddress,
    /// A scheme other than `http`, `https`, `socks`, `socks4`, `socks4a`, `socks5`, `socks5h`.
    UnknownScheme,
}

impl ClientWarning {
    /// The variable; nothing where it is the system that lacks something.
    #[must_use]
    pub fn variable(&self) -> Option<&'static str> {
        match self {
            Self::Certificates { variable, .. } | Self::Proxy { variable, .. } => Some(variable),
            Self::NoCertificates => None,
        }
    }

    pub(super) fn is_about_certificates(&self) -> bool {
        matches!(self, Self::Certificates { .. } | Self::NoCertificates)
    }
}

/// For the technical details of a failed request.
impl fmt::Display for ClientWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificates { variable, path, fault } => {
                let fault = match fault {
                    CertificateFault::Blank => return write!(f, "{variable} is set to nothing"),
                    CertificateFault::Missing => "is not there",
                    CertificateFault::NotAFile => "is not a file",
                    CertificateFault::NotAFolder => "is not a folder",
                    CertificateFault::Unreadable => "can't be read",
                    CertificateFault::NoCertificate => "holds no certificate",
                };
                write!(f, "{variable}: {} {fault}", path.display())
            }
            Self::NoCertificates => f.write_str("this system has no certificate authorities"),
            Self::Proxy { variable, fault: ProxyFault::NotAnAddress } => {
                write!(f, "{variable} holds no address of a proxy")
            }
            Self::Proxy { variable, fault: ProxyFault::UnknownScheme } => {
                write!(f, "{variable} names a kind of proxy that is not supported")
            }
        }
    }
}
