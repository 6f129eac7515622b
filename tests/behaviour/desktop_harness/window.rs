//! The window driver, with WebKit's own small browser as a child of a program that has no web view: how the
//! application's two processes look to the driver.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};
use desktop::{App, Desktop, KeychainState, NoticeTaker, PATIENCE, Parts, Query, Window};

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_window_in_a_process_of_its_own_is_driven_closed_and_driven_again() -> Result<()> {
    let desktop = start().await?;
    let page = write_page(&desktop)?;
    let mut app = start_browser(&desktop, &page)?;
    for round in 1..=2 {
        let window = open(&desktop, &app, &page).await?;
        assert!(app.descendants().iter().any(|process| process.name == "WebKitWebProcess"));

        drop(window);
        let browser = app
            .descendants()
            .into_iter()
            .find(|process| process.name == "MiniBrowser")
            .context("no browser")?;
        output("kill", &desktop, &[&browser.id.to_string()]).await?;
        app.wait_for_line_after(round - 1, PATIENCE, |line| line == "closed").await?;
        assert!(app.is_running(), "the driver's end took the application along");
    }
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn things_behind_shadow_roots_are_found_read_clicked_and_filled() -> Result<()> {
    let desktop = start().await?;
    let page = write_page(&desktop)?;
    let app = start_browser(&desktop, &page)?;
    let window = open(&desktop, &app, &page).await?;

    window.fill(&Query::field("Client ID"), "typed + by & hand").await?;
    assert_eq!(window.find(&Query::field("Client ID")).await?.value().await?, "typed + by & hand");
    window.fill(&Query::field("Client ID"), "again").await?;
    assert_eq!(window.find(&Query::test_id("client-id")).await?.value().await?, "again");

    assert!(!window.find(&Query::button("Save")).await?.is_enabled().await?);
    let refused =
        window.click(&Query::button("Save")).await.err().map(|error| format!("{error:#}"));
    assert!(refused.is_some_and(|words| words.contains("disabled")));
    window.click(&Query::button("Refresh now")).await?;
    window.wait_until(&Query::test_id("count"), PATIENCE, |text| text == "1 click").await?;
    assert!(!window.has(&Query::text("Not to be seen")).await?);
    assert!(!window.has(&Query::button("Folded away")).await?);
    window.click(&Query::text("More")).await?;
    window.wait_for(&Query::button("Folded away"), PATIENCE).await?;
    assert_eq!(window.find_all(&Query::text("click")).await?.len(), 1);

    // By this word the driver's answers are told apart that are worth asking for again.
    let detached = window.client().execute("return document.createElement('p')", Vec::new()).await;
    assert!(detached.is_err_and(|error| error.is_stale_element_reference()));

    let outline = window.outline().await?;
    assert!(
        outline.contains("textbox #inner \"Client ID\"")
            || outline.contains("textbox \"Client ID\""),
        "{outline}"
    );
    let picture = desktop.home().join("page.png");
    window.picture(&picture).await?;
    assert!(fs::read(&picture)?.starts_with(b"\x89PNG"));
    Ok(())
}

async fn start() -> Result<Desktop> {
    let parts = Parts {
        keychain: KeychainState::Absent,
        notices: NoticeTaker::Nobody,
        panel: false,
        ..Parts::default()
    };
    Desktop::start(parts).await
}

/// A program that opens its next window as soon as the last was closed.
fn start_browser(desktop: &Desktop, page: &str) -> Result<App> {
    let script =
        "while :; do \"$0\" --automation \"$1\" </dev/null >/dev/null 2>&1; echo closed; done";
    App::start_program(desktop, "/bin/sh", ["-c", script, &browser()?.to_string_lossy(), page], &[])
}

async fn open(desktop: &Desktop, app: &App, page: &str) -> Result<Window> {
    let window = Window::attach(desktop, app, PATIENCE).await?;
    // This browser gives the driver an empty tab; the application gives it its one web view.
    window.client().goto(page).await?;
    window.wait_for(&Query::button("Refresh now"), PATIENCE).await?;
    Ok(window)
}

async fn output(program: &str, desktop: &Desktop, arguments: &[&str]) -> Result<Vec<u8>> {
    let mut command = desktop.command(program);
    command.args(arguments);
    desktop::process::output_of(command, PATIENCE).await
}

/// Part of the package that WebKitGTK's libraries are in; its folder bears the machine's name.
fn browser() -> Result<PathBuf> {
    let folders = fs::read_dir("/usr/lib")?.flatten();
    let mut files = folders.map(|folder| folder.path().join("webkit2gtk-4.1/MiniBrowser"));
    files.find(|file| file.exists()).context("no MiniBrowser below /usr/lib")
}

fn write_page(desktop: &Desktop) -> Result<String> {
    let file = desktop.home().join("page.html");
    fs::write(&file, PAGE)?;
    Ok(format!("file://{}", file.display()))
}

const PAGE: &str = r#"<!doctype html><meta charset="utf-8"><title>Stand-in</title>
<x-panel></x-panel>
<script>
customElements.define("x-field", class extends HTMLElement {
  connectedCallback() {
    this.attachShadow({ mode: "open" }).innerHTML = `<div><input id="input"></div>`;
  }
});
customElements.define("x-button", class extends HTMLElement {
  connectedCallback() {
    this.setAttribute("role", "button");
    this.attachShadow({ mode: "open" }).innerHTML = `<style>:host { display: inline-block; padding: 8px }</style><slot></slot>`;
  }
});
customElements.define("x-panel", class extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({ mode: "open" });
    root.innerHTML = `<h1>Campaign</h1>
      <x-field label="Client ID" data-testid="client-id"></x-field>
      <x-button>Refresh <b>now</b></x-button><x-button aria-disabled="true">Save</x-button>
      <p data-testid="count">0 clicks</p><p style="display:none">Not to be seen</p>
      <details><summary>More</summary><div><button>Folded away</button></div></details>`;
    root.querySelector("x-button").addEventListener("click", (event) => {
      root.querySelector("p").textContent = event.isTrusted ? "1 click" : "a false click";
    });
  }
});
</script>"#;
