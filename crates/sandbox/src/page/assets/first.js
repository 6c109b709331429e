// The first minute: what to do on a page that one has never seen. It is the demo that offers this, not the
// bot, so it wears the colours of the demo's bar. It goes as soon as a person looks around alone.

import { h, icon } from './dom.js';
import { panel } from './dialog.js';

const WAYS = [
  { id: 'checkin', label: 'Check in now', icon: 'edit' },
  { id: 'month', label: 'Show me a month', icon: 'month' },
  { id: 'look', label: 'Look around', icon: 'eye' },
];

export class First {
  constructor(workspace) {
    this.workspace = workspace;
    this.as = workspace.as;
    // A page that is opened again in the middle of a conversation begins there.
    this.left = new Set(workspace.dm().messages.length <= 1 ? WAYS.map((way) => way.id) : []);
    this.node = h('section', { class: 'first', 'aria-label': 'Where to begin' });
  }

  show() {
    const ways = WAYS.filter((way) => this.left.has(way.id));
    this.node.hidden = !ways.length || this.workspace.as !== this.as;
    const key = ways.map((way) => way.id).join(' ');
    if (this.node.hidden || this.node.dataset.ways === key) return;
    this.node.dataset.ways = key;
    this.node.replaceChildren(h('p', {}, `You are ${this.workspace.person(this.as).name}, who leads a team. Where do you want to begin?`),
      h('div', {}, ways.map((way) => h('button', { type: 'button', class: 'control-button', 'data-way': way.id, onclick: () => this.take(way.id) }, icon(way.icon), h('span', {}, way.label)))));
  }

  async take(id) {
    if (id === 'look') this.left.clear();
    else this.left.delete(id);
    this.show();
    const { workspace } = this;
    if (id === 'checkin') await workspace.command('checkin');
    else if (id === 'month') {
      const filled = await workspace.controls.fill();
      if (filled.ok) await workspace.command('report last month');
      await workspace.refresh();
      workspace.readFromStart(workspace.list.querySelector('.message:has(figure.chart)'));
    } else around();
  }
}

function around() {
  panel('Look around',
    h('p', { class: 'lead' }, 'This is a Slack workspace of its own, with the real LeadLens in it. Nothing leaves this machine.'),
    h('ul', { class: 'around' },
      h('li', {}, h('strong', {}, 'Write to LeadLens'), ' at the bottom: a slash shows every command, and plain words are understood.'),
      h('li', {}, h('strong', {}, 'Home'), ', at the top of the conversation, has the month at a glance and a button for everything.'),
      h('li', {}, h('strong', {}, 'The clock'), ' in the bar moves: “Next nudge” goes to the next question, once a cadence is set.'),
      h('li', {}, h('strong', {}, 'Behind the scenes'), ' shows what is stored about you, and breaks Slack to see what happens.'),
      h('li', {}, h('strong', {}, 'The people'), ' of the workspace: choose one, and you see what they see. In the channel, “Ask, don’t fix” is in the menu of each message.')));
}
