// Every block and element of Block Kit that the page knows, drawn without the app; what it does not know
// says so.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openPage, startBrowser, startDemo } from './demo.mjs';
import { findings } from './axe.mjs';

const plain = (text) => ({ type: 'plain_text', text });
const option = (value) => ({ text: plain(value), value });
const input = (label, element, more = {}) => ({ type: 'input', block_id: label, label: plain(label), element: { action_id: label, ...element }, ...more });

export const MESSAGE = [
  { type: 'header', text: plain('A header') },
  { type: 'section', text: { type: 'mrkdwn', text: '*bold* _italic_ ~gone~ `code` <https://example.com|a link> <@U0ANA> :wave: 1 &lt; 2\n&gt; quoted' } },
  { type: 'section', text: plain('With a button'), accessory: { type: 'button', action_id: 'a', text: plain('Go') } },
  { type: 'section', fields: [{ type: 'mrkdwn', text: '*Left*\none' }, { type: 'mrkdwn', text: '*Right*\ntwo' }] },
  { type: 'divider' },
  { type: 'context', elements: [plain('small print'), { type: 'mrkdwn', text: '*and* more' }] },
  { type: 'rich_text', elements: [
    { type: 'rich_text_section', elements: [{ type: 'text', text: 'rich ', style: { bold: true } }, { type: 'link', url: 'javascript:alert(1)', text: 'no link' }] },
    { type: 'rich_text_quote', elements: [{ type: 'text', text: 'a quotation' }] },
    { type: 'rich_text_list', style: 'bullet', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'one' }] }] },
    { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'as it is' }] }] },
  { type: 'actions', elements: [
    { type: 'button', action_id: 'b', text: plain('Primary'), style: 'primary' },
    { type: 'button', action_id: 'c', text: plain('Danger'), style: 'danger', confirm: { title: plain('Sure?'), text: plain('It goes.'), confirm: plain('Yes'), deny: plain('No') } },
    { type: 'static_select', action_id: 'd', placeholder: plain('A menu'), options: [option('one'), option('two')] },
    { type: 'overflow', action_id: 'e', options: [option('three')] },
    { type: 'datepicker', action_id: 'f', initial_date: '2026-10-13' },
    { type: 'users_select', action_id: 'g', placeholder: plain('Somebody') }] },
  { type: 'image', image_url: 'https://example.com/x.png', alt_text: 'something far away' },
  { type: 'image', image_url: 'data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg" width="80" height="20"/%3E', alt_text: 'a strip' },
  { type: 'data_visualization', title: 'Bars', chart: { type: 'bar', axis_config: { categories: ['w1', 'w2'] }, series: [
    { name: 'Leader', data: [{ label: 'w1', value: 3 }, { label: 'w2', value: 5 }] }, { name: 'Manager', data: [{ label: 'w1', value: 6 }, { label: 'w2', value: 2 }] }] } },
  { type: 'data_visualization', title: 'Lines', chart: { type: 'line', axis_config: { categories: ['a', 'b', 'c'] }, series: [{ name: 'Share', data: [{ label: 'a', value: 0.2 }, { label: 'b', value: 0.5 }, { label: 'c', value: 0.4 }] }] } },
  { type: 'data_visualization', title: 'Pie', chart: { type: 'pie', segments: [{ label: 'Leader', value: 3 }, { label: 'Manager', value: 7 }] } },
  { type: 'data_table', caption: 'A table', page_size: 2, rows: [
    [{ type: 'raw_text', text: 'Pole' }, { type: 'raw_text', text: 'Times' }],
    ...['plans', 'dreams', 'risks'].map((pole, nth) => [{ type: 'raw_text', text: pole }, { type: 'raw_number', value: nth, text: String(nth) }])] },
];

const UNKNOWN = [
  { type: 'video', title: plain('x') },
  { type: 'actions', elements: [{ type: 'workflow_button', action_id: 'w', text: plain('w') }] },
  input('odd', { type: 'rich_text_input' }),
  { type: 'rich_text', elements: [{ type: 'rich_text_hologram', elements: [] }] },
  { type: 'data_visualization', title: 'x', chart: { type: 'radar' } },
];

const MODAL = [
  input('Text', { type: 'plain_text_input', multiline: true, initial_value: 'hello' }),
  input('Number', { type: 'number_input', is_decimal_allowed: false }, { hint: plain('a hint') }),
  input('Mail', { type: 'email_text_input' }),
  input('Link', { type: 'url_text_input' }, { optional: true }),
  input('Select', { type: 'static_select', options: [option('one'), option('two')], initial_option: option('two') }),
  input('Groups', { type: 'static_select', option_groups: [{ label: plain('g'), options: [option('three')] }] }),
  input('Several', { type: 'multi_static_select', options: [option('one'), option('two')], initial_options: [option('one')] }),
  input('Radio', { type: 'radio_buttons', options: [option('one'), option('two')] }),
  input('Ticks', { type: 'checkboxes', options: [{ ...option('one'), description: plain('about one') }] }),
  input('Date', { type: 'datepicker', initial_date: '2026-10-13' }),
  input('Time', { type: 'timepicker', initial_time: '09:30' }),
  input('Moment', { type: 'datetimepicker' }),
  input('Person', { type: 'users_select' }),
  input('People', { type: 'multi_users_select' }),
  input('File', { type: 'file_input', filetypes: ['ics'], max_files: 1 }),
];

