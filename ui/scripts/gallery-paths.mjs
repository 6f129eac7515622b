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
    await show("secret-rejected");
    await at("trouble-action").click();
    await at("field-client-secret").waitFor();
    await page.waitForFunction(() => document.activeElement?.dataset.testid === "field-client-secret");
    await at("cancel-edit").click();
    await page.waitForFunction(() => document.activeElement?.dataset.testid === "edit-profile");
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
    assert.equal(await at("hero-countdown").textContent(), "24 h left");
    assert.equal(await at("trouble").count(), 0);
  },

  async "another profile is chosen with the arrow keys"(page, at, show) {
    await show("live-long");
    await at("profile-row-Campaign Studio").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    assert.equal(await at("hero-name").textContent(), "Packaging (shared)");
  },
};
