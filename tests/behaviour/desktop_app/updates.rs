//! The application replaced by a newer version of itself, which Tauri's updater fetches and checks. Releases are signed here,
//! by minisign, as `tauri signer` does it.

use std::{
    fs,
    io::Cursor,
    os::unix::fs::PermissionsExt,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, Result};
use base64::{Engine, prelude::BASE64_STANDARD};
use desktop::{App, Desktop, PATIENCE, Parts, Query, Window, process::output_of, timeouts::until};
use glowjar_sandbox::{Sandbox, Settings};
use minisign::KeyPair;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::{
    fixture::{NO_ARGUMENTS, Scene, add},
    settings::own_folder,
};
use crate::test_app::programs::command_file;

/// What the server has at the moment.
#[derive(Clone, Default)]
struct Release {
    version: String,
    signature: String,
    file: Vec<u8>,
    /// The connection ends in the middle of the file.
    is_cut_off: bool,
}

/// Where releases lie.
struct Server {
    address: String,
    release: Arc<Mutex<Release>>,
}

impl Server {
    async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let server = Self { address, release: Arc::default() };
        let (address, release) = (server.address.clone(), server.release.clone());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let release = release.lock().unwrap_or_else(PoisonError::into_inner).clone();
                // A client that went away is the next request's business.
                let _ = release.serve(&address, &mut stream).await;
            }
        });
        Ok(server)
    }

    fn has(&self, release: Release) {
        *self.release.lock().unwrap_or_else(PoisonError::into_inner) = release;
    }
}

impl Release {
    async fn serve(self, address: &str, stream: &mut TcpStream) -> Result<()> {
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.push(stream.read_u8().await?);
        }
        let body = if request.starts_with(b"GET /latest.json ") {
            let platform = json!({ "signature": self.signature, "url": format!("{address}/file") });
            let platforms = json!({ "linux-x86_64": platform });
            json!({ "version": self.version, "platforms": platforms }).to_string().into_bytes()
        } else {
            self.file
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await?;
        let sent = if self.is_cut_off && body.len() > 10_000 { body.len() / 2 } else { body.len() };
        stream.write_all(&body[..sent]).await?;
        Ok(stream.shutdown().await?)
    }
}

/// As `tauri signer sign` writes it.
fn signed(file: &[u8], version: &str, key: &KeyPair) -> Result<String> {
    let comment = format!("timestamp:1\tfile:glowjar\tversion:{version}");
    let signature =
        minisign::sign(Some(&key.pk), &key.sk, Cursor::new(file), Some(&comment), None)?;
    Ok(BASE64_STANDARD.encode(signature.into_string()))
}

