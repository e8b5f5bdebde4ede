// Looks at finished pages in a real browser: whatever holds of every page that the program writes.
//
// A page: { name, html, thorough?, harmless?, shown?, inside? }
//   thorough  look for accessibility at each width, in light and in dark
//   harmless  the page of a harmless input of the same shape: both have to consist of the same elements
//   shown     [selector, text] pairs: the text that stands in the only element that the selector finds
//   inside    [needle, selector] pairs: text with this needle in it stands in such elements alone
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const AXE = readFileSync(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const WIDTHS = { wide: 1280, tablet: 700, phone: 360 };
const HEIGHT = 800;

// What runs if anything gets through: each marks the window, asks for something, or changes what is seen.
const ATTACK = `<script>window.ran = 'script'</script><img src="/img" onerror="window.ran = 'onerror'"><svg onload="window.ran = 'onload'"></svg>
<style>h1 { color: rgb(1, 2, 3) }</style><p id="styled" style="color: rgb(1, 2, 3)">styled</p><link rel="stylesheet" href="/css"><iframe src="/frame"></iframe>
<object data="/object"></object><form id="form" action="/form"><button>send</button></form><base href="/base/"><a id="js" href="javascript:window.ran='link'">link</a>`;

let passed = 0;
let failed = 0;

export function check(holds, ...what) {
  holds ? passed++ : failed++;
  if (!holds) console.log('FAILED:', ...what);
}

/** Looks at each page, prints what does not hold and the counts, and gives the exit status. */
export async function look(pages) {
  let html = '';
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    response.setHeader('content-type', request.url === '/css' ? 'text/css' : 'text/html; charset=utf-8');
    response.end(request.url === '/page' ? html : request.url === '/css' ? 'h1 { color: rgb(1, 2, 3) }' : '');
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${server.address().port}/page`;
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });

  /** Opens a page in a profile of its own, and gives `use` the page and what was noticed. */
  async function open(text, options, use) {
    html = text;
    asked.length = 0;
    const context = await browser.newContext({ viewport: { width: WIDTHS.wide, height: HEIGHT }, ...options });
    const page = await context.newPage();
    const noticed = { dialogs: [], errors: [], requests: [], asked };
    page.on('dialog', (dialog) => (noticed.dialogs.push(dialog.message()), dialog.dismiss()));
    page.on('console', (message) => noticed.errors.push(message.text()));
    page.on('pageerror', (error) => noticed.errors.push(String(error)));
    page.on('request', (request) => noticed.requests.push(request.url()));
    // What a script would do to be noticed, whatever its name for it.
    await page.addInitScript(() => {
      window.noticed = [];
      for (const name of ['alert', 'confirm', 'prompt', 'open', 'fetch', 'print']) window[name] = () => window.noticed.push(name);
      document.addEventListener('securitypolicyviolation', (event) => window.noticed.push(`blocked ${event.effectiveDirective}`));
      document.addEventListener('error', (event) => window.noticed.push(`error of ${event.target.tagName}`), true);
    });
    try {
      await page.goto(url, { waitUntil: 'load' });
      return await use(page, noticed);
    } finally {
      await context.close();
    }
  }

  // What scrolls, and so can be focused, depends on the length of the text.
  const elements = (page) =>
    page.evaluate(() => [...document.querySelectorAll('*')].map((element) => [element.localName, element.id, ...element.getAttributeNames().filter((name) => !['tabindex', 'role', 'aria-label'].includes(name))].join()));

  for (const { name, html: text, thorough = false, harmless, shown = [], inside = [] } of pages) {
    const seen = await open(text, {}, async (page, noticed) => {
      const consists = await elements(page);
      const state = await page.evaluate(() => ({
        ran: window.ran,
        noticed: window.noticed,
        forbidden: document.querySelectorAll('script, img, iframe, object, embed, link, base, form, audio, video, foreignObject').length,
        handlers: [...document.querySelectorAll('*')].flatMap((element) => element.getAttributeNames()).filter((name) => /^on|^style$|:/.test(name)),
        links: [...document.querySelectorAll('[href], [src]')].map((element) => element.getAttribute('href') ?? element.getAttribute('src')),
        mode: document.compatMode,
        text: document.documentElement.textContent,
      }));
      check(state.ran === undefined && state.noticed.length === 0 && noticed.dialogs.length === 0, name, 'something ran', state.ran, state.noticed, noticed.dialogs);
      check(noticed.errors.length === 0, name, 'on the console', noticed.errors);
      check(noticed.requests.length === 1 && asked.length === 1, name, 'more than the document was asked for', noticed.requests, asked);
      check(state.forbidden === 0 && state.handlers.length === 0, name, 'elements or attributes that it must not have', state.forbidden, state.handlers);
      check(state.links.every((link) => /^#[a-z]+$|^https:\/\/(www\.rfc-editor\.org|datatracker\.ietf\.org)\/[a-z0-9/.#-]+$/.test(link)), name, 'links', state.links);
      check(state.mode === 'CSS1Compat', name, 'quirks mode');
      for (const [selector, wanted] of shown) {
        const found = await page.evaluate((selector) => [...document.querySelectorAll(selector)].map((element) => element.textContent), selector);
        check(found.length === 1 && (typeof wanted === 'function' ? wanted(found[0]) : found[0] === wanted), name, 'shown', selector, JSON.stringify(found).slice(0, 300));
      }
      for (const [needle, selector] of inside) {
        const [all, astray] = await page.evaluate(
          ([needle, selector]) => {
            const nodes = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
            const all = [];
            while (nodes.nextNode()) if (nodes.currentNode.data.includes(needle)) all.push(nodes.currentNode.parentElement);
            return [all.length, all.filter((element) => !element.closest(selector)).map((element) => element.outerHTML)];
          },
          [needle, selector],
        );
        check(all > 0 && astray.length === 0, name, `${needle} outside of ${selector}`, all, astray);
      }
      await layout(page, name, thorough);
      await keyboard(page, name);
      return { elements: consists, text: state.text };
    });
    if (harmless !== undefined) {
      const expected = await open(harmless, {}, elements);
      check(JSON.stringify(seen.elements) === JSON.stringify(expected), name, 'other elements than the harmless one', seen.elements.length, expected.length);
    }
    // Nothing of it depends on a script.
    const without = await open(text, { javaScriptEnabled: false }, (page) => page.evaluate(() => document.documentElement.textContent));
    check(without === seen.text, name, 'without JavaScript it says something else');
  }

  await policy(pages, open);
  await browser.close();
  server.close();
  console.log(`${pages.length} pages: ${passed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

/** In light and dark, wide and narrow: nothing scrolls sideways, and no rule of accessibility is violated. */
async function layout(page, name, thorough) {
  await page.evaluate(AXE);
  for (const [device, width] of Object.entries(WIDTHS)) {
    await page.setViewportSize({ width, height: HEIGHT });
    const [whole, window, parts] = await page.evaluate(() => {
      const cut = (element) => getComputedStyle(element).overflowX !== 'visible' && element.clientWidth > 1 && element.scrollWidth > element.clientWidth + 1;
      return [document.scrollingElement.scrollWidth, innerWidth, [...document.querySelectorAll('body *')].filter(cut).map((element) => element.outerHTML.slice(0, 100))];
    });
    check(whole <= window && parts.length === 0, name, device, 'is wider than its place', whole, window, parts);
  }
  for (const [device, colorScheme] of thorough ? ['wide', 'tablet', 'phone'].flatMap((device) => [[device, 'light'], [device, 'dark']]) : [['wide', 'light'], ['phone', 'dark']]) {
    await page.setViewportSize({ width: WIDTHS[device], height: HEIGHT });
    await page.emulateMedia({ colorScheme });
    const found = await page.evaluate(async () => {
      const { violations, incomplete } = await axe.run({ resultTypes: ['violations', 'incomplete'], elementRef: true });
      // What it cannot decide is a matter of eyes. Contrast has to be decided, but where only a part is in sight.
      const open = incomplete.filter(({ id }) => id === 'color-contrast').flatMap(({ nodes }) => nodes.filter(({ element }) => !element.closest('.long')));
      return [...violations.flatMap(({ id, nodes }) => nodes.map((node) => [id, node])), ...open.map((node) => ['contrast unknown', node])].map(([id, node]) => [id, node.html.slice(0, 150), node.any.map(({ message }) => message)]);
    });
    check(found.length === 0, name, device, colorScheme, found.slice(0, 3));
  }
}

/** Everything that scrolls and every link is reached by Tab, with a visible outline; a link into the page leads there. */
async function keyboard(page, name) {
  await page.setViewportSize({ width: WIDTHS.phone, height: HEIGHT });
  const wanted = await page.evaluate(() => {
    const scrolls = (element) => /auto|scroll/.test(getComputedStyle(element).overflowY) && element.scrollHeight > element.clientHeight;
    const all = [...document.querySelectorAll('body *')].filter((element) => element.localName === 'a' || scrolls(element));
    all.forEach((element, index) => (element.dataset.wanted = index));
    return all.length;
  });
  await page.evaluate(() => {
    window.reached = [];
    document.addEventListener('focusin', ({ target }) => window.reached.push([target.dataset.wanted, getComputedStyle(target).outlineStyle]));
  });
  await Promise.all(Array.from({ length: wanted + 2 }, () => page.keyboard.press('Tab')));
  const reached = await page.evaluate(() => window.reached);
  const different = new Set(reached.map(([index]) => index).filter((index) => index !== undefined));
  check(different.size === wanted, name, 'by Tab', different.size, 'of', wanted);
  check(reached.every(([, outline]) => outline !== 'none'), name, 'focus is not seen');
  for (const target of await page.evaluate(() => [...document.querySelectorAll('a[href^="#"]')].map((link) => link.getAttribute('href')))) {
    await page.evaluate(() => scrollTo(0, 0));
    await page.focus(`a[href="${target}"]`);
    await page.keyboard.press('Enter');
    const there = await page.waitForFunction((target) => {
      const box = document.querySelectorAll(target).length === 1 && document.querySelector(target).getBoundingClientRect();
      return box && document.querySelector(`${target}:target`) && box.top >= 0 && box.top < innerHeight;
    }, target, { timeout: 5000 }).catch(() => false);
    check(there, name, `the link to ${target} leads nowhere`);
  }
}

/** The policy in the head stops what would get through: the same attack succeeds as soon as the policy is taken out. */
async function policy(pages, open) {
  const attacked = (html) => html.replace('</main>', `${ATTACK}</main>`);
  const outcome = (html) =>
    open(html, {}, async (page, { asked }) => {
      await page.click('#js');
      await page.click('#form button', { noWaitAfter: true });
      // It is told a little later; if never, the check below says so.
      await page.waitForFunction(() => window.noticed.some((what) => what.includes('form-action')), undefined, { timeout: 10000 }).catch(() => {});
      const state = await page.evaluate(() => ({ ran: window.ran, blocked: window.noticed?.filter((what) => what.startsWith('blocked')), colour: document.querySelector('h1') && getComputedStyle(document.querySelector('h1')).color, own: document.querySelector('#styled') && getComputedStyle(document.querySelector('#styled')).color }));
      return { ...state, asked: [...asked] };
    });
  for (const { name, html } of pages.slice(0, 3)) {
    const meta = /<meta http-equiv="Content-Security-Policy"[^>]*>/;
    check(meta.test(html), name, 'has no policy');
    const held = await outcome(attacked(html));
    check(held.ran === undefined && held.asked.length === 1 && held.colour !== 'rgb(1, 2, 3)' && held.own !== 'rgb(1, 2, 3)', name, 'the policy lets something through', held);
    for (const directive of ['script-src', 'style-src', 'img-src', 'frame-src', 'object-src', 'form-action', 'base-uri']) check(held.blocked.some((what) => what.startsWith(`blocked ${directive}`)), name, 'not blocked:', directive, held.blocked);
    await open(attacked(html.replace(meta, '')), {}, async (page, { asked }) => {
      const free = await page.evaluate(() => ({ ran: window.ran, colour: getComputedStyle(document.querySelector('h1')).color }));
      check(free.ran !== undefined && free.colour === 'rgb(1, 2, 3)' && asked.length > 3, name, 'the attack is none', free, asked);
    });
  }
}
