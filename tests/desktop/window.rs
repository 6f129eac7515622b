//! The application's window, driven as a person drives it.
//!
//! WebKitWebDriver does not start the application (it would kill it with SIGKILL as soon as its page closes) but goes to
//! a web view that is there already, `--target`. Each [`Window`] has a driver of its own, which ends with it; the
//! application goes on, and its next window is attached to anew.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use fantoccini::{
    Client, ClientBuilder,
    actions::{InputSource, KeyAction, KeyActions},
    elements::ElementRef,
    error::CmdError,
};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

pub use element::Element;
pub use query::Query;

use crate::{
    app::App,
    ports::{free_port, wait_for_listener},
    process::Process,
    screen::Screen,
    session::Desktop,
    timeouts::{LOOK_AGAIN, PATIENCE, until, within},
};

mod element;
mod query;

/// An open window of the application.
#[derive(Debug)]
pub struct Window {
    client: Client,
    screen: Screen,
    _driver: Process,
}

impl Window {
    /// Waits until the application has a window, and takes hold of it.
    ///
    /// # Errors
    /// When none opens within `limit`, or WebKitWebDriver isn't installed.
    pub async fn attach(desktop: &Desktop, app: &App, limit: Duration) -> Result<Self> {
        // Asked any sooner, the driver would wait for ever.
        let listening = wait_for_listener(app.inspector(), limit).await;
        listening
            .with_context(|| format!("no window; the application printed:\n{}", app.output()))?;
        let port = free_port()?;
        let mut command = desktop.command("WebKitWebDriver");
        command.args([format!("--port={port}"), format!("--target=127.0.0.1:{}", app.inspector())]);
        let driver = Process::start(command)?;
        wait_for_listener(port, PATIENCE).await.with_context(|| driver.output())?;
        let address = format!("http://127.0.0.1:{port}");
        let builder = ClientBuilder::new(HttpConnector::new());
        let client =
            within(PATIENCE, "the driver to take hold of the window", builder.connect(&address))
                .await??;
        Ok(Self { client, screen: desktop.screen()?, _driver: driver })
    }

    /// What is found first. Things that can't be seen are not found.
    ///
    /// # Errors
    /// When nothing is; shows the page in words.
    pub async fn find(&self, query: &Query) -> Result<Element> {
        match self.find_all(query).await?.into_iter().next() {
            Some(element) => Ok(element),
            None => bail!("no {query} in this page:\n{}", self.outline().await?),
        }
    }