fn public(key: &KeyPair) -> Result<String> {
    Ok(BASE64_STANDARD.encode(key.pk.to_box()?.to_string()))
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn only_a_newer_version_that_is_whole_and_signed_takes_the_place_of_this_one() -> Result<()> {
    let folder = own_folder()?;
    let program = folder.path().join("glowjar-app");
    fs::copy(desktop::app::app_file()?, &program)?;
    let own = fs::read(&program)?;
    let mut newer = own.clone();
    newer.extend_from_slice(b"newer");

    let server = Server::start().await?;
    let (key, other_key) =
        (KeyPair::generate_unencrypted_keypair()?, KeyPair::generate_unencrypted_keypair()?);
    let told = format!("{}/latest.json {} {}", server.address, public(&key)?, program.display());
    let whole = Release {
        version: "99.0.0".to_owned(),
        signature: signed(&newer, "99.0.0", &key)?,
        file: newer.clone(),
        is_cut_off: false,
    };

    // An older one is nothing to speak of.
    server.has(Release {
        version: "0.0.1".to_owned(),
        signature: signed(&newer, "0.0.1", &key)?,
        ..whole.clone()
    });
    let sandbox = Sandbox::start(Settings::default()).await?;
    let desktop = Box::pin(Desktop::start(Parts::default())).await?;
    let app =
        App::start_program(&desktop, &program, NO_ARGUMENTS, &[("GLOWJAR_TEST_UPDATES", &told)])?;
    let mut scene = Scene { app, desktop, sandbox };
    let window = scene.window().await?;
    add(&window, &scene.minting()).await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    look(&scene, &window, 1).await?;
    assert!(!scene.app.output().contains("99.0.0"));
    assert!(!window.has(&Query::test_id("banner-action-update-0.0.1")).await?);

    server.has(Release { is_cut_off: true, ..whole.clone() });
    look_again(&scene, &window).await?;
    let line = Query::test_id("banner-update-99.0.0");
    window.wait_until(&line, PATIENCE, |text| text.contains("99.0.0 is available")).await?;
    scene.picture(&window, "update").await?;
    let mut status = scene.desktop.command(command_file());
    status.arg("status");
    let status = String::from_utf8(output_of(status, PATIENCE).await?)?;
    assert!(status.contains("Glowjar 99.0.0 is available"), "{status}");

    refused(&window, "could not be fetched").await?;
    let half = newer[..newer.len() / 2].to_vec();
    for wrong in [
        Release { file: half, ..whole.clone() },
        Release { signature: signed(&newer, "99.0.0", &other_key)?, ..whole.clone() },
        // An older release under a newer version's name.
        Release { signature: signed(&newer, "0.0.1", &key)?, ..whole.clone() },
    ] {
        server.has(wrong);
        look_again(&scene, &window).await?;
        window.wait_for(&line, PATIENCE).await?;
        refused(&window, "not genuine").await?;
    }
    assert_eq!(fs::read(&program)?, own, "nothing was changed");

    server.has(whole);
    look_again(&scene, &window).await?;
    window.click(&Query::test_id("banner-action-update-99.0.0")).await?;
    scene.app.wait(PATIENCE).await?;
    assert!(fs::read(&program)? == newer, "the newer version is in its place");
    assert_eq!(fs::metadata(&program)?.permissions().mode() & 0o111, 0o111);
    // It was started by the one before, and has its token.
    let token = until(PATIENCE, "the newer version's token", || async {
        let mut token = scene.desktop.command(command_file());
        token.args(["token", "--no-start"]);
        Ok(output_of(token, PATIENCE).await.ok())
    });
    assert!(scene.sandbox.accepts(String::from_utf8(token.await?)?.trim()));
    let now = runs(&program)?.context("the newer version runs")?;
    assert_ne!(now, scene.app.id());
    scene.item().await?.click(&["Quit"]).await?;
    until(PATIENCE, "its end", || async { Ok(runs(&program)?.is_none().then_some(())) }).await
}

/// Switches the setting on, and waits until it was looked for so many times.
async fn look(scene: &Scene, window: &Window, times: usize) -> Result<()> {
    window.click(&Query::test_id("open-settings")).await?;
    window.click(&Query::test_id("field-look-for-updates")).await?;
    let looked = || async {
        Ok((scene.app.output().matches("looked_for_updates").count() >= times).then_some(()))
    };
    until(PATIENCE, "a look at the releases", looked).await?;
    window.click(&Query::test_id("page-back")).await
}

/// Switches it off and on.
async fn look_again(scene: &Scene, window: &Window) -> Result<()> {
    let times = scene.app.output().matches("looked_for_updates").count();
    window.click(&Query::test_id("open-settings")).await?;
    window.click(&Query::test_id("field-look-for-updates")).await?;
    window.click(&Query::test_id("page-back")).await?;
    look(scene, window, times + 1).await
}

async fn refused(window: &Window, words: &str) -> Result<()> {
    window.click(&Query::test_id("banner-action-update-99.0.0")).await?;
    let failure = Query::test_id("failure");
    window.wait_until(&failure, PATIENCE, |text| text.contains(words)).await.map(drop)
}

/// The process that runs this file as the tray's.
fn runs(program: &Path) -> Result<Option<u32>> {
    for entry in fs::read_dir("/proc")? {
        let folder = entry?.path();
        let line = fs::read(folder.join("cmdline")).unwrap_or_default();
        let mut words = line.split(|byte| *byte == 0);
        let is_this = words.next() == Some(program.as_os_str().as_encoded_bytes());
        if is_this && words.next().is_none_or(<[u8]>::is_empty) {
            let id = folder.file_name().and_then(|name| name.to_str());
            return Ok(id.and_then(|id| id.parse().ok()));
        }
    }
    Ok(None)
}
