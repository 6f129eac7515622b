// What a person does in the window, by keyboard where it matters, played in the gallery by gallery-test.mjs.
import assert from "node:assert/strict";

const focused = (page) => page.evaluate(() => document.activeElement?.dataset.testid);

export const paths = {
  async "nothing typed is lost when a draft is refused"(page, at, show) {
    await show("form-new");
    await at("field-client-secret").locator("input").fill(` a+b&c%"' `);
    await at("save-profile").click();
    await at("error-name").waitFor();
    assert.equal(await focused(page), "field-name");
    assert.equal(await at("field-client-secret").locator("input").inputValue(), ` a+b&c%"' `);
  },

  async "a profile is added with the keyboard alone"(page, at, show) {
    await show("form-new");
    await page.keyboard.type("Spring");
    await at("field-client-id").locator("input").focus();
    await page.keyboard.type("id");
    await at("field-client-secret").locator("input").focus();
    await page.keyboard.type("secret");
    await page.keyboard.press("Enter");
    await at("profile-row-Spring").waitFor();
  },

  async "what can't be brought back takes a second click, and the focus stays in its section"(page, at, show) {
    await show("programs-some");
    await at("away-sink-1").focus();
    await page.keyboard.press("Enter");
    assert.match(await at("away-sink-1").innerText(), /Really remove/);
    await page.keyboard.press("Tab");
    assert.match(await at("away-sink-1").innerText(), /^Remove/);
    await at("away-sink-1").focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await at("sink-1").waitFor({ state: "detached" });
    await page.waitForFunction(() => document.activeElement?.localName === "summary");
    assert.equal(await at("sink-2").count(), 1);
  },

  async "a question is answered with the keyboard alone"(page, at, show) {
    await show("questions-all");
    await at("question-deny").first().focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelectorAll("[data-testid=question]").length === 2);
    await page.waitForFunction(() => document.activeElement?.dataset.testid === "copy-token");
  },

  async "Escape keeps the profile and the focus where it was"(page, at, show) {
    await show("remove-asks");
    await page.keyboard.press("Escape");
    await at("remove-dialog").waitFor({ state: "detached" });
    assert.equal(await at("profile-row-Campaign Studio").count(), 1);
  },

  async "a removed profile is gone after the question is answered"(page, at, show) {
    await show("remove-asks");
    assert.equal(await focused(page), "cancel-remove");
    await at("confirm-remove").click();
    await at("profile-row-Campaign Studio").waitFor({ state: "detached" });
  },

  async "a stored secret is never shown, and its field says that it is there"(page, at, show) {
    await show("form-edit");
    const input = at("field-client-secret").locator("input");
    assert.equal(await input.inputValue(), "");
    assert.equal(await input.getAttribute("type"), "password");
    assert.equal(await input.getAttribute("placeholder"), "Stored in the keychain");
  },

  async "the trouble's one button leads to the field that mends it"(page, at, show) {
    await show("trouble-scopes");
    await at("trouble-action").click();
    await page.waitForFunction(() => document.activeElement?.dataset.testid === "field-scopes");
    await at("cancel-edit").click();
    await page.waitForFunction(() => document.activeElement?.dataset.testid === "trouble-action");
  },

  async "a rejected secret is replaced where its button leads, and no old one is left to look after"(page, at, show) {
    await show("secret-rejected");
    await at("trouble-action").click();
    await at("secret-lost").waitFor();
    await page.waitForFunction(() => document.activeElement?.dataset.testid === "field-client-secret");
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => document.activeElement?.dataset.testid === "trouble-action");
    await at("trouble-action").click();
    await page.waitForFunction(() => document.activeElement?.dataset.testid === "field-client-secret");
    await page.keyboard.type("p8e-1234567890");
    await page.keyboard.press("Enter");
    await at("secret-done").waitFor();
    assert.equal(await at("secret-confirm").count(), 0);
  },

  async "a secret is made, taken into use, and the old one deleted, by one button that says what comes next"(
    page,
    at,
    show,
  ) {
    await show("secret-api-make");
    await at("secret-make").click();
    await at("secret-done").waitFor();
    assert.equal(await at("secret-make").count(), 0);
    await at("secret-delete-old").click();
    await at("secret-make").waitFor();
    assert.match(await at("secret-done").innerText(), /old secret is refused/);
  },

  async "copying is confirmed on the button, counted down, and can be undone"(page, at, show) {
    await show("just-copied");
    await at("clipboard-countdown").waitFor();
    assert.match(await at("announcement").textContent(), /^Token copied/);
    await at("clear-clipboard").click();
    await at("clipboard-countdown").waitFor({ state: "detached" });
  },

  async "refresh now shows that it is busy, and that it is done"(page, at, show) {
    await show("secret-rejected");
    await at("refresh-now").click();
    await page.waitForSelector('[data-testid="refresh-now"][data-busy="true"]');
    await page.waitForSelector('[data-testid="refresh-now"][data-busy="false"]');
    assert.equal((await at("hero-countdown").textContent()).replaceAll("\u00a0", " "), "24 h left");
    assert.equal(await at("trouble").count(), 0);
  },

  async "another profile is chosen with the arrow keys"(page, at, show) {
    await show("live-long");
    await at("profile-row-Campaign Studio").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    assert.equal(await at("hero-name").textContent(), "Packaging (shared)");
  },

  async "from launch to a token by paste: one key to paste, one to save"(page, at, show) {
    await show("welcome");
    assert.equal(await focused(page), "paste-text");
    await page.keyboard.insertText("curl -d 'client_id=abc&client_secret=s3cret-s3cret&scope=openid,firefly_api'");
    await page.waitForFunction(() => document.activeElement?.dataset.testid === "save-understood");
    assert.ok(!(await page.content()).includes("s3cret"), "the secret is still in the page");
    assert.equal(await at("understood-client-id").textContent(), "abc");
    await page.keyboard.press("Enter");
    await at("hero-countdown").waitFor();
    await page.waitForFunction(() => document.activeElement?.dataset.testid === "copy-token");
  },

  async "a saved profile is waited for on the page that saved it"(page, at, show) {
    await show("paste-saved");
    await page.waitForSelector('[data-testid="save-understood"][data-busy="false"]');
    assert.equal(await at("welcome-add").count(), 0);
  },

  async "a wrong secret is told before anything is saved, and its button leads to the field"(page, at, show) {
    await show("paste-wrong-secret");
    assert.match(await at("refused").textContent(), /secret was rejected\s+Nothing was saved/);
    await at("save-understood").click();
    await page.waitForFunction(() => document.activeElement?.dataset.testid === "field-client-secret");
    assert.equal(await at("field-client-id").locator("input").inputValue(), "8f1c4a0d2b7e4f63");
  },

  async "a dropped file is read like a paste"(page, at, show) {
    await show("welcome");
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.items.add(new File(['{"client_id":"dropped","client_secret":"sssss"}'], "project.json"));
      window.dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true }));
    });
    await at("understood").waitFor();
    assert.equal(await at("understood-client-id").textContent(), "dropped");
  },

  async "a profile moves by Alt and arrow key, and keeps the focus"(page, at, show) {
    await show("live-long");
    await at("profile-row-Campaign Studio").focus();
    await page.keyboard.press("Alt+ArrowDown");
    await page.waitForFunction(() => document.querySelectorAll(".row")[1]?.dataset.id === "campaign");
    await page.waitForFunction(() => document.activeElement?.dataset.id === "campaign");
    assert.match(await at("announcement").textContent(), /2 of 3/);
  },

  async "a profile moves by dragging it"(page, at, show) {
    await show("live-long");
    const { x, y } = await at("profile-row-Campaign Studio").boundingBox();
    await page.mouse.move(x + 120, y + 20);
    await page.mouse.down();
    await page.mouse.move(x + 120, y + 60, { steps: 4 });
    await page.mouse.move(x + 120, y + 84, { steps: 4 });
    await page.mouse.up();
    await page.waitForFunction(() => document.querySelectorAll(".row")[1]?.dataset.id === "campaign");
  },

  async "a profile is renamed in place, and Escape leaves its name"(page, at, show) {
    await show("renaming");
    await page.keyboard.type("Autumn");
    await page.keyboard.press("Enter");
    await at("profile-row-Autumn").waitFor();
    await show("renaming");
    await page.keyboard.type("Winter");
    await page.keyboard.press("Escape");
    assert.equal(await at("hero-name").textContent(), "Campaign Studio");
  },

  async "the menus work by keyboard alone"(page, at, show) {
    await show("live-long");
    await at("copy-as").focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector("sp-overlay[open]");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await at("clipboard-countdown").waitFor();
    assert.match(await at("announcement").textContent(), /copied/);
  },

  async "a removed profile comes back by Undo"(page, at, show) {
    await show("remove-asks");
    await at("confirm-remove").click();
    await at("undo-remove").click();
    await at("profile-row-Campaign Studio").waitFor();
  },

  async "the strip tells its story by arrow key"(page, at, show) {
    await show("live-alone");
    await at("strip-track").focus();
    const latest = await at("strip-track").getAttribute("aria-valuetext");
    await page.keyboard.press("Home");
    const oldest = await at("strip-track").getAttribute("aria-valuetext");
    assert.notEqual(oldest, latest);
    assert.equal((await at("strip-told").textContent()).trim(), oldest);
  },

  async "a theme holds at once, and so does a language"(page, at, show) {
    await show("settings");
    await at("field-theme").evaluate((picker) => {
      picker.value = "dark";
      picker.dispatchEvent(new Event("change"));
    });
    await page.waitForSelector('sp-theme[color="dark"]');
    await at("field-language").evaluate((picker) => {
      picker.value = "de";
      picker.dispatchEvent(new Event("change"));
    });
    await page.waitForSelector('html[lang="de"]');
    assert.match(await at("settings").textContent(), /Zwischenablage/);
  },

  async "a text size holds at once, for every word of the window"(page, at, show) {
    await show("settings");
    const usual = await page.evaluate(sizesOfType);
    await at("field-text-size").evaluate((picker) => {
      picker.value = "largest";
      picker.dispatchEvent(new Event("change"));
    });
    await page.waitForSelector('html[data-text-size="largest"]');
    const grown = await page.evaluate(sizesOfType);
    assert.ok(usual.length > 50);
    assert.equal(grown.length, usual.length);
    const notGrown = grown.filter(([, size], index) => Math.abs(size / usual[index][1] - 1.28) > 0.01);
    assert.deepEqual(notGrown, []);
  },

  async "a shortcut is taken from the keys, and Backspace turns it off"(page, at, show) {
    await show("settings");
    await at("field-copy-shortcut").focus();
    await page.keyboard.press("Control+Alt+T");
    await page.waitForFunction(() => document.querySelector(".keys").value === "Ctrl+Alt+T");
    await page.keyboard.press("Backspace");
    await page.waitForFunction(() => document.querySelector(".keys").value === "");
  },
};

/** What is written where it can be seen, and how large, in pixels. Runs in the page. */
function sizesOfType() {
  const sizes = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) walk(element.shadowRoot);
      const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
      const words = own.map((node) => node.data.trim()).join("");
      const isSeen = element.checkVisibility() && element.offsetWidth > 1;
      if (words !== "" && isSeen) sizes.push([words, parseFloat(getComputedStyle(element).fontSize)]);
    }
  };
  walk(document.body);
  return sizes;
}
