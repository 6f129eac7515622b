// A browser in which a person signs in at `server.mjs` or at PyPI's `oidc-provider-mock`, by their real pages: Debian's
// Chromium, without a window.
//
//   node browser.mjs ADDRESS [allow|abort|abort-consent] [ACCOUNT] [CODE]
//
// With CODE it is the page of `server.mjs` where that is typed in (RFC 8628), and `abort` is said when it asks whether the
// code is right.
//
// Prints one JSON line about the page it ends at: {"url","text"}. Where it ends at an address that nobody answers, as
// `https://studio.example/back`, `text` is empty.

import { createRequire } from 'node:module';

const { chromium } = createRequire(new URL('../../ui/package.json', import.meta.url))('playwright-core');
const [address, decision = 'allow', account = 'dana', code] = process.argv.slice(2);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const page = await browser.newPage({ locale: 'en-US' });
const provider = new URL(address).origin;
// Where it is sent, also if nobody answers there.
let end;
page.on('request', (request) => {
  if (request.isNavigationRequest() && new URL(request.url()).origin !== provider) end = request.url();
});
await page.goto(address);
const isMock = (await page.locator('input[name=sub]').count()) > 0;
if (code !== undefined) {
  await page.fill('input[name=user_code]', code);
  await page.click('button[type=submit]');
  await page.waitForSelector('text=Confirm Device');
  await page.click(decision === 'abort' ? 'button[name=abort]' : 'button[autofocus]');
  if (decision !== 'abort') await signIn();
  await page.waitForSelector(decision === 'allow' ? 'text=Sign-in Success' : 'p.red');
  end = page.url();
} else if (isMock) {
  await page.fill('input[name=sub]', account);
  await page.click(decision === 'allow' ? 'form:has(input[name=sub]) button[type=submit]' : 'button[value=deny]');
} else if (decision === 'abort') {
  await page.click('text=[ Cancel ]');
} else {
  await signIn();
}
while (!end) await page.waitForTimeout(50);
const isAnswered = new URL(end).hostname === '127.0.0.1';
if (isAnswered) await page.waitForURL(end);
const text = isAnswered ? (await page.locator('body').innerText()).trim() : '';
process.stdout.write(`${JSON.stringify({ url: end, text })}\n`);
await browser.close();

async function signIn() {
  await page.fill('input[name=login]', account);
  await page.fill('input[name=password]', 'whatever');
  await page.click('button[type=submit]');
  await page.waitForSelector('text=Authorize');
  await page.click(decision === 'allow' ? 'button[type=submit]' : 'text=[ Cancel ]');
}
