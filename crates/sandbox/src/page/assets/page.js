// The workspace: who views it, what they see, and what they do. The sandbox holds the state; this
// page draws what changed and leaves the rest, so that nobody loses their place or their words.

import { blocks } from './blocks.js';
import { composer } from './composer.js';
import { confirm } from './dialog.js';
import { avatar, h, icon, menuButton, toast } from './dom.js';
import { First } from './first.js';
import { modals } from './modals.js';
import { net } from './net.js';
import { city, localTime, ControlBar } from './control_bar.js';
import { mrkdwn } from './text.js';

const $ = (id) => document.getElementById(id);
const byTs = (a, b) => Number(a.ts) - Number(b.ts);

class Workspace {
  constructor() {
    this.as = 'U0YOU';
    this.state = null;
    this.at = { channel: null, tab: 'messages', thread: null };
    this.seen = new Map();
    this.gone = new Set();
    this.fileNames = {};
    this.drawn = {};
    this.asking = null;
  }

  async start() {
    const state = await net.state(this.as);
    if (!state.people) {
      toast(state.says, 'bad');
      return;
    }
    this.state = state;
    this.controls = new ControlBar(this);
    this.at.channel = this.dm().id;
    this.first = new First(this);
    this.draw();
    this.opened();
    let lost = false;
    net.listen(() => {
      if (lost) toast('The demo is back.');
      lost = false;
      this.refresh();
    }, () => {
      if (!lost) toast('The demo has stopped. Start it again in the terminal.', 'bad');
      lost = true;
    });
    addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || document.querySelector('dialog[open], .popup')) return;
      if (document.body.classList.contains('side-open')) this.toggleSide(false);
      else if (this.at.thread) this.openThread(null);
    });
  }

  // One question at a time, and one more when something changed meanwhile.
  async refresh() {
    if (this.asking) {
      this.again = true;
      return this.asking;
    }
    this.asking = (async () => {
      do {
        this.again = false;
        const as = this.as;
        const state = await net.state(as);
        if (state.people && as === this.as) {
          this.state = state;
          this.draw();
        }
      } while (this.again);
      this.asking = null;
    })();
    return this.asking;
  }

  person(id) {
    return this.state.people.find((person) => person.id === id);
  }

  dm() {
    return this.state.channels.find((channel) => channel.app);
  }

  channel() {
    return this.state.channels.find((channel) => channel.id === this.at.channel) || this.dm();
  }

  async become(id) {
    this.as = id;
    this.at = { channel: null, tab: 'messages', thread: null };
    this.drawn = {};
    $('main').replaceChildren();
    this.toggleSide(false);
    this.asking = null;
    const state = await net.state(id);
    this.state = state;
    this.at.channel = this.dm().id;
    this.draw();
    this.opened();
    toast(`You see what ${this.person(id).name} sees.`);
  }

  ctx(extra) {
    return {
      as: this.as, people: this.state.people, fileNames: this.fileNames, person: (id) => this.person(id),
      channel: (id) => this.state.channels.find((channel) => channel.id === id)?.name, ...extra,
    };
  }

  async act(action) {
    const answer = await net.act(this.as, action);
    if (!answer.ok) toast(answer.says || Object.values(answer.fields || {})[0], 'bad');
    return answer.ok;
  }

  // The app's command, typed in its conversation.
  command(rest) {
    const name = this.state.app.manifest?.features?.slash_commands?.[0]?.command;
    this.toTheEnd();
    return this.act({ action: 'write', channel: this.dm().id, text: `${name} ${rest}` });
  }

  // Who writes wants to see what comes of it.
  toTheEnd(list = this.list) {
    list.dataset.follows = 'yes';
    list.scrollTop = list.scrollHeight;
  }

  // Shows the beginning of a message, and lets nothing that comes meanwhile scroll it away.
  readFromStart(row, list = this.list) {
    if (!row) return;
    list.dataset.follows = 'no';
    row.scrollIntoView({ block: 'start' });
    row.focus({ preventScroll: true });
  }

  go(channel, tab = 'messages') {
    this.at = { channel, tab, thread: null };
    this.drawn.pane = null;
    this.toggleSide(false);
    this.draw();
    this.opened();
    $('main').focus({ preventScroll: true });
  }

  // Slack tells the app when a person opens its Home or its conversation.
  opened() {
    if (this.at.tab === 'home') this.act({ action: 'open_home' });
    else if (this.channel().app) this.act({ action: 'open_conversation' });
  }

  openThread(ts) {
    const from = this.at.thread;
    this.at.thread = ts;
    this.draw();
    if (ts) $('thread').querySelector('textarea')?.focus();
    else $('main').querySelector(`[data-ts="${from}"]`)?.focus();
  }

  toggleSide(open = !document.body.classList.contains('side-open')) {
    document.body.classList.toggle('side-open', open);
    document.querySelector('.burger')?.setAttribute('aria-expanded', String(open));
    if (open) $('side').querySelector('button')?.focus();
  }

  draw() {
    this.controls.show(this.state);
    this.drawPane();
    this.drawThread();
    this.drawSide();
    modals(this.state.modals, this.ctx());
  }

  // A part is drawn anew only when what it shows is not what it showed.
  changed(part, what) {
    const key = JSON.stringify(what);
    if (this.drawn[part] === key) return false;
    this.drawn[part] = key;
    return true;
  }

  unread(channel) {
    const seen = this.seen.get(`${this.as} ${channel.id}`) || 0;
    return channel.messages.filter((message) => message.user !== this.as && Number(message.ts) > seen).length;
  }

  drawSide() {
    const { state, at } = this;
    const minute = Math.floor(state.now_ms / 60000);
    const counts = state.channels.map((channel) => this.unread(channel));
    if (!this.changed('side', [this.as, at.channel, at.tab, minute, counts])) return;
    const held = document.activeElement?.closest?.('#side [data-go]')?.dataset.go;
    const row = (id, face, name, here, take, count = 0) => h('li', {}, h('button', {
      type: 'button', class: `side-row${count ? ' unread' : ''}`, 'data-go': id, 'aria-current': here ? 'page' : undefined, onclick: take,
    }, face, h('span', { class: 'side-name' }, name), count ? h('span', { class: 'badge' }, String(count), h('span', { class: 'sr' }, ' unread')) : null));
    const channels = state.channels.filter((channel) => !channel.app);
    const dm = this.dm();
    const others = state.people.filter((person) => !person.bot);
    $('side').replaceChildren(
      h('div', { class: 'side-top' }, h('strong', {}, 'Northlight'), h('span', {}, 'a workspace of its own')),
      h('h2', { id: 'side-channels' }, 'Channels'),
      h('ul', { 'aria-labelledby': 'side-channels' }, channels.map((channel) => row(channel.id, icon('hash'), channel.name, at.channel === channel.id, () => this.go(channel.id), this.unread(channel)))),
      h('h2', { id: 'side-apps' }, 'Apps'),
      h('ul', { 'aria-labelledby': 'side-apps' }, row('app', avatar({ bot: true }), 'LeadLens', at.channel === dm.id, () => this.go(dm.id), this.unread(dm))),
      h('h2', { id: 'side-people' }, 'People'),
      h('ul', { 'aria-labelledby': 'side-people' }, others.map((person) => row(person.id, avatar(person),
        [person.name, person.id === this.as ? h('em', {}, ' you') : null,
          h('small', {}, `${localTime(state.now_ms, person.tz, { hour: '2-digit', minute: '2-digit' })} ${city(person.tz)}${person.status ? ` · ${person.status}` : ''}`)],
        false, () => this.become(person.id)))),
      h('p', { class: 'side-note' }, 'Choose a person to see what they see.'));
    if (held) $('side').querySelector(`[data-go="${held}"]`)?.focus();
  }

  drawPane() {
    const channel = this.channel();
    const main = $('main');
    if (this.changed('pane', [this.as, channel.id, this.at.tab])) {
      const tab = (name, label) => h('button', {
        type: 'button', role: 'tab', id: `tab-${name}`, 'aria-selected': String(this.at.tab === name), 'aria-controls': 'panel', tabindex: this.at.tab === name ? '0' : '-1',
        onclick: () => this.switchTab(name),
        onkeydown: (event) => ['ArrowLeft', 'ArrowRight'].includes(event.key) && this.switchTab(name === 'home' ? 'messages' : 'home', true),
      }, label);
      const head = channel.app
        ? h('header', { class: 'pane-head' }, avatar({ bot: true }), h('h1', {}, 'LeadLens', h('small', {}, 'App')),
          h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'LeadLens' }, tab('home', 'Home'), tab('messages', 'Messages')))
        : h('header', { class: 'pane-head' }, h('h1', {}, icon('hash'), channel.name), h('span', { class: 'pane-note' }, 'LeadLens is not in this channel and reads nothing here.'));
      this.list = h('div', { class: 'messages', role: 'log', 'aria-label': channel.app ? 'Messages with LeadLens' : `Messages in ${channel.name}`, tabindex: '0' });
      this.homeView = h('div', { class: 'home blocks' });
      const inside = channel.app && this.at.tab === 'home' ? h('div', { class: 'home-scroll', tabindex: '0', role: 'region', 'aria-label': 'Home of LeadLens' }, this.homeView)
        : [this.list, channel.app ? this.first.node : null, composer(this, channel)].filter(Boolean);
      main.replaceChildren(head, channel.app ? h('div', { class: 'panel-box', id: 'panel', role: 'tabpanel', 'aria-labelledby': `tab-${this.at.tab}` }, inside) : h('div', { class: 'panel-box' }, inside));
      this.rows = new Map();
      this.drawn.home = null;
    }
    if (channel.app && this.at.tab === 'home') return this.drawHome();
    this.first.show();
    this.drawMessages(this.list, channel, channel.messages.filter((message) => !message.thread || message.thread === message.ts), this.rows, false);
    const last = Math.max(0, ...channel.messages.map((message) => Number(message.ts)));
    this.seen.set(`${this.as} ${channel.id}`, last);
    return undefined;
  }

  switchTab(name, focus) {
    if (this.at.tab === name) return;
    this.at = { ...this.at, tab: name, thread: null };
    this.drawn.pane = null;
    this.draw();
    this.opened();
    if (focus || document.activeElement === document.body) $(`tab-${name}`)?.focus();
  }

  drawHome() {
    const { home } = this.state;
    if (!this.changed('home', home)) return;
    const held = this.homeView.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const ctx = this.ctx({
      heading: 'h2', values: home?.values,
      click: (block, action, chosen) => this.act({ action: 'click', at: 'home', block, action_id: action, chosen }),
    });
    this.homeView.replaceChildren(...(home ? blocks(home.view.blocks, ctx) : [h('p', { class: 'empty' }, 'LeadLens is opening its Home…')]));
    if (held) [...this.homeView.querySelectorAll('[data-key]')].find((node) => node.dataset.key === held)?.focus();
  }

  drawMessages(list, channel, messages, rows, inThread) {
    const shown = messages.filter((message) => !this.gone.has(`${this.as} ${message.ts}`)).sort(byTs);
    const zone = this.person(this.as).tz;
    const atEnd = this.following(list) || !rows.size;
    const held = list.contains(document.activeElement) ? document.activeElement : null;
    const heldTs = held?.closest('[data-ts]')?.dataset.ts;
    const heldKey = held?.dataset.key;
    const kept = new Set();
    let day = null;
    let before = null;
    let cursor = list.firstChild;
    const place = (key, facts, make) => {
      kept.add(key);
      const now = JSON.stringify(facts);
      let row = rows.get(key);
      if (row?.facts !== now) {
        const node = make();
        if (row) {
          if (cursor === row.node) cursor = row.node.nextSibling;
          row.node.remove();
        }
        row = { facts: now, node };
        rows.set(key, row);
      }
      if (row.node === cursor) cursor = cursor.nextSibling;
      else list.insertBefore(row.node, cursor);
    };
    if (!inThread && channel.app && !shown.length) {
      place('empty', this.as, () => h('p', { class: 'empty' }, 'Nothing was said yet. Type ', h('code', {}, '/leadlens'), ' below, or open Home.'));
    }
    for (const message of shown) {
      const ms = Number(message.ts) * 1000;
      const on = localTime(ms, zone, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
      if (!inThread && on !== day) {
        place(`day ${on}`, on, () => h('div', { class: 'day', role: 'separator', 'aria-label': on }, h('span', {}, on)));
        before = null;
      }
      day = on;
      const replies = inThread ? [] : channel.messages.filter((one) => one.thread === message.ts && one.ts !== message.ts);
      const follows = before && before.user === message.user && ms - Number(before.ts) * 1000 < 300000 && !message.only_me && !before.only_me;
      place(message.ts, [message, follows, replies.map((one) => [one.ts, one.user])], () => this.message(channel, message, follows, replies, inThread));
      before = message;
    }
    for (const [key, row] of rows) {
      if (kept.has(key)) continue;
      row.node.remove();
      rows.delete(key);
    }
    if (held && !held.isConnected && heldTs) {
      const row = rows.get(heldTs)?.node;
      const same = heldKey && row ? [...row.querySelectorAll('[data-key]')].find((node) => node.dataset.key === heldKey) : null;
      (same || row || list).focus({ preventScroll: true });
    }
    if (atEnd) {
      list.scrollTop = list.scrollHeight;
      // What is taller than the list is read from its beginning.
      const newest = rows.get(shown.at(-1)?.ts)?.node;
      if (newest && newest.offsetHeight > list.clientHeight - 40) list.scrollTop = newest.offsetTop - list.offsetTop - 44;
    }
  }

  // Whether the newest message is to be shown when it comes: until a person scrolls away from the end.
  following(list) {
    if (!list.dataset.follows) {
      list.dataset.follows = 'yes';
      const look = () => requestAnimationFrame(() => {
        list.dataset.follows = list.scrollHeight - list.scrollTop - list.clientHeight < 80 ? 'yes' : 'no';
      });
      for (const kind of ['wheel', 'touchmove', 'keydown', 'pointerup']) list.addEventListener(kind, look, { passive: true });
    }
    return list.dataset.follows === 'yes';
  }

  message(channel, message, follows, replies, inThread) {
    const who = this.person(message.user) || { id: message.user, name: message.user };
    const ms = Number(message.ts) * 1000;
    const zone = this.person(this.as).tz;
    const time = h('time', { datetime: new Date(ms).toISOString() }, localTime(ms, zone, { hour: '2-digit', minute: '2-digit' }));
    const ctx = this.ctx({
      heading: 'h3',
      click: (block, action, chosen) => this.act({ action: 'click', at: { message: { channel: channel.id, ts: message.ts } }, block, action_id: action, chosen }),
    });
    const body = message.blocks?.length ? h('div', { class: 'blocks' }, blocks(message.blocks, ctx)) : h('div', { class: 'text' }, mrkdwn(message.text, ctx));
    const name = `${who.name}, ${localTime(ms, zone, { hour: '2-digit', minute: '2-digit' })}`;
    return h('article', {
      class: `message${follows ? ' follows' : ''}${message.only_me ? ' only-me' : ''}${message.bot ? ' of-app' : ''}`, 'data-ts': message.ts, tabindex: '-1', 'aria-label': name,
    }, follows ? h('span', { class: 'aside-time' }, time) : avatar(who),
    h('div', { class: 'message-in' },
      message.only_me ? h('p', { class: 'only' }, icon('eye'), 'Only visible to you') : null,
      follows ? null : h('p', { class: 'by' }, h('strong', {}, who.name), message.bot ? h('span', { class: 'app-tag' }, 'App') : null, time),
      body,
      message.edited ? h('span', { class: 'edited' }, '(edited)') : null,
      message.reactions?.length ? h('ul', { class: 'reactions', 'aria-label': 'Reactions' }, message.reactions.map((one) => h('li', { title: `LeadLens reacted with :${one}:` }, one === 'white_check_mark' ? '\u2705' : `:${one}:`, ' 1'))) : null,
      message.files?.length ? h('div', { class: 'files' }, message.files.map((id) => this.file(id))) : null,
      message.only_me ? h('button', { type: 'button', class: 'link', onclick: () => this.dismiss(message.ts) }, 'Dismiss message') : null,
      replies.length ? h('button', { type: 'button', class: 'replies', 'data-key': 'replies', onclick: () => this.openThread(message.ts) },
        [...new Set(replies.map((one) => one.user))].slice(0, 3).map((id) => avatar(this.person(id))), `${replies.length} ${replies.length === 1 ? 'reply' : 'replies'}`) : null),
    message.only_me ? null : this.toolbar(channel, message, who, inThread));
  }

  toolbar(channel, message, who, inThread) {
    const features = this.state.app.manifest?.features || {};
    const shortcuts = (features.shortcuts || []).filter((one) => one.type === 'message');
    const mine = message.user === this.as;
    const items = [
      ...(inThread ? [] : [{ label: 'Reply in thread', icon: 'reply', take: () => this.openThread(message.ts) }]),
      ...shortcuts.map((one) => ({ label: one.name, says: one.description, icon: 'bolt', take: () => this.act({ action: 'message_shortcut', callback_id: one.callback_id, channel: channel.id, ts: message.ts }) })),
      ...(mine ? [
        { label: 'Edit message', icon: 'edit', take: () => this.editing(channel, message, inThread) },
        { label: 'Delete message', icon: 'trash', danger: true, take: () => this.deleting(channel, message) },
      ] : []),
    ];
    const about = `the message of ${who.name}`;
    return h('div', { class: 'toolbar' },
      inThread ? null : h('button', { type: 'button', class: 'icon-button', 'aria-label': `Reply in thread to ${about}`, title: 'Reply in thread', 'data-key': 'reply', onclick: () => this.openThread(message.ts) }, icon('reply')),
      items.length ? menuButton({ class: 'icon-button', 'aria-label': `More actions for ${about}`, title: 'More actions', 'data-key': 'more' }, icon('more'), items, { label: 'Message actions' }) : null);
  }

  dismiss(ts) {
    this.gone.add(`${this.as} ${ts}`);
    this.draw();
    $('main').querySelector('textarea')?.focus();
  }

  async deleting(channel, message) {
    const sure = await confirm({
      title: { text: 'Delete message' }, text: { text: 'The message goes for everybody in this conversation. It cannot be undone.' },
      confirm: { text: 'Delete' }, deny: { text: 'Cancel' }, style: 'danger',
    });
    if (sure) await this.act({ action: 'delete', channel: channel.id, ts: message.ts });
  }

  editing(channel, message, inThread) {
    const row = (inThread ? $('thread') : $('main')).querySelector(`[data-ts="${message.ts}"]`);
    const body = row?.querySelector('.text, .blocks');
    if (!body) return;
    const decoded = message.text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
    const box = h('textarea', { 'aria-label': 'Edit your message', rows: 2, value: decoded });
    const stop = () => form.replaceWith(body);
    const keep = async () => {
      if (box.value.trim() && box.value !== decoded) await this.act({ action: 'edit', channel: channel.id, ts: message.ts, text: box.value });
      stop();
    };
    box.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') { event.stopPropagation(); stop(); }
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); keep(); }
    });
    const form = h('div', { class: 'editor' }, box, h('div', {}, h('button', { type: 'button', class: 'button small', onclick: stop }, 'Cancel'), h('button', { type: 'button', class: 'button small primary', onclick: keep }, 'Save')));
    body.replaceWith(form);
    box.focus();
  }

  file(id) {
    const file = this.state.files[id];
    if (!file) return h('span', { class: 'file' }, icon('file'), 'This file was deleted.');
    const url = net.fileUrl(this.as, id);
    if (file.picture) return h('a', { href: url, target: '_blank', class: 'picture' }, h('img', { src: url, alt: file.name }));
    const size = file.size < 1024 ? `${file.size} B` : `${Math.round(file.size / 1024)} kB`;
    return h('a', { class: 'file', href: url, download: file.name }, icon('file'), h('span', {}, file.name, h('small', {}, size)));
  }

  drawThread() {
    const box = $('thread');
    const channel = this.channel();
    const parent = this.at.thread && channel.messages.find((message) => message.ts === this.at.thread);
    box.hidden = !parent;
    document.body.classList.toggle('thread-open', Boolean(parent));
    if (!parent) {
      this.drawn.thread = null;
      box.replaceChildren();
      return;
    }
    if (this.changed('thread', [this.as, channel.id, this.at.thread])) {
      this.threadList = h('div', { class: 'messages', role: 'log', 'aria-label': 'Messages of the thread', tabindex: '0' });
      this.threadRows = new Map();
      box.replaceChildren(h('header', { class: 'pane-head' }, h('h2', {}, 'Thread'),
        h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close the thread', onclick: () => this.openThread(null) }, icon('close'))),
      this.threadList, composer(this, channel, parent.ts));
    }
    this.drawMessages(this.threadList, channel, [parent, ...channel.messages.filter((message) => message.thread === parent.ts && message.ts !== parent.ts)], this.threadRows, true);
  }
}

const workspace = new Workspace();
workspace.start();
