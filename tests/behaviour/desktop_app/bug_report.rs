//! Everything a bug report could hold is searched for secrets.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;
use desktop::{Desktop, PATIENCE, Parts, Query};
use glowjar_sandbox::{Answer, Client, Refusal, Route, Settings};

use super::scene::{Scene, add};

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f33_no_log_file_or_process_table_shows_a_secret() -> Result<()> {
    let clients = vec![Client::web_app("typed-client", SECRET)];
    let settings = Settings { clients, ..Settings::default() };
    let trace = [("GLOWJAR_LOG", "trace")];
    let mut scene = Scene::with_variables(Parts::default(), settings, &trace).await?;
    let window = scene.window().await?;
    let mut typed = scene.minting();
    typed.client_id = "typed-client".to_owned();
    typed.secret = SECRET.to_owned();
    typed.refresh_token = Some(scene.sandbox.issue_refresh_token("typed-client"));
    add(&window, &typed).await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    let mut found = Vec::new();
    let mut secrets = vec![SECRET.to_owned(), typed.refresh_token.unwrap_or_default()];
    secrets.push(scene.copied_by_tray().await?);
    window.click(&Query::test_id("check-access")).await?;
    window.wait_for(&Query::test_id("access-result"), PATIENCE).await?;

    let refresh = Query::test_id("refresh-now");
    for answer in [Answer::Normal, Answer::EchoedForm, Answer::Refusal(Refusal::InvalidGrant)] {
        let asked = scene.token_requests();
        scene.sandbox.next(Route::Token, answer);
        window.wait_until(&refresh, PATIENCE, |text| text == "Refresh now").await?;
        window.click(&refresh).await?;
        scene.sandbox.wait_for(Route::Token, asked + 1).await;
    }
    window.wait_for(&Query::test_id("trouble"), PATIENCE).await?;
    secrets.push(scene.copied_by_tray().await?);
    let rotated = scene.sandbox.requests_to(Route::Token);
    secrets
        .extend(rotated.iter().filter_map(|sent| sent.field("refresh_token").map(str::to_owned)));

    for secret in &secrets {
        for part in [secret.as_str(), start_of(secret)] {
            let page = window.text().await?;
            found.extend(page.contains(part).then(|| "the page".to_owned()));
            found.extend(scene.app.output().contains(part).then(|| "the output".to_owned()));
            found.extend(files_with(&scene.desktop, part)?);
            let family = scene.app.descendants().into_iter().map(|process| process.id);
            for id in family.chain([scene.app.id()]) {
                for table in ["cmdline", "environ"] {
                    let text = fs::read(format!("/proc/{id}/{table}")).unwrap_or_default();
                    found.extend(holds(&text, part).then(|| format!("{table} of {id}")));
                }
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
    assert!(scene.app.output().contains("TRACE"), "the log was not at trace level");
    assert!(scene.app.is_running());
    Ok(())
}

/// The files in the desktop's home that hold this text, but for the keychain's own.
pub fn files_with(desktop: &Desktop, text: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let keyrings = desktop.home().join(".local/share/keyrings");
    let mut folders = vec![desktop.home(), desktop.runtime_folder()];
    while let Some(folder) = folders.pop() {
        // A browser engine's scratch files may be gone again already.
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let (path, kind) = (entry.path(), entry.file_type()?);
            if kind.is_dir() && path != keyrings {
                folders.push(path);
            } else if kind.is_file() && file_holds(&path, text) {
                found.push(relative(desktop, &path));
            }
        }
    }
    Ok(found)
}

fn file_holds(path: &Path, text: &str) -> bool {
    fs::read(path).is_ok_and(|bytes| holds(&bytes, text))
}

fn relative(desktop: &Desktop, path: &Path) -> String {
    let home: PathBuf = desktop.home();
    path.strip_prefix(home).unwrap_or(path).display().to_string()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// What is still telling, and the same however the rest is escaped.
fn start_of(secret: &str) -> &str {
    secret.get(..8).unwrap_or(secret)
}

/// Its first eight characters are written the same in forms, JSON and shells.
const SECRET: &str = "p8e-Xq7z+a&b%25 \"quoted' =";
