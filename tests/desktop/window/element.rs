//! Something on a page.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use fantoccini::{Client, elements::ElementRef, key::Key};
use serde_json::{Value, json};

use super::{ELEMENT, PAGE};
use crate::timeouts::{LOOK_AGAIN, PATIENCE, within};

/// Something on a page, found by [`super::Window::find`]. It gets old when the page draws it anew.
#[derive(Clone, Debug)]
pub struct Element {
    client: Client,
    reference: ElementRef,
}

impl Element {
    pub(super) fn new(client: Client, reference: ElementRef) -> Self {
        Self { client, reference }
    }

    /// What can be read in it, white space collapsed; what is in it, for a field.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn text(&self) -> Result<String> {
        self.ask_text("return page.text(element)").await
    }

    /// What is in this field.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn value(&self) -> Result<String> {
        self.ask_text("return page.inner(element).value ?? ''").await
    }

    /// The accessible name.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn name(&self) -> Result<String> {
        self.ask_text("return page.nameOf(element)").await
    }

    /// An attribute's value, of the element itself.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn attribute(&self, name: &str) -> Result<Option<String>> {
        let value = self.ask(&format!("return element.getAttribute({})", json!(name))).await?;
        Ok(value.as_str().map(str::to_owned))
    }

    /// Whether a person could use it.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn is_enabled(&self) -> Result<bool> {
        Ok(self.ask("return page.isEnabled(element)").await? == json!(true))
    }

    /// Whether it is checked or selected.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn is_checked(&self) -> Result<bool> {
        Ok(self.ask("return page.isChecked(element)").await? == json!(true))
    }

    /// Moves the pointer to its middle and clicks, after scrolling it into view.
    ///
    /// # Errors
    /// When it is gone, disabled, or stays covered by something else.
    pub async fn click(&self) -> Result<()> {
        use fantoccini::actions::{InputSource, MouseActions, PointerAction};
        let point = self.point().await?;
        let coordinate =
            |axis: &str| point.get(axis).and_then(Value::as_f64).context("no point to click at");
        let (x, y) = (coordinate("x")?, coordinate("y")?);
        let mouse = MouseActions::new("mouse".to_owned())
            .then(PointerAction::MoveTo { duration: None, x, y })
            .then(PointerAction::Down { button: LEFT })
            .then(PointerAction::Up { button: LEFT });
        within(PATIENCE, "a click", self.client.perform_actions(mouse))
            .await?
            .context("the click failed")
    }

    /// Where to click, once it stays in one place and nothing is in front of it: a list that unfolds is still on its
    /// way, and one that has no place yet lies behind everything else.
    async fn point(&self) -> Result<Value> {
        let deadline = Instant::now() + PATIENCE;
        let mut point = Value::Null;
        loop {
            let now = self.ask("return page.pointAt(element)").await?;
            match now.get("obstacle").and_then(Value::as_str) {
                None if is_same_place(&now, &point) => return Ok(now),
                obstacle if Instant::now() > deadline || obstacle == Some(DISABLED) => {
                    bail!(
                        "can't be clicked: {}",
                        obstacle.unwrap_or("it doesn't stay in one place")
                    )
                }
                _ => {}
            }
            tokio::time::sleep(LOOK_AGAIN).await;
            point = now;
        }
    }

    /// Types into it, after what is there.
    ///
    /// # Errors
    /// When it is gone or takes no text.
    pub async fn type_text(&self, text: &str) -> Result<()> {
        let field =
            self.ask("const field = page.inner(element); field.focus(); return field").await?;
        let id = field.get(ELEMENT).and_then(Value::as_str).context("not a field")?;
        let inner = fantoccini::elements::Element::from_element_id(
            self.client.clone(),
            ElementRef::from(id.to_owned()),
        );
        within(PATIENCE, "the keyboard", inner.send_keys(text)).await?.context("typing failed")
    }

    /// Replaces what is in it by typing.
    ///
    /// # Errors
    /// As [`Element::type_text`].
    pub async fn fill(&self, text: &str) -> Result<()> {
        self.ask("const field = page.inner(element); field.focus(); field.select?.(); return null")
            .await?;
        let typed =
            if text.is_empty() { char::from(Key::Backspace).to_string() } else { text.to_owned() };
        self.type_text(&typed).await
    }

    async fn ask_text(&self, script: &str) -> Result<String> {
        Ok(self.ask(script).await?.as_str().unwrap_or_default().to_owned())
    }

    async fn ask(&self, script: &str) -> Result<Value> {
        let script = format!("{PAGE}\nconst element = arguments[0];\n{script}");
        let reference = json!({ ELEMENT: self.reference.to_string() });
        within(PATIENCE, "the page", self.client.execute(&script, vec![reference]))
            .await?
            .context("it is gone")
    }
}

/// As `page.js` says it. Whether to wait for a disabled thing is the test's to say.
const DISABLED: &str = "it is disabled";
/// The main mouse button (W3C WebDriver, "Pointer input source").
const LEFT: u64 = 0;

/// Scrolled to the middle between two pixels, an element is at one of them and then at the other.
fn is_same_place(one: &Value, other: &Value) -> bool {
    let is_near = |axis: &str| {
        let at = |point: &Value| point.get(axis).and_then(Value::as_i64);
        at(one).zip(at(other)).is_some_and(|(one, other)| one.abs_diff(other) <= 1)
    };
    is_near("x") && is_near("y")
}