    /// Everything that is found, in the order of the page.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn find_all(&self, query: &Query) -> Result<Vec<Element>> {
        let found = until(PATIENCE, format!("{query} to stay as it is"), || async {
            unless_stale(self.run("return page.find(input)", json!(query)).await)
        })
        .await?;
        let references = found.as_array().context("the page answered something else")?;
        let elements = references.iter().map(|reference| {
            let id = reference.get(ELEMENT).and_then(Value::as_str).context("not an element")?;
            Ok(Element::new(self.client.clone(), ElementRef::from(id.to_owned())))
        });
        elements.collect()
    }

    /// Whether something is found.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn has(&self, query: &Query) -> Result<bool> {
        let found = self.run("return page.find(input).length > 0", json!(query)).await?;
        found.as_bool().context("the page answered something else")
    }

    /// Waits until something is found.
    ///
    /// # Errors
    /// When nothing is within `limit`; shows the page in words.
    pub async fn wait_for(&self, query: &Query, limit: Duration) -> Result<Element> {
        self.wait_until(query, limit, |_| true).await
    }

    /// Waits until something is found whose text is as `wanted`.
    ///
    /// # Errors
    /// As [`Window::wait_for`].
    pub async fn wait_until(
        &self,
        query: &Query,
        limit: Duration,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Element> {
        let deadline = Instant::now() + limit;
        loop {
            for element in self.find_all(query).await? {
                // It may be redrawn in between; then it is found again.
                if element.text().await.is_ok_and(|text| wanted(&text)) {
                    return Ok(element);
                }
            }
            if Instant::now() > deadline {
                bail!(
                    "waited {limit:?} in vain for {query} in this page:\n{}",
                    self.outline().await?
                );
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Waits until nothing is found any more.
    ///
    /// # Errors
    /// When it is still there after `limit`; shows the page in words.
    pub async fn wait_until_gone(&self, query: &Query, limit: Duration) -> Result<()> {
        let deadline = Instant::now() + limit;
        while self.has(query).await? {
            if Instant::now() > deadline {
                bail!("{query} is still in this page:\n{}", self.outline().await?);
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        Ok(())
    }

    /// Finds and clicks, once it is there.
    ///
    /// # Errors
    /// When it doesn't come, or something is in the way.
    pub async fn click(&self, query: &Query) -> Result<()> {
        let clicked = until(2 * PATIENCE, format!("{query} to stay as it is"), || async {
            unless_stale(self.wait_for(query, PATIENCE).await?.click().await)
        });
        clicked.await.with_context(|| query.to_string())
    }

    /// Finds a field, once it is there, and replaces what is in it by typing.
    ///
    /// # Errors
    /// When it doesn't come, or takes no text.
    pub async fn fill(&self, query: &Query, text: &str) -> Result<()> {
        let filled = until(2 * PATIENCE, format!("{query} to stay as it is"), || async {
            unless_stale(self.wait_for(query, PATIENCE).await?.fill(text).await)
        });
        filled.await.with_context(|| query.to_string())
    }

    /// Opens a list of choices and takes the one called `option`; again if the list closed without taking it, as it does
    /// when it is still unfolding.
    ///
    /// # Errors
    /// When the list or the option doesn't come.
    pub async fn choose(&self, list: &Query, option: &str) -> Result<()> {
        let wanted = Query::role("option").named(option);
        let deadline = Instant::now() + PATIENCE;
        while !self.wait_for(list, PATIENCE).await?.text().await?.contains(option) {
            if Instant::now() > deadline {
                bail!("{list} doesn't take {option:?} in this page:\n{}", self.outline().await?);
            }
            self.click(list).await?;
            self.click(&wanted).await?;
            self.wait_until_gone(&wanted, PATIENCE).await?;
        }
        Ok(())
    }

    /// Presses and releases one key wherever the focus is; special keys are [`fantoccini::key::Key`] as `char`.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn press(&self, key: impl Into<char>) -> Result<()> {
        let value = key.into();
        let actions = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value })
            .then(KeyAction::Up { value });
        Ok(self.client.perform_actions(actions).await?)
    }

    /// What has the focus, as role and accessible name; to walk through with the keyboard.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn focused(&self) -> Result<(String, String)> {
        Ok(serde_json::from_value(self.run("return page.focused()", Value::Null).await?)?)
    }

    /// The page in words: a line per thing that has a role, a test id or a text of its own.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn outline(&self) -> Result<String> {
        let outline = self.run("return page.outline()", Value::Null).await?;
        Ok(outline.as_str().unwrap_or_default().to_owned())
    }

    /// Everything that can be read on the page.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn text(&self) -> Result<String> {
        let text = self.run("return page.text(document.body)", Value::Null).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Takes a picture of the window as it is on the screen, into a PNG file. The driver takes none where WebKit paints
    /// without the graphics card.
    ///
    /// # Errors
    /// When the window is gone or the file can't be written.
    pub async fn picture(&self, file: &Path) -> Result<()> {
        // A browser's window says more than the title of its page.
        let title = format!(".*{}.*", self.client.title().await?);
        self.screen.activate(&title).await?;
        self.client.execute_async(NEXT_FRAMES, Vec::new()).await?;
        self.screen.picture_of(&title, file).await
    }

    /// Sends one request to the application as the page does, past the page, and returns the reply.
    ///
    /// # Errors
    /// When the window is gone, or the application has no such request.
    pub async fn ask(&self, request: Value) -> Result<Value> {
        let reply = within(PATIENCE, "a reply", self.client.execute_async(ASK, vec![request]))
            .await?
            .context("the application didn't answer")?;
        ensure!(reply["code"] != "not_understood", "the application has no such request");
        Ok(reply)
    }

    /// For what is not here.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    async fn run(&self, script: &str, input: Value) -> Result<Value> {
        let script = format!("{PAGE}\nconst input = arguments[0];\n{script}");
        within(PATIENCE, "the page", self.client.execute(&script, vec![input]))
            .await?
            .context("the page didn't answer")
    }
}

/// Nothing if the page drew the thing anew between finding and using it: a person wouldn't notice and go on.
fn unless_stale<T>(outcome: Result<T>) -> Result<Option<T>> {
    match outcome {
        Err(error) if is_stale(&error) => Ok(None),
        outcome => outcome.map(Some),
    }
}

fn is_stale(error: &anyhow::Error) -> bool {
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref::<CmdError>());
    causes.any(CmdError::is_stale_element_reference)
}

const PAGE: &str = include_str!("window/page.js");
/// The key of an element's reference (W3C WebDriver, "Elements").
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
const ASK: &str = "const [request, done] = arguments; \
    window.__TAURI_INTERNALS__.invoke('ask', { request }).then(done, error => done({ error }));";
/// A picture taken right after a change shows the frame before it.
const NEXT_FRAMES: &str = "const done = arguments[0]; \
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(null), 500)));";
