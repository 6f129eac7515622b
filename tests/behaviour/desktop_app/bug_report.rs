//! Everything a bug report could hold is searched for secrets.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use desktop::{Desktop, PATIENCE, Parts, Query, Window};
use glowjar_sandbox::{Answer, CLIENT_SECRET, Client, Refusal, Route, Settings};

use super::fixture::{Scene, add, click_in_menu};

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
    click_in_menu(&window, "check-access").await?;
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
    let mut pages = vec![everything_on(&window).await?];
    for (opens, closes) in [
        ("edit-profile", "cancel-edit"),
        ("remove-profile", "cancel-remove"),
        ("add-profile", "page-back"),
        ("open-settings", "page-back"),
    ] {
        match opens {
            "edit-profile" | "remove-profile" => click_in_menu(&window, opens).await?,
            _ => window.click(&Query::test_id(opens)).await?,
        }
        window.wait_for(&Query::test_id(closes), PATIENCE).await?;
        pages.push(everything_on(&window).await?);
        window.click(&Query::test_id(closes)).await?;
        window.wait_until_gone(&Query::test_id(closes), PATIENCE).await?;
    }
    let rotated = scene.sandbox.requests_to(Route::Token);
    secrets
        .extend(rotated.iter().filter_map(|sent| sent.field("refresh_token").map(str::to_owned)));

    for part in secrets.iter().flat_map(|secret| parts(secret)) {
        let seen = pages.iter().any(|page| page.contains(part));
        found.extend(seen.then(|| "a page, or what it was sent".to_owned()));
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
    assert_eq!(found, Vec::<String>::new());
    assert!(scene.app.output().contains("TRACE"), "the log was not at trace level");
    assert!(scene.app.is_running());
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f33_a_panic_with_a_fresh_token_in_hand_shows_no_secret_and_leaves_no_icon() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let order = folder.path().join("crash");
    let variables = [
        ("GLOWJAR_LOG", "trace"),
        ("RUST_BACKTRACE", "full"),
        ("GLOWJAR_CRASH_FILE", order.to_str().context("an odd folder")?),
    ];
    let started = Scene::at_work_with(Parts::default(), Settings::default(), &variables);
    let mut scene = Box::pin(started).await?;
    let mut secrets = vec![CLIENT_SECRET.to_owned(), scene.copied_by_tray().await?];
    fs::write(&order, "taken-over 1 0 panic")?;
    scene.item().await?.click_when_enabled(&["Refresh now"], PATIENCE).await?;
    let end = scene.app.wait(PATIENCE).await?;
    assert_eq!(end.code(), Some(1), "an icon over a token that nobody renews");
    let output = scene.app.output();
    for word in ["ordered by a test", "stack backtrace", "controller_failed", "TRACE"] {
        assert!(output.contains(word), "no {word} in the output");
    }
    let sent = scene.sandbox.requests_to(Route::Token);
    secrets.extend(sent.iter().filter_map(|sent| sent.field("refresh_token").map(str::to_owned)));
    for part in secrets.iter().flat_map(|secret| parts(secret)) {
        assert!(!output.contains(part), "the output holds a secret");
        assert_eq!(files_with(&scene.desktop, part)?, Vec::<String>::new());
    }
    Ok(())
}

/// What can be read on the page, what its elements say without showing it, and the snapshot it was sent.
async fn everything_on(window: &Window) -> Result<String> {
    let page = window.client().execute(EVERYTHING, Vec::new()).await?;
    let page = page.as_str().context("no page")?.to_owned();
    ensure!(page.contains("\"revision\":"), "the page was sent no snapshot: {page}");
    Ok(page + &window.text().await?)
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

/// The whole of it, and what is still telling of it however the rest is escaped. All JWTs begin alike; they end apart.
pub fn parts(secret: &str) -> [&str; 3] {
    let end = secret.len().saturating_sub(8);
    [secret, secret.get(..8).unwrap_or(secret), secret.get(end..).unwrap_or(secret)]
}

const EVERYTHING: &str = r#"
    const seen = new Set(), said = [];
    const look = (root) => {
        said.push(root.innerHTML ?? "");
        for (const element of root.querySelectorAll("*")) {
            if (element.value) said.push(String(element.value));
            if (element.connection?.snapshot) said.push(JSON.stringify(element.connection.snapshot));
            if (element.shadowRoot && !seen.has(element)) { seen.add(element); look(element.shadowRoot); }
        }
    };
    look(document.documentElement);
    return said.join("\n");
"#;

/// Its first eight characters are written the same in forms, JSON and shells.
const SECRET: &str = "p8e-Xq7z+a&b%25 \"quoted' =";
