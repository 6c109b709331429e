// What lies above the page: the browser's own dialogs, which keep the focus in and give it back, with a
// confirmation and a panel made of them.

import { h, icon, takeAway, uid } from './dom.js';
import { bare, textOf } from './text.js';

const layers = () => document.getElementById('layers');

export function dialog(props, ...kids) {
  const node = h('dialog', props, ...kids);
  layers().append(node);
  node.showModal();
  return node;
}

// Asks before something is done.
export function confirm(what) {
  return new Promise((resolve) => {
    const id = uid('confirm');
    const done = (answer) => {
      takeAway(node);
      resolve(answer);
    };
    const yes = h('button', { type: 'button', class: `button ${what.style === 'danger' ? 'danger-full' : 'primary'}`, onclick: () => done(true) }, bare(what.confirm));
    const no = h('button', { type: 'button', class: 'button', onclick: () => done(false) }, bare(what.deny));
    const node = dialog({ class: 'layer confirm', 'aria-labelledby': id },
      h('h2', { id }, bare(what.title)), h('p', {}, textOf(what.text, { person: () => null })), h('div', { class: 'layer-foot' }, no, yes));
    node.addEventListener('cancel', (event) => {
      event.preventDefault();
      done(false);
    });
    no.focus();
  });
}

// A panel that looks behind the scenes.
export function panel(title, ...kids) {
  const id = uid('panel');
  const done = () => takeAway(node);
  const node = dialog({ class: 'layer panel', 'aria-labelledby': id },
    h('header', { class: 'layer-head' }, h('h2', { id, tabindex: '-1' }, title),
      h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close', onclick: done }, icon('close'))),
    h('div', { class: 'layer-body', tabindex: '0', role: 'region', 'aria-label': title }, kids));
  node.addEventListener('cancel', (event) => {
    event.preventDefault();
    done();
  });
  node.addEventListener('click', (event) => {
    if (event.target === node) done();
  });
  node.querySelector('h2').focus();
  return { node, done };
}
