// Forms in their stack, as dialogs above the page.

import { blocks } from './blocks.js';
import { dialog } from './dialog.js';
import { h, icon, mark, takeAway, toast, uid } from './dom.js';
import { net } from './net.js';
import { bare } from './text.js';

// The stack of forms. `open` holds what the page keeps of each: what was typed, what stands beside it.
const open = new Map();
let shell = null;
let shown = null;
let before = null;

export function modals(list, ctx) {
  for (const id of [...open.keys()]) if (!list.some((one) => one.id === id)) open.delete(id);
  const top = list[list.length - 1];
  if (!top) return closeShell();
  const kept = open.get(top.id) || { typed: {}, fields: {} };
  open.set(top.id, kept);
  const key = `${top.id} ${top.hash}`;
  const errors = JSON.stringify([top.errors, top.trouble]);
  if (shown?.key === key && shown.errors === errors) return undefined;
  const updated = shown && shown.id === top.id;
  if (updated) remember();
  if (shown?.errors !== errors) kept.fields = {};
  shown = { id: top.id, key, errors, depth: list.length };
  draw(top, kept, ctx, updated);
  return undefined;
}

function closeShell() {
  shown = null;
  if (!shell) return;
  takeAway(shell);
  shell = null;
  if (before?.isConnected && before !== document.body) before.focus();
  else (document.querySelector('.composer textarea') || document.getElementById('main')).focus();
}

// What stands in the inputs now.
function values(kept) {
  return Object.fromEntries([...kept.controls].map(([id, control]) => [id, control.read()]));
}

// An input keeps its content for as long as its form lives and it has the same block and action id.
function remember() {
  const kept = open.get(shown.id);
  for (const [id, control] of kept?.controls || []) kept.typed[`${id}\n${control.action}`] = control.read();
}

function draw(top, kept, ctx, updated) {
  const view = top.view;
  const title = uid('modal');
  kept.controls = new Map();
  const send = async (action) => {
    remember();
    const answer = await net.act(ctx.as, action);
    if (answer.fields) {
      kept.fields = answer.fields;
      draw(top, kept, ctx, true);
    } else if (!answer.ok) toast(answer.says, 'bad');
    return answer.ok;
  };
  const submit = async () => {
    if (!view.submit || submitting.getAttribute('aria-busy')) return;
    submitting.setAttribute('aria-busy', 'true');
    await send({ action: 'submit', view: top.id, values: values(kept) });
    submitting.removeAttribute('aria-busy');
  };
  const close = () => send({ action: 'close', view: top.id });
  const errors = { ...top.errors, ...kept.fields };
  const inner = {
    ...ctx, values: top.values, typed: kept.typed, errors, controls: kept.controls, submit, heading: 'h3',
    click: (block, action, chosen) => send({ action: 'click', at: { view: top.id }, block, action_id: action, chosen, values: values(kept) }),
  };
  const submitting = view.submit ? h('button', { type: 'submit', class: 'button primary' }, bare(view.submit)) : null;
  const body = h('div', { class: 'layer-body blocks' }, blocks(view.blocks, inner));
  const form = h('form', { novalidate: true, onsubmit: (event) => { event.preventDefault(); submit(); } },
    h('header', { class: 'layer-head' }, mark(26), h('h2', { id: title, tabindex: '-1' }, bare(view.title)),
      h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close', onclick: close }, icon('close'))),
    top.trouble ? h('p', { class: 'layer-trouble', role: 'alert' }, top.trouble) : null, body,
    h('footer', { class: 'layer-foot' },
      h('button', { type: 'button', class: 'button', onclick: close }, bare(view.close) || 'Close'), submitting));
  if (!shell) {
    before = document.activeElement;
    shell = dialog({ class: 'layer modal' });
    shell.addEventListener('cancel', (event) => {
      event.preventDefault();
      shell.querySelector('.layer-foot .button').click();
    });
  }
  const held = updated ? document.activeElement?.closest?.('[data-key]')?.getAttribute('data-key') : null;
  shell.setAttribute('aria-labelledby', title);
  shell.replaceChildren(form);
  const wrong = Object.keys(errors)[0];
  const first = wrong ? kept.controls.get(wrong) : [...kept.controls.values()][0];
  const again = held && !wrong ? [...shell.querySelectorAll('[data-key]')].find((node) => node.dataset.key === held) : null;
  const target = again || first?.focus || shell.querySelector('h2');
  target.focus();
  if (wrong) target.scrollIntoView({ block: 'center' });
}
