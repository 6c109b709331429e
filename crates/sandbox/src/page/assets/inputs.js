// Every input of Block Kit. A control is `{node, read, focus}`; what `read` gives is what the sandbox
// takes: text, an option's value, a date, or a list of them.

import { h, icon, menuButton, toast, uid } from './dom.js';
import { net } from './net.js';
import { bare, textOf } from './text.js';

const groups = (element) => (element.option_groups
  ? element.option_groups.map((group) => ({ label: bare(group.label), options: group.options }))
  : [{ label: null, options: element.options || [] }]);

export const options = (element) => groups(element).flatMap((group) => group.options);

// What stands in an input, from the state that the sandbox keeps.
export function given(value) {
  if (!value) return null;
  if (value.selected_option !== undefined) return value.selected_option?.value ?? null;
  if (value.selected_options) return value.selected_options.map((option) => option.value);
  if (value.files) return value.files.map((file) => file.id);
  return value.value ?? value.selected_date ?? value.selected_time ?? value.selected_date_time ?? value.selected_user ?? value.selected_users ?? null;
}

// The initial value of an element that stands outside an input block.
export function initial(element) {
  return element.initial_option?.value ?? element.initial_options?.map((option) => option.value) ?? element.initial_date
    ?? element.initial_time ?? element.initial_date_time ?? element.initial_user ?? element.initial_users ?? element.initial_value ?? null;
}

function text(element, value, attrs, ctx) {
  const kind = { number_input: 'text', email_text_input: 'email', url_text_input: 'url' }[element.type] || 'text';
  const props = {
    ...attrs, value: value ?? '', placeholder: bare(element.placeholder) || undefined, spellcheck: 'true', autocomplete: 'off',
    inputmode: element.type === 'number_input' ? (element.is_decimal_allowed ? 'decimal' : 'numeric') : undefined,
  };
  const node = element.multiline ? h('textarea', { ...props, rows: 3 }) : h('input', { type: kind, ...props });
  const most = element.max_length;
  const count = h('span', { class: 'count', 'aria-hidden': 'true' });
  const grow = () => {
    const left = most ? most - [...node.value].length : Infinity;
    count.textContent = left < 200 ? String(left) : '';
    count.classList.toggle('over', left < 0);
    if (!element.multiline) return;
    node.style.height = 'auto';
    node.style.height = `${Math.min(node.scrollHeight + 2, 320)}px`;
  };
  node.addEventListener('input', grow);
  node.addEventListener('keydown', (event) => {
    const acts = element.dispatch_action_config?.trigger_actions_on || ['on_enter_pressed'];
    if (event.key !== 'Enter' || event.isComposing) return;
    if (ctx.dispatches && acts.includes('on_enter_pressed') && !(element.multiline && event.shiftKey)) {
      event.preventDefault();
      ctx.act(node.value || null);
    } else if (!element.multiline || event.metaKey || event.ctrlKey) {
      event.preventDefault();
      ctx.submit?.();
    }
  });
  requestAnimationFrame(grow);
  return { node: h('div', { class: 'text-input' }, node, count), read: () => node.value || null, focus: node };
}

function select(element, value, attrs, list) {
  const node = h('select', attrs, h('option', { value: '' }, bare(element.placeholder) || 'Choose'));
  for (const group of list) {
    const made = group.options.map((option) => h('option', { value: option.value }, bare(option.text)));
    if (group.label) node.append(h('optgroup', { label: group.label }, made)); else node.append(...made);
  }
  node.value = value ?? '';
  return { node: h('div', { class: 'select' }, node, icon('down')), read: () => node.value || null, focus: node };
}

function ticks(element, value, attrs, type, list, ctx) {
  const name = uid('set');
  const chosen = new Set(Array.isArray(value) ? value : [value].filter(Boolean));
  const boxes = list.map((option) => {
    const id = uid('tick');
    const box = h('input', { type, name, id, value: option.value, checked: chosen.has(option.value), onchange: () => ctx.act?.(read()) });
    const says = option.description ? h('small', {}, textOf(option.description, ctx)) : null;
    return { box, row: h('div', { class: 'tick' }, box, h('label', { for: id }, textOf(option.text, ctx), says)) };
  });
  const read = () => {
    const on = boxes.filter(({ box }) => box.checked).map(({ box }) => box.value);
    return type === 'radio' ? on[0] ?? null : on;
  };
  const { id, ...rest } = attrs;
  const role = type === 'radio' ? 'radiogroup' : 'group';
  return { node: h('div', { class: 'ticks', role, ...rest }, boxes.map(({ row }) => row)), read, focus: boxes[0]?.box };
}

