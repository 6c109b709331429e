// The page itself: its weight, its manners towards keyboard, screen readers, small screens and dark
// rooms, what a teammate sees, hostile text, and how the bot shows itself when Slack is in trouble.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { findings } from './axe.mjs';
import { openPage, Person, startBrowser, startDemo } from './demo.mjs';

describe('the page', () => {
  let demo;
  let browser;

  before(async () => {
    [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
  });

  after(async () => {
    await browser?.stop();
    await demo?.stop();
  });

  const open = (options) => openPage(browser.browser, demo.address, options);

  test('it weighs under 300 kB, asks nobody else, and is there within a second', async () => {
    const context = await browser.browser.newContext();
    const page = await context.newPage();
    const answers = [];
    page.on('response', (response) => answers.push(response));
    await page.goto(demo.address);
    await page.locator('.composer textarea').first().waitFor();
    const ready = await page.evaluate(() => performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd);
    let weight = 0;
    for (const answer of answers.filter((one) => !one.url().endsWith('/events') && !one.url().startsWith('data:'))) {
      weight += (await answer.body()).length;
    }
    const foreign = answers.map((one) => one.url()).filter((url) => !url.startsWith(demo.address) && !url.startsWith('data:'));
    assert.deepEqual(foreign, []);
    assert.ok(weight > 10_000 && weight < 300_000, `${weight} bytes`);
    assert.ok(ready < 1_000, `${ready} ms`);
    await context.close();
  });

  for (const [width, height] of [[1280, 860], [390, 844]]) {
    test(`the first minute at ${width} pixels: a welcome, and three ways to begin`, async () => {
      const fresh = await startDemo();
      const { page, context } = await openPage(browser.browser, fresh.address, { width, height });
      const me = new Person(page);
      await me.message('I am LeadLens').waitFor();
      const begin = page.getByRole('region', { name: 'Where to begin' });
      const way = (name) => begin.getByRole('button', { name, exact: true });
      assert.deepEqual(await begin.getByRole('button').allInnerTexts(), ['Check in now', 'Show me a month', 'Look around']);
      assert.deepEqual(await findings(page, 'the first minute'), []);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
      await way('Check in now').click();
      await me.modal('Check in').waitFor();
      await page.keyboard.press('Escape');
      await me.modal('Check in').waitFor({ state: 'hidden' });
      assert.equal(await way('Check in now').count(), 0);
      await way('Show me a month').click();
      const toast = page.locator('.toast', { hasText: '36 sample check-ins' });
      await toast.waitFor({ timeout: 60_000 });
      const said = await toast.boundingBox();
      const list = await page.locator('#main .messages').boundingBox();
      assert.ok(said.x + said.width <= list.x || said.y + said.height <= list.y || said.y >= list.y + list.height, 'a toast covers the conversation');
      const report = page.locator('#main .message', { has: page.locator('figure.chart') }).last();
      await report.waitFor();
      await way('Look around').click();
      await me.modal('Look around').getByText('Nothing leaves this machine').waitFor();
      assert.deepEqual(await findings(page, 'look around'), []);
      await page.keyboard.press('Escape');
      await begin.waitFor({ state: 'hidden' });
      await context.close();
      await fresh.stop();
    });
  }

  test('who writes while scrolled up sees the answer', async () => {
    const { page, context } = await open();
    const me = new Person(page);
    for (let nth = 0; nth < 4; nth += 1) {
      await me.types('/leadlens help');
      await page.locator('#main .message').nth(nth + 1).waitFor();
    }
    const list = page.locator('#main .messages');
    await list.hover();
    await page.mouse.wheel(0, -3000);
    await page.waitForFunction(() => document.querySelector('#main .messages').scrollTop === 0);
    await me.types('/leadlens pause friday');
    await me.message('Nothing comes by itself before').waitFor();
    await page.waitForFunction(() => {
      const node = document.querySelector('#main .messages');
      return node.scrollHeight - node.scrollTop - node.clientHeight < 2;
    });
    await context.close();
  });

  test('other pages cannot act here, and names of theirs are not answered', async () => {
    const url = new URL(demo.address);
    const post = (headers) => fetch(`${demo.address}page/api/clock`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: '{"as":"U0YOU","how":"hour"}' });
    assert.equal((await post({})).status, 403);
    const { request } = await import('node:http');
    const status = await new Promise((resolve) => {
      request({ host: url.hostname, port: url.port, path: '/', headers: { host: 'evil.example' } }, (answer) => resolve(answer.statusCode)).end();
    });
    assert.equal(status, 403);
    const policy = (await fetch(demo.address)).headers.get('content-security-policy');
    assert.match(policy, /default-src 'none'/);
  });

  for (const [width, height] of [[1280, 860], [390, 844]]) {
    for (const dark of [false, true]) {
      test(`axe has nothing serious to say at ${width} pixels, ${dark ? 'dark' : 'light'}`, async () => {
        const { page, context } = await open({ width, height, dark });
        const me = new Person(page);
        const found = await findings(page, 'messages');
        await me.composer().fill('/leadlens ');
        await page.getByRole('option').first().waitFor();
        found.push(...await findings(page, 'suggestions'));
        await me.types('/leadlens checkin');
        const form = me.modal('Check in');
        await form.waitFor();
        await form.getByRole('button', { name: 'Keep' }).click();
        await form.getByText('Please complete this required field.').first().waitFor();
        found.push(...await findings(page, 'a form with errors'));
        await page.keyboard.press('Escape');
        await form.waitFor({ state: 'hidden' });
        await me.types('/leadlens schedule');
        await me.modal('Schedule').waitFor();
        found.push(...await findings(page, 'the schedule'));
        await page.keyboard.press('Escape');
        await me.modal('Schedule').waitFor({ state: 'hidden' });
        await me.types('/leadlens help');
        await page.locator('.only-me').last().waitFor();
        found.push(...await findings(page, 'an ephemeral message'));
        await me.behind('Fill with sample months');
        await page.locator('body:not(.moving)').waitFor({ timeout: 60_000 });
        await me.types('/leadlens report 2026-09');
        await page.locator('#main figure.chart').last().waitFor();
        found.push(...await findings(page, 'a report'));
        await me.opensHome();
        found.push(...await findings(page, 'Home'));
        await me.behind('What is stored');
        await me.modal('What is stored').waitFor();
        for (const closed of await page.locator('details:not([open]) summary').all()) await closed.click();
        found.push(...await findings(page, 'what is stored'));
        await page.keyboard.press('Escape');
        await me.behind('Slack trouble');
        await me.modal('Slack trouble').waitFor();
        found.push(...await findings(page, 'Slack trouble'));
        await page.keyboard.press('Escape');
        if (width < 760) {
          await page.locator('.burger').click();
          await page.locator('.side-open').waitFor();
          found.push(...await findings(page, 'the drawer'));
        }
        await page.getByRole('button', { name: /team-checkout/ }).click();
        await page.getByText('Which one should we go with?').waitFor();
        found.push(...await findings(page, 'the channel'));
        const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.equal(sideways, 0, 'the page scrolls sideways');
        assert.deepEqual(found, []);
        await context.close();
      });
    }
  }

  test('everything is reached by the keyboard, and the focus comes back', async () => {
    const { page, context } = await open();
    const me = new Person(page);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
    await me.composer().focus();
    await page.keyboard.type('/leadlens chec');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const form = me.modal('Check in');
    await form.waitFor();
    const held = () => page.evaluate(() => Boolean(document.activeElement.closest('dialog')));
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'TEXTAREA');
    for (let nth = 0; nth < 14; nth += 1) {
      await page.keyboard.press('Tab');
      const where = await page.evaluate(() => document.activeElement.tagName);
      assert.ok(where === 'BODY' || await held(), `the focus left the form at step ${nth}`);
    }
    await page.keyboard.press('Escape');
    await form.waitFor({ state: 'hidden' });
    assert.equal(await page.evaluate(() => Boolean(document.activeElement.closest('.composer'))), true);
    const shortcuts = page.getByRole('button', { name: 'Files and shortcuts' });
    await shortcuts.focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('menuitem', { name: /Check in/ }).waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), 'Files and shortcuts');
    await context.close();
  });

  test('markup that a member types stays text, and runs nothing', async () => {
    const { page, context, errors } = await open();
    const me = new Person(page);
    const hostile = '<img src=x onerror="document.title=\'owned\'"> <script>document.title="owned"</script> *bold* <https://evil.example|click> &lt;b&gt; \u202Egnp.exe';
    await page.getByRole('button', { name: /team-checkout/ }).click();
    await me.types(hostile);
    const mine = me.message('onerror');
    await mine.waitFor();
    assert.match(await mine.innerText(), /<img src=x onerror=/);
    assert.match(await mine.innerText(), /&lt;b&gt;/);
    assert.equal(await mine.locator('img, script').count(), 0);
    assert.equal(await mine.locator('a').count(), 0);
    await page.locator('[data-go="app"]').click();
    await me.types('/leadlens checkin');
    const form = me.modal('Check in');
    await form.getByLabel('What is in front of you?').fill(hostile);
    await form.getByLabel('What do you think the best move is?').fill(hostile);
    await form.getByLabel('Both').check();
    await form.getByRole('button', { name: 'Keep' }).click();
    await me.modal('One more question').getByText('onerror').first().waitFor();
    assert.equal(await page.locator('dialog img, dialog script, dialog .blocks a').count(), 0);
    assert.equal(await page.title(), 'LeadLens demo');
    await page.getByRole('button', { name: 'Stop here' }).click();
    assert.deepEqual(errors, []);
    await context.close();
  });

  test('a teammate sees the channel and their own messages, and nothing of another\'s reflections', async () => {
    const { page, context } = await open();
    const me = new Person(page);
    await me.types('/leadlens checkin');
    const form = me.modal('Check in');
    await form.getByLabel('What do you think the best move is?').fill('A secret of Mika alone.');
    await form.getByLabel('Both').check();
    await form.getByRole('button', { name: 'Keep' }).click();
    await me.modal('One more question').getByText('A secret of Mika alone.').waitFor();
    await page.getByRole('button', { name: 'Stop here' }).click();
    await page.locator('[data-go="U0ANA"]').click();
    await page.locator('.toast', { hasText: 'You see what Ana Duarte sees.' }).waitFor();
    await page.locator('#main').getByText('Nothing was said yet').waitFor();
    const ana = await (await fetch(`${demo.address}page/api/state?as=U0ANA`)).text();
    assert.doesNotMatch(ana, /secret of Mika/);
    assert.match(ana, /Which one should we go with/);
    await me.behind('What is stored');
    const panel = me.modal('What is stored');
    await panel.waitFor();
    assert.doesNotMatch(await panel.textContent(), /secret of Mika/);
    await page.keyboard.press('Escape');
    await me.opensHome();
    assert.doesNotMatch(await page.locator('.home').innerText(), /secret of Mika/);
    await context.close();
  });

  test('a message of one\'s own is edited, deleted after a question, and carries a file', async () => {
    const { page, context } = await open();
    const me = new Person(page);
    await page.getByRole('button', { name: /team-checkout/ }).click();
    await page.getByLabel('File to upload').setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('what was said') });
    await page.locator('.chips').getByText('notes.txt').waitFor();
    await me.types('The notes of the planning.');
    const mine = me.message('The notes of the planning.');
    await mine.getByRole('link', { name: /notes.txt/ }).waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), mine.getByRole('link', { name: /notes.txt/ }).click()]);
    assert.equal(download.suggestedFilename(), 'notes.txt');
    await mine.hover();
    await mine.getByRole('button', { name: /^More actions/ }).click();
    await page.getByRole('menuitem', { name: 'Delete message' }).click();
    await page.getByRole('dialog', { name: 'Delete message' }).getByRole('button', { name: 'Delete' }).click();
    await page.getByText('The notes of the planning.').waitFor({ state: 'detached' });
    await context.close();
  });

  test('a message shortcut opens its form on a message, and a button in it changes it in place', async () => {
    const { page, context } = await open();
    const me = new Person(page);
    await page.getByRole('button', { name: /team-checkout/ }).click();
    const asked = me.message('Which one should we go with?');
    await asked.hover();
    await asked.getByRole('button', { name: /^More actions/ }).press('ArrowDown');
    await page.getByRole('menuitem', { name: /^Ask, don't fix/ }).click();
    const form = me.modal('Ask, don\'t fix');
    await form.waitFor();
    const question = form.getByRole('textbox');
    assert.equal(await question.inputValue(), 'What do you think the best move is?');
    await form.getByRole('button', { name: 'Take this one' }).first().click();
    await page.waitForFunction(() => !document.querySelector('dialog input').value.startsWith('What do you think'));
    await form.getByRole('button', { name: 'I asked it' }).click();
    await form.getByText('Counted: one question given back.').waitFor();
    await page.keyboard.press('Escape');
    await form.waitFor({ state: 'hidden' });
    await context.close();
  });

  // Slack keeps what is in an input while its form lives and the input has the same block and action id.
  test('an earlier audit and a plan of the list open with their words, and saving them keeps them', async () => {
    const { page, context } = await open();
    const me = new Person(page);
    await page.getByRole('button', { name: /LeadLens/ }).first().click();
    await me.types('/leadlens audit');
    const audit = me.modal('Audit');
    const closes = async (form) => {
      await page.keyboard.press('Escape');
      await form.waitFor({ state: 'hidden' });
    };
    const row = (nth) => audit.getByRole('textbox', { name: `Meeting ${nth} (optional)`, exact: true });
    await row(1).fill('Stand-up');
    await audit.getByLabel(/^Meeting 1 was about/).selectOption('How');
    await row(2).fill('Vision');
    await audit.getByLabel(/^Meeting 2 was about/).selectOption('Where');
    await audit.getByRole('button', { name: 'Save' }).click();
    await audit.getByText('2 meetings: how 1, where 1.').waitFor();
    await closes(audit);
    await me.types('/leadlens audit');
    await row(1).waitFor();
    await audit.getByRole('button', { name: 'Earlier audits' }).click();
    await me.modal('Audits').getByRole('button', { name: 'Edit' }).first().click();
    await row(2).waitFor();
    assert.equal(await row(1).inputValue(), 'Stand-up');
    assert.equal(await row(2).inputValue(), 'Vision');
    await audit.getByRole('button', { name: 'Save' }).click();
    await audit.getByText('2 meetings: how 1, where 1.').waitFor();
    await closes(audit);

    await me.types('/leadlens plan');
    const plan = me.modal('A plan');
    await plan.getByRole('textbox', { name: 'If …' }).fill('If they ask');
    await plan.getByRole('textbox', { name: 'I will …' }).fill('I will wait');
    await plan.getByRole('button', { name: 'Save' }).click();
    await me.modal('Once more').waitFor();
    await closes(me.modal('Once more'));
    await me.types('/leadlens plan');
    await plan.getByRole('button', { name: /^Your plans/ }).click();
    await me.modal('Plans').getByRole('button', { name: 'Edit' }).first().click();
    await plan.waitFor();
    assert.equal(await plan.getByRole('textbox', { name: 'If …' }).inputValue(), 'If they ask');
    assert.equal(await plan.getByRole('textbox', { name: 'I will …' }).inputValue(), 'I will wait');
    await closes(plan);
    await context.close();
  });

  test('a calendar shows its meetings in the form that was waiting for it', async () => {
    const { page, context } = await open();
    const me = new Person(page);
    await page.getByRole('button', { name: /LeadLens/ }).first().click();
    await me.types('/leadlens audit');
    const audit = me.modal('Audit');
    const { now_ms: now } = await (await fetch(`${demo.address}page/api/state?as=U0YOU`)).json();
    const day = new Date(now - 2 * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
    const ics = `BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Where to in two years?\r\nDTSTART:${day}T120000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`;
    await audit.locator('input[type=file]').setInputFiles({ name: 'work.ics', mimeType: 'text/calendar', buffer: Buffer.from(ics) });
    await audit.getByText('work.ics').waitFor();
    await audit.getByRole('button', { name: 'Save' }).click();
    await audit.getByText('These are the last meetings in your calendar.').waitFor();
    const first = audit.getByRole('textbox', { name: 'Meeting 1 (optional)', exact: true });
    assert.equal(await first.inputValue(), 'Where to in two years?');
    await page.keyboard.press('Escape');
    await audit.waitFor({ state: 'hidden' });
    await context.close();
  });

  test('Slack in trouble: what was accepted is kept, and what was owed comes once it is well', async () => {
    const { page, context } = await open();
    const me = new Person(page);
    await page.locator('[data-go="U0TOM"]').click();
    await page.locator('.toast', { hasText: 'Tom Whitaker' }).waitFor();
    await me.behind('Slack trouble');
    await page.getByRole('radio', { name: /^Rate limited/ }).check();
    await page.locator('body:not(.moving)').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('#trouble', { hasText: 'Slack is rate limited' }).waitFor();
    await me.types('/leadlens nudge');
    await page.locator('#trouble', { hasText: 'ratelimited' }).waitFor();
    await page.locator('#main').getByText('A question is on its way').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Skip' }).count(), 0);
    await page.locator('#trouble').getByRole('button', { name: 'Mend it' }).click();
    await page.locator('#trouble').waitFor({ state: 'hidden' });
    await me.moves('hour');
    await page.getByRole('button', { name: 'Skip' }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Skip' }).count(), 1);
    await context.close();
  });
});
