// Block Kit as it shows. `ctx` says who looks, where the blocks stand, and what acting does; a block or
// element that this page does not know says so instead of vanishing.

import { h, icon, menuButton, uid } from './dom.js';
import { chart, table } from './figures.js';
import { choiceMenu, control, given, initial } from './inputs.js';
import { net } from './net.js';
import { bare, plain, rich, textOf } from './text.js';
import { confirm } from './dialog.js';

export function blocks(list, ctx) {
  return (list || []).map((block, nth) => one(block, nth, ctx));
}

function one(block, nth, ctx) {
  switch (block.type) {
    case 'section': return section(block, nth, ctx);
    case 'header': return h(ctx.heading || 'h3', { class: 'b-header' }, textOf(block.text, ctx));
    case 'divider': return h('hr');
    case 'context': return h('div', { class: 'b-context' }, (block.elements || []).map((part) => small(part, ctx)));
    case 'actions': return h('div', { class: 'b-actions' }, (block.elements || []).map((element) => act(element, nth, ctx)));
    case 'rich_text': return h('div', { class: 'b-rich' }, rich(block, ctx));
    case 'image': return picture(block, ctx);
    case 'input': return input(block, nth, ctx);
    case 'data_visualization': return chart(block);
    case 'data_table': case 'table': return table(block, ctx);
    case 'markdown': return h('div', { class: 'b-rich' }, plain(block.text));
    default: return unknown('block', block.type);
  }
}

const unknown = (what, type) => h('div', { class: 'unknown' }, `This page does not know the ${what} “${type}”.`);

function section(block, nth, ctx) {
  return h('div', { class: 'b-section' },
    h('div', { class: 'b-words' },
      block.text ? h('div', {}, textOf(block.text, ctx)) : null,
      block.fields ? h('div', { class: 'b-fields' }, block.fields.map((field) => h('div', {}, textOf(field, ctx)))) : null),
    block.accessory ? h('div', { class: 'b-accessory' }, block.accessory.type === 'image' ? small(block.accessory, ctx) : act(block.accessory, nth, ctx)) : null);
}

function source(part, ctx) {
  if (part.slack_file?.id) return net.fileUrl(ctx.as, part.slack_file.id);
  return part.image_url?.startsWith('data:image/') ? part.image_url : null;
}

function small(part, ctx) {
  if (part.type !== 'image') return h('span', {}, textOf(part, ctx));
  const src = source(part, ctx);
  return src ? h('img', { src, alt: part.alt_text || '' }) : h('span', {}, `[${part.alt_text}]`);
}

function picture(block, ctx) {
  const src = source(block, ctx);
  const shown = src ? h('img', { src, alt: block.alt_text || '' })
    : h('div', { class: 'no-picture' }, `A picture from elsewhere; the demo fetches nothing: ${block.alt_text}`);
  return h('figure', { class: 'b-image' }, block.title ? h('figcaption', {}, textOf(block.title, ctx)) : null, shown);
}

// Runs what an element does, after its confirmation, with the element busy meanwhile.
async function run(button, element, nth, chosen, ctx) {
  if (element.confirm && !(await confirm(element.confirm))) return false;
  button?.setAttribute('aria-busy', 'true');
  const done = await ctx.click(nth, element.action_id, chosen);
  button?.removeAttribute('aria-busy');
  return done;
}

function act(element, nth, ctx) {
  const key = `${nth}/${element.action_id}`;
  const take = (chosen, after) => run(null, element, nth, chosen, ctx).then((done) => done && after?.());
  switch (element.type) {
    case 'button': {
      const style = { primary: ' primary', danger: ' danger' }[element.style] || '';
      const button = h('button', {
        type: 'button', class: `button${style}`, 'data-key': key, 'aria-label': element.accessibility_label,
        onclick: () => {
          if (button.getAttribute('aria-busy')) return;
          if (/^https?:/i.test(element.url || '')) window.open(element.url, '_blank', 'noopener');
          run(button, element, nth, null, ctx);
        },
      }, textOf(element.text, ctx));
      return button;
    }
    case 'static_select': return choiceMenu(element, key, take);
    case 'users_select':
      return choiceMenu(element, key, take, ctx.people.filter((person) => !person.bot).map((person) => ({ value: person.id, text: { text: person.name } })));
    case 'overflow':
      return menuButton({ class: 'button icon-only', 'data-key': key, 'aria-label': 'More choices' }, icon('more'),
        () => element.options.map((option) => ({ label: bare(option.text), says: bare(option.description), take: () => take(option.value) })),
        { label: 'More choices' });
    default: return acting(element, nth, key, ctx);
  }
}

// Ticks and pickers outside an input block: they act when their value is settled.
function acting(element, nth, key, ctx) {
  const label = bare(element.placeholder) || 'Choice';
  let last = JSON.stringify(initial(element));
  const settle = (chosen) => {
    if (JSON.stringify(chosen) === last) return;
    last = JSON.stringify(chosen);
    run(null, element, nth, chosen, ctx);
  };
  const made = control(element, initial(element), { 'aria-label': label, 'data-key': key }, { ...ctx, act: settle, submit: undefined, dispatches: true });
  if (!made) return unknown('element', element.type);
  made.focus?.addEventListener('blur', () => settle(made.read()));
  return made.node;
}

function input(block, nth, ctx) {
  const id = uid('field');
  const [hint, error] = [`${id}-hint`, `${id}-error`];
  const element = block.element || {};
  const label = [textOf(block.label, ctx), block.optional ? h('span', { class: 'optional' }, ' (optional)') : null];
  const says = ctx.errors?.[block.block_id];
  const grouped = ['radio_buttons', 'checkboxes', 'multi_static_select', 'multi_users_select'].includes(element.type);
  const attrs = {
    id, 'aria-describedby': [block.hint ? hint : null, error].filter(Boolean).join(' '), 'aria-invalid': says ? 'true' : undefined,
    'aria-required': block.optional || element.type === 'file_input' || element.type === 'checkboxes' || grouped && element.type !== 'radio_buttons' ? undefined : 'true',
    'data-key': `${nth}/${element.action_id}`, ...(grouped ? { 'aria-labelledby': `${id}-label` } : {}),
  };
  const own = `${block.block_id}\n${element.action_id}`;
  const value = ctx.typed && own in ctx.typed ? ctx.typed[own]
    : ctx.values?.[block.block_id] ? given(ctx.values[block.block_id]) : initial(element);
  const acts = block.dispatch_action ? (chosen) => run(null, element, nth, chosen, ctx) : undefined;
  const made = control(element, value, attrs, { ...ctx, act: acts, dispatches: block.dispatch_action });
  if (!made) return unknown('input', element.type);
  if (block.dispatch_action && made.focus?.tagName === 'SELECT') made.focus.addEventListener('change', () => acts(made.read()));
  ctx.controls?.set(block.block_id, { ...made, action: element.action_id });
  const row = h('div', { class: `field${says ? ' wrong' : ''}`, 'data-block': block.block_id },
    grouped ? h('div', { class: 'label', id: `${id}-label` }, label) : h('label', { class: 'label', for: id }, label),
    made.node,
    block.hint ? h('p', { class: 'hint', id: hint }, textOf(block.hint, ctx)) : null,
    h('p', { class: 'error', id: error }, says || ''));
  if (ctx.click && block.dispatch_action && element.type === 'plain_text_input') row.classList.add('acts');
  return row;
}
