//! Certificates: refused unless somebody known has signed them for this host and this time.

use std::sync::Arc;

use glowjar_ims::{Client, ClientError, ClientSettings, Provider};
use glowjar_lifecycle::failure::{Failure, Transient};
use glowjar_sandbox::CLIENT_SECRET;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use tokio::{io::AsyncWriteExt, net::TcpListener};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer},
};

use crate::far_end::{RawServer, endpoint, http, mint_with, read_request, settings};

/// An authority that no computer knows until it is told.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn pem(&self) -> Vec<u8> {
        self.0.pem().into_bytes()
    }

    /// A token server with a certificate for `host`; `change` makes it a bad one. Gives its port.
    pub async fn serve(&self, host: &str, change: impl FnOnce(&mut CertificateParams)) -> u16 {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        serve(certificate, &key).await
    }
}

async fn serve(certificate: rcgen::Certificate, key: &KeyPair) -> u16 {
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that refuses the certificate ends the handshake.
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            read_request(&mut stream).await;
            let _ = stream
                .write_all(http("200 OK", "", r#"{"access_token":"over-tls"}"#).as_bytes())
                .await;
            let _ = stream.shutdown().await;
        }
    });
    port
}

fn knowing(authority: &Authority) -> Client {
    let extra_ca = Some(authority.pem());
    Client::new(&ClientSettings { extra_ca, ..settings() }).unwrap()
}

fn provider(port: u16) -> Provider {
    Provider::custom(endpoint(&format!("https://localhost:{port}/token")))
}

async fn check_refused(client: &Client, port: u16, words: &str) {
    let error = mint_with(client, &provider(port), CLIENT_SECRET).await.unwrap_err();
    assert_eq!(error.failure, Failure::transient(Transient::Tls));
    assert!(error.to_string().contains(words), "{error}");
}

#[tokio::test]
async fn f28_an_extra_authority_is_believed() {
    let authority = Authority::new();
    let port = authority.serve("localhost", |_| {}).await;
    let issued = mint_with(&knowing(&authority), &provider(port), CLIENT_SECRET).await.unwrap();
    assert_eq!(issued.access_token.expose(), "over-tls");
}

#[tokio::test]
async fn f28_without_it_the_same_server_is_refused() {
    let port = Authority::new().serve("localhost", |_| {}).await;
    check_refused(&crate::far_end::client(), port, "signed by nobody this computer knows").await;
    check_refused(&knowing(&Authority::new()), port, "signed by nobody this computer knows").await;
}

#[tokio::test]
async fn f28_a_self_signed_certificate_is_refused() {
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let port = serve(certificate, &key).await;
    check_refused(&crate::far_end::client(), port, "certificate").await;
}

#[tokio::test]
async fn f28_an_expired_certificate_is_refused() {
    let authority = Authority::new();
    let port =
        authority.serve("localhost", |params| params.not_after = date_time_ymd(2001, 1, 1)).await;
    check_refused(&knowing(&authority), port, "has expired").await;
}

#[tokio::test]
async fn f28_a_certificate_of_the_future_is_refused() {
    let authority = Authority::new();
    let port =
        authority.serve("localhost", |params| params.not_before = date_time_ymd(3001, 1, 1)).await;
    check_refused(&knowing(&authority), port, "not valid yet").await;
}

#[tokio::test]
async fn f28_a_certificate_for_another_host_is_refused() {
    let authority = Authority::new();
    let port = authority.serve("other.example", |_| {}).await;
    check_refused(&knowing(&authority), port, "for another host").await;
}

#[tokio::test]
async fn a_server_without_tls_is_refused_and_a_cut_handshake_is_a_connection_fault() {
    for (answer, expected) in [
        ("HTTP/1.1 400 Plain HTTP to a TLS port\r\n\r\n", Transient::Tls),
        ("", Transient::Connect),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut hello = [0; 5];
            tokio::io::AsyncReadExt::read_exact(&mut stream, &mut hello).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
            // Until the client has hung up: an early close would reset what was just written.
            tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut Vec::new()).await.ok();
        });
        let error =
            mint_with(&crate::far_end::client(), &provider(port), CLIENT_SECRET).await.unwrap_err();
        assert_eq!(error.failure, Failure::transient(expected), "{error}");
    }
}

#[tokio::test]
async fn an_extra_ca_file_without_a_certificate_is_said() {
    let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for pem in [&b""[..], b"hello", b"\xff\xfe", broken] {
        let extra_ca = Some(pem.to_vec());
        let error = Client::new(&ClientSettings { extra_ca, ..settings() }).unwrap_err();
        assert!(matches!(error, ClientError::ExtraCa), "{error:?}");
    }
}

#[tokio::test]
async fn plain_http_never_leaves_this_machine() {
    let server = RawServer::start("").await;
    assert!(glowjar_ims::Endpoint::parse(&server.url.replace("127.0.0.1", "192.0.2.1")).is_err());
}
