// The bar above the workspace: the clock and what moves it, whose view is shown, and the panels that look
// behind the scenes. None of this exists in Slack.

import { avatar, h, icon, mark, menuButton, popup, toast } from './dom.js';
import { panel } from './dialog.js';
import { net } from './net.js';

const MOVES = [
  { how: 'next', label: 'Next nudge', icon: 'next', says: 'To the next message that comes by itself' },
  { how: 'hour', label: 'An hour', icon: 'hour', says: 'An hour later' },
  { how: 'tomorrow', label: 'Tomorrow', icon: 'day', says: 'The same time, a day later' },
  { how: 'month', label: 'End of the month', icon: 'month', says: 'To noon of the first working day of next month' },
];

export const TROUBLES = [
  { kind: 'none', label: 'All is well', says: 'Slack answers at once.' },
  { kind: 'limited', label: 'Rate limited', says: 'Every call is answered 429: ask again in 30 seconds.' },
  { kind: 'down', label: 'Down', says: 'Every call is answered 500.' },
  { kind: 'charts', label: 'Without charts', says: 'Native charts are refused; ask for a report then.' },
  { kind: 'slow', label: 'Slow', says: 'Every call takes a second and a half.' },
];

export function localTime(ms, zone, options) {
  return new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options }).format(ms);
}

const city = (zone) => zone.split('/').pop().replaceAll('_', ' ');

let theme = null;
try {
  theme = localStorage.getItem('theme');
} catch { /* private windows keep nothing */ }
const dark = () => (theme ? theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches);

function wear() {
  document.documentElement.dataset.theme = dark() ? 'dark' : 'light';
}
wear();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', wear);

export class ControlBar {
  constructor(workspace) {
    this.workspace = workspace;
    this.clock = h('time', { class: 'clock-time' });
    this.day = h('span', { class: 'clock-day' });
    this.moves = MOVES.map((move) => h('button', {
      type: 'button', class: `control-button move-${move.how}`, title: move.says, 'data-move': move.how, onclick: () => this.move(move),
    }, icon(move.icon), h('span', {}, move.label)));
    this.who = menuButton({ class: 'control-button who' }, [], () => this.viewers(), { label: 'View as' });
    this.theme = h('button', { type: 'button', class: 'control-button icon-only theme', onclick: () => this.turn() });
    const tools = this.tools().map((tool) => h('button', { type: 'button', class: 'control-button tool', title: tool.says, onclick: tool.take }, icon(tool.icon), h('span', {}, tool.label)));
    const narrow = matchMedia('(max-width: 760px)');
    const more = menuButton({ class: 'control-button more', 'aria-label': 'Behind the scenes' }, [icon('more'), h('span', {}, 'Behind the scenes')],
      () => [...(narrow.matches ? MOVES.slice(1).map((move) => ({ ...move, take: () => this.move(move) })) : []), ...this.tools(),
        ...(narrow.matches ? [{ label: dark() ? 'Light colours' : 'Dark colours', icon: dark() ? 'sun' : 'moon', take: () => this.turn() }] : [])],
      { label: 'Behind the scenes' });
    document.getElementById('control-bar').append(
      h('button', { type: 'button', class: 'control-button icon-only burger', 'aria-label': 'Conversations', 'aria-expanded': 'false', 'aria-controls': 'side', onclick: () => workspace.toggleSide() }, icon('menu')),
      h('div', { class: 'brand' }, mark(26), h('span', {}, 'LeadLens', h('small', {}, 'demo'))),
      h('div', { class: 'clock', role: 'group', 'aria-label': 'The clock of this workspace' }, this.clock, this.day),
      h('div', { class: 'moves', role: 'group', 'aria-label': 'Move the clock' }, this.moves),
      h('div', { class: 'tools' }, tools), this.who, this.theme, more);
    this.showTheme();
  }

  tools() {
    return [
      { label: 'Fill with sample months', icon: 'spark', says: 'Three months of made-up check-ins', take: () => this.fill() },
      { label: 'What is stored', icon: 'eye', says: 'Your own rows, as LeadLens keeps them', take: () => this.stored() },
      { label: 'Slack trouble', icon: 'cloud', says: 'See how the bot behaves when Slack does not', take: () => this.trouble() },
    ];
  }

  viewers() {
    const { state } = this.workspace;
    return state.people.filter((person) => !person.bot).map((person) => ({
      label: person.name, says: `${localTime(state.now_ms, person.tz, { weekday: 'short', hour: '2-digit', minute: '2-digit' })} in ${city(person.tz)}`,
      take: () => this.workspace.become(person.id),
    }));
  }

  async busy(work) {
    document.body.classList.add('moving');
    for (const button of this.moves) button.disabled = true;
    const answer = await work;
    for (const button of this.moves) button.disabled = false;
    document.body.classList.remove('moving');
    toast(answer.says, answer.ok ? '' : 'bad');
    await this.workspace.refresh();
    return answer;
  }

  async move(move) {
    const focused = document.activeElement;
    await this.busy(net.clock(this.workspace.as, move.how));
    if (document.activeElement === document.body && focused?.isConnected) focused.focus();
  }

