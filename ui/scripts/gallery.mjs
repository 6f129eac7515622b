// Builds the gallery, serves it on loopback and opens its states in Debian's Chromium.
import { chromium } from "playwright-core";
import { build, preview } from "vite";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export async function openGallery() {
  await build({ mode: "gallery", logLevel: "error" });
  const server = await preview({ mode: "gallery", logLevel: "warn", preview: { host: "127.0.0.1", port: 0 } });
  const { port } = server.httpServer.address();
  const address = `http://127.0.0.1:${port}/gallery.html`;
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });

  async function page({ width = 400, height = 640, colorScheme = "light", scale = 1 }) {
    const context = await browser.newContext({
      viewport: { width, height },
      deviceScaleFactor: scale,
      colorScheme,
      reducedMotion: "reduce",
      locale: "en-GB",
      timezoneId: "Europe/Berlin",
    });
    const page = await context.newPage();
    page.on("pageerror", (error) => console.error(`page error: ${error.message}`));
    return page;
  }

  /** `query` as the gallery knows it: `?lang=de`, `?dir=rtl`, `?text=largest`. */
  async function show(page, state, query = "") {
    await page.goto("about:blank");
    await page.goto(`${address}${query}#${encodeURIComponent(state)}`);
    await page.waitForSelector("html[data-ready]", { timeout: 10_000 });
    await page.waitForTimeout(30);
    // What appears a little later is looked at once it is there.
    await page.evaluate(() => {
      const ending = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity);
      return Promise.all(ending.map((animation) => animation.finished.catch(() => undefined)));
    });
  }

  const listing = await page({});
  await listing.goto(`${address}#list`);
  const names = await listing.locator("a.state").allTextContents();
  await listing.close();

  return {
    names,
    page,
    show,
    async close() {
      await browser.close();
      await new Promise((done) => server.httpServer.close(done));
    },
  };
}
