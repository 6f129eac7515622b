//! Networks of companies: certificates that only they know, and a proxy in between.

use std::{fs, sync::Arc};

use anyhow::{Context, Result};
use desktop::{App, PATIENCE, Parts, Query, Window};
use glowjar_sandbox::Settings;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer},
};

use super::fixture::{NO_ARGUMENTS, Scene, fill};

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f28_a_certificate_that_nobody_knows_is_refused_until_its_authority_is_added() -> Result<()>
{
    let mut scene = Scene::with(Parts::default(), Settings::default()).await?;
    let (port, authority) = tls_before(scene.sandbox.port()).await?;
    let window = scene.window().await?;
    let mut typed = scene.minting();
    typed.endpoint = format!("https://localhost:{port}");
    fill(&window, &typed).await?;
    refused(&window, "The connection is not safe").await?;
    window.click(&Query::test_id("save-anyway")).await?;
    told(&window, "The connection is not safe").await?;
    let details = Query::test_id("trouble-details");
    window.click(&Query::text("Technical details").inside(details.clone())).await?;
    let words = |text: &str| text.contains("signed by nobody this computer knows");
    window.wait_until(&details, PATIENCE, words).await?;
    assert_eq!(scene.token_requests(), 0, "a secret went to a server that nobody vouches for");
    scene.picture(&window, "certificate-refused").await?;
    drop(window);

    scene.app.terminate().await?;
    let file = scene.desktop.home().join("company.pem");
    fs::write(&file, authority)?;
    let preferences = json!({ "preferences": { "extraCa": file } });
    fs::write(scene.data_folder().join("preferences.json"), preferences.to_string())?;
    scene.app = App::start(&scene.desktop, NO_ARGUMENTS)?;
    scene.wait_for_status("valid until").await?;
    assert!(scene.sandbox.accepts(&scene.copied_by_tray().await?));
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f29_the_environments_proxy_is_used_and_said_when_it_wants_a_password() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let proxy = format!("http://{}", listener.local_addr()?);
    let asked = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await?;
        let mut head = [0; 1024];
        let length = stream.read(&mut head).await?;
        let refusal = "HTTP/1.1 407 Authentication\r\nproxy-authenticate: Basic\r\n\r\n";
        stream.write_all(refusal.as_bytes()).await?;
        anyhow::Ok(String::from_utf8_lossy(&head[..length]).into_owned())
    });
    let variables = [("HTTPS_PROXY", proxy.as_str()), ("NO_PROXY", "")];
    let scene = Scene::with_variables(Parts::default(), Settings::default(), &variables).await?;
    let window = scene.window().await?;
    let mut typed = scene.minting();
    typed.endpoint = "https://ims.invalid".to_owned();
    fill(&window, &typed).await?;
    refused(&window, "The proxy refused").await?;
    assert!(asked.await??.starts_with("CONNECT ims.invalid:443 "));
    scene.picture(&window, "proxy-wants-a-password").await
}

async fn refused(window: &Window, headline: &str) -> Result<()> {
    window.click(&Query::test_id("save-profile")).await?;
    let panel = Query::test_id("refused");
    window.wait_until(&panel, PATIENCE, |text| text.contains(headline)).await.map(drop)
}

async fn told(window: &Window, headline: &str) -> Result<()> {
    let big = Query::test_id("hero-headline");
    window.wait_until(&big, PATIENCE, |text| text == headline).await.map(drop)
}

/// Serves what listens on `port` with TLS as well, under a certificate for `localhost`. Gives the new port, and in PEM
/// who signed it.
async fn tls_before(port: u16) -> Result<(u16, String)> {
    let mut params = CertificateParams::new(Vec::<String>::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let certificate =
        CertificateParams::new(vec!["localhost".to_owned()])?.signed_by(&key, &authority)?;
    let private = PrivateKeyDer::try_from(key.serialize_der()).ok().context("a key")?;
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)?;
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // Whoever refuses the certificate ends the handshake.
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let Ok(mut there) = TcpStream::connect(("127.0.0.1", port)).await else { continue };
            tokio::spawn(async move { copy_bidirectional(&mut stream, &mut there).await });
        }
    });
    Ok((address.port(), authority.pem()))
}