function picker(type, value, attrs) {
  const node = h('input', { type, ...attrs, value: value ?? '' });
  return { node: h('div', { class: 'picker' }, node), read: () => node.value || null, focus: node };
}

function moment(value, attrs, ctx) {
  const local = value ? new Date(value * 1000 - new Date(value * 1000).getTimezoneOffset() * 60000).toISOString().slice(0, 16) : '';
  const control = picker('datetime-local', local, attrs, ctx);
  return { ...control, read: () => (control.focus.value ? Math.floor(new Date(control.focus.value).getTime() / 1000) : null) };
}

function upload(element, value, attrs, ctx) {
  const kept = (Array.isArray(value) ? value : []).map((id) => ({ id, name: ctx.fileNames?.[id] || id }));
  const list = h('ul', { class: 'uploads' });
  const show = () => list.replaceChildren(...kept.map((file, nth) => h('li', {}, icon('file'), h('span', {}, file.name),
    h('button', { type: 'button', class: 'icon-button', 'aria-label': `Remove ${file.name}`, onclick: () => { kept.splice(nth, 1); show(); input.focus(); } }, icon('close')))));
  const input = h('input', {
    type: 'file', ...attrs, multiple: (element.max_files ?? 10) > 1, accept: element.filetypes?.map((kind) => `.${kind}`).join(','),
    onchange: async () => {
      for (const file of input.files) {
        const answer = await net.upload(ctx.as, file);
        if (!answer.ok) { toast(answer.says, 'bad'); continue; }
        if ((element.max_files ?? 10) === 1) kept.length = 0;
        kept.push({ id: answer.id, name: file.name });
        if (ctx.fileNames) ctx.fileNames[answer.id] = file.name;
      }
      input.value = '';
      show();
    },
  });
  show();
  return { node: h('div', { class: 'file-input' }, input, list), read: () => kept.map((file) => file.id), focus: input };
}

const users = (ctx) => [{ label: null, options: ctx.people.filter((person) => !person.bot).map((person) => ({ value: person.id, text: { text: person.name } })) }];

// The control of an element; null when this page does not know it.
export function control(element, value, attrs, ctx) {
  switch (element.type) {
    case 'plain_text_input': case 'number_input': case 'email_text_input': case 'url_text_input':
      return text(element, value, attrs, ctx);
    case 'static_select': return select(element, value, attrs, groups(element));
    case 'users_select': return select(element, value, attrs, users(ctx));
    case 'radio_buttons': return ticks(element, value, attrs, 'radio', options(element), ctx);
    case 'checkboxes': case 'multi_static_select': return ticks(element, value, attrs, 'checkbox', options(element), ctx);
    case 'multi_users_select': return ticks(element, value, attrs, 'checkbox', users(ctx)[0].options, ctx);
    case 'datepicker': return picker('date', value, attrs);
    case 'timepicker': return picker('time', value, attrs);
    case 'datetimepicker': return moment(value, attrs, ctx);
    case 'file_input': return upload(element, value, attrs, ctx);
    default: return null;
  }
}

// A menu in a message: choosing acts at once.
export function choiceMenu(element, key, act, list) {
  let chosen = initial(element);
  const all = list || options(element);
  const label = () => bare(all.find((option) => option.value === chosen)?.text);
  const face = h('span', {}, label() || bare(element.placeholder) || 'Choose');
  const items = () => (list ? [{ label: null, options: list }] : groups(element)).flatMap((group) => [
    ...(group.label ? [{ group: group.label }] : []),
    ...group.options.map((option) => ({
      label: bare(option.text), says: bare(option.description), value: option.value,
      take: () => act(option.value, () => { chosen = option.value; face.textContent = label(); }),
    })),
  ]);
  return menuButton({ class: 'button menu', 'data-key': key }, [face, icon('down')], items,
    { role: 'listbox', label: bare(element.placeholder) || 'Choices', selected: () => chosen });
}
