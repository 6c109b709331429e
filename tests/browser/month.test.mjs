// A month in the demo, lived by a person: first contact, a check-in with an error and its mending, a
// nudge answered in a thread, later, skip, pause, Home, the report, and being forgotten.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openPage, Person, startBrowser, startDemo } from './demo.mjs';

describe('a month', () => {
  let demo;
  let browser;
  let page;
  let me;
  let errors;

  before(async () => {
    [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
    ({ page, errors } = await openPage(browser.browser, demo.address));
    me = new Person(page);
  });

  after(async () => {
    await browser?.stop();
    await demo?.stop();
  });

  const clock = () => page.locator('.clock').innerText();
  const button = (within, name) => within.getByRole('button', { name, exact: true });
  const shows = (text) => me.message(text).waitFor();

  test('first contact: the welcome is there, once, and Home says what is kept', async () => {
    await me.opensHome();
    await page.locator('.home', { hasText: "I don't show what you write for yourself to anyone in Slack" }).waitFor();
    await me.opensMessages();
    await shows('I never tell you what to do');
    assert.equal(await page.locator('#main .message', { hasText: 'I am LeadLens' }).count(), 1);
  });

  test('a check-in: what is missing is said beside the field, and mending it keeps the words', async () => {
    await me.composer().fill('/leadlens che');
    const option = page.getByRole('option', { name: /\/leadlens checkin/ });
    await option.waitFor();
    await me.composer().press('Enter');
    assert.equal(await me.composer().inputValue(), '/leadlens checkin');
    await me.composer().press('Enter');
    const form = me.modal('Check in');
    await form.waitFor();
    const situation = form.getByLabel('What is in front of you?');
    await situation.fill('Two of my best people argue about the roadmap.');
    await form.getByLabel('Leader: what and why').check();
    await button(form, 'Keep').click();
    await form.getByText('Please complete this required field.').waitFor();
    const answer = form.getByLabel('What do you think the best move is?');
    assert.equal(await answer.getAttribute('aria-invalid'), 'true');
    assert.equal(await situation.inputValue(), 'Two of my best people argue about the roadmap.');
    // The client lets a blank pass, the app does not.
    await answer.fill('   ');
    await button(form, 'Keep').click();
    await page.locator('.field.wrong .error:not(:empty)', { hasNotText: 'required field' }).waitFor();
    assert.equal(await situation.inputValue(), 'Two of my best people argue about the roadmap.');
    await answer.fill('Say where we want to be in a year, and let them draw the way.');
    await form.getByLabel('Read the room').selectOption({ label: 'Without direction' });
    await button(form, 'Keep').click();
    const more = me.modal('One more question');
    await more.waitFor();
    await more.locator('blockquote', { hasText: 'let them draw the way' }).waitFor();
    await more.getByRole('textbox').fill('That I had never said it aloud.');
    await button(more, 'Keep').click();
    await more.waitFor({ state: 'hidden' });
  });

  test('a cadence, and the first nudge at half past nine', async () => {
    await button(me.message('I am LeadLens'), 'Set a cadence').click();
    const form = me.modal('Schedule');
    await form.waitFor();
    assert.equal(await form.getByLabel('Time zone').inputValue(), 'Europe/Berlin');
    await button(form, 'Save').click();
    const kept = me.modal('LeadLens');
    await kept.getByText('The next question comes on').waitFor();
    await kept.locator('.layer-foot').getByRole('button', { name: 'Close' }).click();
    const said = await me.moves('next');
    assert.match(said, /Tuesday 13 October, 09:30. One message came/);
    assert.match(await clock(), /09:30/);
    await shows('Reply here or use the buttons');
  });

  test('a nudge answered in its thread is kept, shown so, and follows an edit', async () => {
    const nudge = me.message('Reply here or use the buttons');
    const ts = await nudge.getAttribute('data-ts');
    await nudge.hover();
    await nudge.getByRole('button', { name: /^Reply in thread/ }).click();
    const reply = page.locator('#thread .composer textarea');
    await reply.fill('Ana keeps it, and I ask her what it needs.');
    await reply.press('Enter');
    const row = page.locator(`#main [data-ts="${ts}"]`);
    await row.getByText('Ana keeps it, and I ask her what it needs.').waitFor();
    await row.getByText('1 reply').waitFor();
    await row.getByText('(edited)').waitFor();
    await row.getByRole('button', { name: 'Leader: what and why' }).click();
    await row.getByText('You said: leader hat').waitFor();
    const mine = page.locator('#thread .message', { hasText: 'Ana keeps it' }).last();
    await mine.hover();
    await mine.getByRole('button', { name: /^More actions/ }).click();
    await page.getByRole('menuitem', { name: 'Edit message' }).click();
    const box = page.getByLabel('Edit your message');
    await box.fill('Ana keeps it. I ask her what it needs, and wait.');
    await box.press('Enter');
    await row.getByText('Ana keeps it. I ask her what it needs, and wait.').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('#thread').waitFor({ state: 'hidden' });
  });

  test('later: in an hour it is back', async () => {
    assert.match(await me.moves('next'), /Wednesday 14 October, 09:30/);
    const nudge = page.locator('#main .message', { has: page.getByRole('button', { name: 'Skip', exact: true }) }).last();
    await nudge.getByRole('button', { name: 'Later', exact: true }).click();
    await page.getByRole('option', { name: 'In an hour' }).click();
    await page.locator('#main').getByText('Later: Wed 14 Oct, 10:30.').waitFor();
    assert.match(await me.moves('next'), /Wednesday 14 October, 10:30. One message came/);
  });

  test('skip: the question goes, without a word of blame', async () => {
    const nudge = page.locator('#main .message', { has: page.getByRole('button', { name: 'Skip', exact: true }) }).last();
    const ts = await nudge.getAttribute('data-ts');
    await button(nudge, 'Skip').click();
    const row = page.locator(`#main [data-ts="${ts}"]`);
    await row.getByText('Skipped').waitFor();
    assert.equal(await row.getByRole('button', { name: 'Skip', exact: true }).count(), 0);
  });

  test('a pause: nothing comes before its end', async () => {
    await me.types('/leadlens pause 2026-10-21');
    await page.getByText('Nothing comes by itself before').last().waitFor();
    assert.match(await me.moves('tomorrow'), /Thursday 15 October.*Nothing came/);
    assert.match(await me.moves('next'), /Wednesday 21 October, 09:30. One message came/);
  });

  test('three sample months, marked as such, fill Home', async () => {
    await me.behind('Fill with sample months');
    await page.locator('.toast', { hasText: '36 sample check-ins' }).waitFor({ timeout: 60_000 });
    await me.opensHome();
    await page.locator('.home', { hasText: /October 2026/ }).waitFor();
    await page.locator('.home').getByText(/^Sample: /).first().waitFor();
    await button(page.locator('.home'), 'History').click();
    const history = me.modal('History');
    await history.getByText(/^Sample: /).first().waitFor();
    await history.getByLabel(/Search/).fill('importer');
    await history.getByLabel(/Search/).press('Enter');
    await history.getByText('1 to 2 of 2').waitFor();
    await history.getByLabel(/Search/).fill('what it needs, and wait');
    await history.getByLabel(/Search/).press('Enter');
    await history.getByText('1 to 1 of 1').waitFor();
    await history.getByText('Ana keeps it. I ask her what it needs, and wait.').waitFor();
    await page.keyboard.press('Escape');
    await history.waitFor({ state: 'hidden' });
  });

  test('the end of the month: the report comes by itself, with its chart', async () => {
    await me.opensMessages();
    const said = await me.moves('month');
    assert.match(said, /Monday 2 November, 12:00/);
    const chart = page.locator('#main figure.chart').last();
    await chart.waitFor();
    assert.match(await chart.locator('svg').getAttribute('aria-label'), /hat/i);
    assert.ok(await chart.locator('rect').count() > 3);
    await shows('October 2026');
  });

  test('what is stored: every row of one\'s own', async () => {
    await me.behind('What is stored');
    const panel = me.modal('What is stored');
    await panel.locator('summary', { hasText: 'reflection' }).first().waitFor();
    assert.match(await panel.textContent(), /Two of my best people argue/);
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'hidden' });
  });

  test('being forgotten: one confirmation, and nothing is left', async () => {
    await me.types('/leadlens forget');
    const form = page.getByRole('dialog');
    await form.waitFor();
    const confirm = form.getByRole('checkbox');
    if (await confirm.count()) await confirm.first().check();
    await form.locator('.layer-foot .primary').click();
    await form.getByText('is being erased').waitFor();
    await form.locator('.layer-foot').getByRole('button', { name: 'Close' }).click();
    await page.locator('#main').getByText(/^Erased: everything LeadLens kept about you/).waitFor({ timeout: 60_000 });
    await me.behind('What is stored');
    const panel = me.modal('What is stored');
    await panel.waitFor();
    assert.doesNotMatch(await panel.textContent(), /roadmap|Sample:|Ana keeps it/);
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('#main .message', { hasText: 'Kept on' }).count(), 0);
  });

  test('no error was met on the way, and Ctrl-C ends it cleanly', async () => {
    assert.deepEqual(errors, []);
    await page.close();
    const { code } = await demo.stop('SIGINT');
    assert.equal(code, 0);
  });
});
