// The demo and a browser in front of it, for the tests and the pictures: starts the binary on a free
// port, opens a page on it, and has the verbs of a person.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const BINARY = process.env.LEADLENS_BINARY || 'target/debug/leadlens';
const CHROMIUM = process.env.CHROMIUM || '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

export async function startDemo() {
  const process_ = spawn(BINARY, ['demo', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  const address = await new Promise((resolve, reject) => {
    process_.stdout.on('data', (part) => {
      said += part;
      const found = said.match(/http:\/\/127\.0\.0\.1:\d+\//);
      if (found) resolve(found[0]);
    });
    process_.on('exit', (code) => reject(new Error(`the demo ended with ${code} before it was up`)));
  });
  const ended = new Promise((resolve) => process_.on('exit', (code, by) => resolve({ code, by })));
  return { address, said: () => said, ended, async stop(signal = 'SIGINT') { process_.kill(signal); return ended; } };
}

export async function startBrowser() {
  const profile = mkdtempSync(join(tmpdir(), 'leadlens-browser-'));
  const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: [...FLAGS, `--disk-cache-dir=${profile}`] });
  return { browser, async stop() { await browser.close(); rmSync(profile, { recursive: true, force: true }); } };
}

// A page on the demo, with every request it made and every error it met.
export async function openPage(browser, address, { width = 1280, height = 860, dark = false } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const requests = [];
  const errors = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (line) => line.type() === 'error' && errors.push(line.text()));
  await page.goto(address);
  await page.locator('.composer textarea').first().waitFor();
  return { page, context, requests, errors };
}

// What a person does.
export class Person {
  constructor(page) {
    this.page = page;
  }

  composer() {
    return this.page.locator('#main .composer textarea');
  }

  async types(text) {
    await this.composer().fill(text);
    await this.composer().press('Escape');
    await this.composer().press('Enter');
  }

  modal(title) {
    return this.page.getByRole('dialog', { name: title, exact: true });
  }

  newest() {
    return this.page.locator('#main .message').last();
  }

  message(text) {
    return this.page.locator('#main .message', { hasText: text }).last();
  }

  async moves(how) {
    const said = this.page.locator('.toast').last();
    await this.page.locator(`#control-bar [data-move="${how}"]`).click();
    await this.page.locator('body:not(.moving)').waitFor({ timeout: 60_000 });
    return (await said.textContent()) || '';
  }

  // One of the panels and tools, in the bar or in its menu.
  async behind(name) {
    const tool = this.page.locator('.tool', { hasText: name });
    if (await tool.isVisible()) return tool.click();
    await this.page.getByRole('button', { name: 'Behind the scenes' }).click();
    return this.page.getByRole('menuitem', { name }).click();
  }

  async opensHome() {
    await this.page.getByRole('tab', { name: 'Home' }).click();
    await this.page.locator('.home .b-header').first().waitFor();
  }

  async opensMessages() {
    await this.page.getByRole('tab', { name: 'Messages' }).click();
  }
}