describe('the gallery', () => {
  let demo;
  let browser;
  let opened;

  before(async () => {
    [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
    opened = await openPage(browser.browser, demo.address);
  });

  after(async () => {
    await browser?.stop();
    await demo?.stop();
  });

  // Draws blocks in the place of the conversation; answers what was pressed.
  const draw = (list, extra = {}) => opened.page.evaluate(async ([blocks_, more]) => {
    const { blocks } = await import('/page/blocks.js');
    globalThis.pressed = [];
    globalThis.controls = new Map();
    const people = [{ id: 'U0ANA', name: 'Ana Duarte' }, { id: 'U0RAJ', name: 'Raj Menon' }];
    const ctx = {
      as: 'U0YOU', people, fileNames: {}, person: (id) => people.find((one) => one.id === id), controls: globalThis.controls,
      click: async (...what) => { globalThis.pressed.push(what); return true; }, ...more,
    };
    const box = document.createElement('div');
    box.className = 'home blocks';
    box.append(...blocks(blocks_, ctx));
    const scroll = document.createElement('div');
    scroll.className = 'home-scroll';
    scroll.tabIndex = 0;
    scroll.append(box);
    document.getElementById('main').replaceChildren(scroll);
  }, [list, extra]);

  test('a message\'s blocks are drawn, and what acts says which and what', async () => {
    const { page } = opened;
    await draw(MESSAGE);
    const box = page.locator('#main .home');
    assert.equal(await box.locator('.unknown').count(), 0);
    assert.equal(await box.locator('strong', { hasText: /^bold$/ }).count(), 1);
    assert.equal(await box.getByText('1 < 2').count(), 1);
    assert.equal(await box.getByText('@Ana Duarte').count(), 1);
    assert.deepEqual(await box.locator('a').evaluateAll((links) => links.map((link) => link.href)), ['https://example.com/']);
    assert.equal(await box.locator('figure.chart svg rect').count(), 4);
    await box.getByRole('button', { name: 'More', exact: true }).click();
    await box.getByRole('rowheader', { name: 'risks' }).waitFor();
    await box.getByRole('button', { name: 'Go' }).click();
    await box.getByRole('button', { name: 'Danger' }).click();
    await page.getByRole('dialog', { name: 'Sure?' }).getByRole('button', { name: 'No' }).click();
    await box.getByRole('button', { name: 'Danger' }).click();
    await page.getByRole('dialog', { name: 'Sure?' }).getByRole('button', { name: 'Yes' }).click();
    await box.getByRole('button', { name: 'A menu' }).click();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await box.getByRole('button', { name: 'More choices' }).click();
    await page.keyboard.press('Enter');
    const pressed = await page.evaluate(() => globalThis.pressed);
    assert.deepEqual(pressed, [[2, 'a', null], [7, 'c', null], [7, 'd', 'two'], [7, 'e', 'three']]);
    assert.deepEqual(await findings(page, 'blocks'), []);
  });

  test('what the page does not know says so', async () => {
    await draw(UNKNOWN);
    const said = await opened.page.locator('#main .unknown').allInnerTexts();
    for (const name of ['video', 'workflow_button', 'rich_text_input', 'rich_text_hologram', 'radar']) {
      assert.ok(said.some((line) => line.includes(name)), name);
    }
  });

  test('every input has its label, keeps what stands in it, and takes a file', async () => {
    const { page } = opened;
    await draw(MODAL, { errors: { Number: 'Please write a number.' } });
    const box = page.locator('#main .home');
    assert.equal(await box.locator('.unknown').count(), 0);
    await box.getByLabel('Number').fill('7');
    assert.equal(await box.getByLabel('Number').getAttribute('aria-invalid'), 'true');
    await box.getByRole('radiogroup', { name: 'Radio' }).getByLabel('two').check();
    await box.getByRole('group', { name: 'People' }).getByLabel('Raj Menon').check();
    await box.getByLabel('File').setInputFiles({ name: 'week.ics', mimeType: 'text/calendar', buffer: Buffer.from('BEGIN:VCALENDAR') });
    await box.getByText('week.ics').waitFor();
    const values = await page.evaluate(() => Object.fromEntries([...globalThis.controls].map(([name, control]) => [name, control.read()])));
    assert.match(values.File[0], /^F/);
    delete values.File;
    assert.deepEqual(values, {
      Text: 'hello', Number: '7', Mail: null, Link: null, Select: 'two', Groups: null, Several: ['one'], Radio: 'two', Ticks: [],
      Date: '2026-10-13', Time: '09:30', Moment: null, Person: null, People: ['U0RAJ'],
    });
    assert.deepEqual(await findings(page, 'inputs'), []);
  });
});