  fill() {
    return this.busy(net.fill(this.workspace.as));
  }

  async stored() {
    const answer = await net.stored(this.workspace.as);
    if (!answer.ok) return toast(answer.says, 'bad');
    const me = this.workspace.person(this.workspace.as);
    const full = answer.tables.filter((table) => table.rows.length);
    const rows = full.reduce((sum, table) => sum + table.rows.length, 0);
    panel('What is stored', h('p', { class: 'lead' }, `${rows} rows of ${me.name} in ${full.length} tables, read from the database of this demo just now.`),
      full.length ? full.map((table, nth) => storedTable(table, me.tz, nth)) : h('p', {}, 'Nothing at all.'));
    return undefined;
  }

  trouble() {
    const { state } = this.workspace;
    const calls = h('ol', { class: 'calls' });
    const show = () => calls.replaceChildren(...this.workspace.state.calls.map((call) => h('li', { class: /^(2|ok)/.test(call.outcome) ? '' : 'bad' }, h('code', {}, call.method), h('span', {}, call.outcome))));
    show();
    const watch = setInterval(show, 400);
    const choices = TROUBLES.map((one) => h('label', { class: 'trouble-choice' },
      h('input', { type: 'radio', name: 'trouble', value: one.kind, checked: state.trouble === one.kind, onchange: () => this.busy(net.trouble(one.kind)) }),
      h('span', {}, one.label, h('small', {}, one.says))));
    const { node } = panel('Slack trouble', h('p', { class: 'lead' }, 'Break the Slack of this workspace and go on using it: what was accepted is kept, and what could not be sent is sent later.'),
      h('fieldset', {}, h('legend', {}, 'Slack is'), choices), h('h3', {}, 'What the bot called lately, newest first'), calls);
    node.addEventListener('close', () => clearInterval(watch));
  }

  turn() {
    theme = dark() ? 'light' : 'dark';
    try {
      localStorage.setItem('theme', theme);
    } catch { /* as above */ }
    wear();
    this.showTheme();
  }

  showTheme() {
    this.theme.setAttribute('aria-label', dark() ? 'Light colours' : 'Dark colours');
    this.theme.replaceChildren(icon(dark() ? 'sun' : 'moon'));
  }

  show(state) {
    const me = this.workspace.person(this.workspace.as);
    this.clock.textContent = localTime(state.now_ms, me.tz, { hour: '2-digit', minute: '2-digit' });
    this.clock.dateTime = new Date(state.now_ms).toISOString();
    const on = (options) => localTime(state.now_ms, me.tz, options);
    this.day.replaceChildren(`${on({ weekday: 'short' })} ${on({ day: 'numeric', month: 'short' })}`, h('span', { class: 'wide' }, ` ${on({ year: 'numeric' })} · ${city(me.tz)}`));
    if (this.who.dataset.for !== me.id) {
      this.who.dataset.for = me.id;
      this.who.replaceChildren(avatar(me), h('span', { class: 'sr' }, 'You are '), h('span', { class: 'who-name' }, me.name), icon('down'));
    }
    const strip = document.getElementById('trouble');
    strip.hidden = state.trouble === 'none';
    const one = TROUBLES.find((trouble) => trouble.kind === state.trouble);
    const key = `${state.trouble} ${state.calls_total}`;
    if (strip.hidden || strip.dataset.key === key) return;
    strip.dataset.key = key;
    const last = state.calls[0];
    strip.replaceChildren(icon('cloud'), h('span', {}, `Slack is ${one.label.toLowerCase()}. `, last ? h('small', {}, `Last call: ${last.method} → ${last.outcome}`) : null),
      h('button', { type: 'button', class: 'control-button', onclick: () => this.busy(net.trouble('none')) }, 'Mend it'),
      h('button', { type: 'button', class: 'control-button', onclick: () => this.trouble() }, 'Calls'));
  }
}

function shownCell(name, value, zone) {
  if (value === null || value === '') return h('span', { class: 'nothing' }, value === null ? 'null' : 'empty');
  if (name.endsWith('_at') && Number(value) > 1e11) {
    const moment = localTime(Number(value), zone, { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' });
    return [String(value), h('small', {}, moment)];
  }
  return String(value);
}

function storedTable(table, zone, nth) {
  const columns = Object.keys(table.rows[0]);
  const one = table.rows.length === 1;
  return h('details', { class: 'stored', open: nth < 2 },
    h('summary', {}, h('code', {}, table.table), ` ${table.rows.length} ${one ? 'row' : 'rows'}`),
    h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `Rows of ${table.table}` },
      one ? h('dl', {}, columns.map((name) => [h('dt', {}, name), h('dd', {}, shownCell(name, table.rows[0][name], zone))]))
        : h('table', {}, h('thead', {}, h('tr', {}, columns.map((name) => h('th', { scope: 'col' }, name)))),
          h('tbody', {}, table.rows.map((row) => h('tr', {}, columns.map((name) => h('td', {}, shownCell(name, row[name], zone)))))))));
}

export { city, popup };
