// The box in which a message or a command is written: suggestions, files, and the app's shortcuts.

import { h, icon, menuButton, toast, uid } from './dom.js';
import { net } from './net.js';

// What can be typed here: people after an @, and what the app's command takes.
function suggestions(workspace, text, thread) {
  const name = text.match(/(?:^|\s)@([\p{L}\p{N}]*)$/u);
  if (name) {
    const people = workspace.state.people.filter((person) => !person.bot && person.name.toLowerCase().startsWith(name[1].toLowerCase()));
    const before = text.slice(0, text.length - name[1].length);
    return people.map((person) => ({ line: `${before}${person.handle} `, shown: `@${person.handle}`, says: person.name }));
  }
  const command = workspace.state.app.manifest?.features?.slash_commands?.[0];
  if (!command || thread || !text.startsWith('/') || text.includes('\n')) return [];
  const hints = workspace.state.app.hints.map((hint) => {
    const [word, rest] = hint.text.split(/ (.*)/);
    return { line: `${command.command} ${word}${rest ? ' ' : ''}`, shown: `${command.command} ${hint.text}`, says: hint.says };
  });
  const typed = text.toLowerCase();
  if (command.command.startsWith(typed.trim())) return [{ line: `${command.command} `, shown: command.command, says: command.description }, ...hints];
  return hints.filter((hint) => hint.line.startsWith(typed) && hint.line.trim() !== typed.trim());
}

export function composer(workspace, channel, thread) {
  const listId = uid('suggest');
  const list = h('div', { class: 'suggest', role: 'listbox', id: listId, 'aria-label': 'Commands', hidden: true });
  const label = thread ? 'Reply in the thread' : channel.app ? 'Message LeadLens, or type /leadlens' : `Message #${channel.name}`;
  const box = h('textarea', {
    rows: 1, placeholder: thread ? 'Reply…' : channel.app ? 'Message LeadLens, or type /' : `Message #${channel.name}`, 'aria-label': label,
    role: 'combobox', 'aria-autocomplete': 'list', 'aria-controls': listId, 'aria-expanded': 'false', autocomplete: 'off',
  });
  let found = [];
  let at = 0;
  const attached = [];
  const chips = h('ul', { class: 'uploads chips' });
  const showChips = () => {
    chips.replaceChildren(...attached.map((file, nth) => h('li', {}, icon('file'), h('span', {}, file.name),
      h('button', { type: 'button', class: 'icon-button', 'aria-label': `Remove ${file.name}`, onclick: () => { attached.splice(nth, 1); showChips(); box.focus(); } }, icon('close')))));
    show();
  };
  const chooser = h('input', {
    type: 'file', hidden: true, 'aria-label': 'File to upload', onchange: async () => {
      for (const file of chooser.files) {
        const answer = await net.upload(workspace.as, file);
        if (answer.ok) attached.push({ id: answer.id, name: file.name }); else toast(answer.says, 'bad');
      }
      chooser.value = '';
      showChips();
      box.focus();
    },
  });
  const show = () => {
    found = suggestions(workspace, box.value, thread);
    at = Math.min(at, Math.max(0, found.length - 1));
    list.hidden = !found.length;
    box.setAttribute('aria-expanded', String(Boolean(found.length)));
    list.replaceChildren(...found.map((one, nth) => h('div', {
      class: 'suggest-row', role: 'option', id: `${listId}-${nth}`, 'aria-selected': String(nth === at),
      onpointerdown: (event) => { event.preventDefault(); take(one); },
    }, h('code', {}, one.shown), h('span', {}, one.says))));
    if (found.length) {
      box.setAttribute('aria-activedescendant', `${listId}-${at}`);
      list.children[at].scrollIntoView({ block: 'nearest' });
    } else box.removeAttribute('aria-activedescendant');
    box.style.height = 'auto';
    box.style.height = `${Math.min(box.scrollHeight, 180)}px`;
    sendButton.disabled = !box.value.trim() && !attached.length;
  };
  const hide = () => {
    found = [];
    list.hidden = true;
    box.setAttribute('aria-expanded', 'false');
    box.removeAttribute('aria-activedescendant');
  };
  const take = (one) => {
    box.value = one.line;
    at = 0;
    show();
    if (!one.line.endsWith(' ')) hide();
    box.focus();
  };
  const send = async () => {
    const text = box.value;
    if (!text.trim() && !attached.length) return;
    const command = workspace.state.app.manifest?.features?.slash_commands?.[0]?.command;
    if (text.startsWith('/') && !thread && text.trim().split(/\s/)[0] !== command) {
      toast(`${text.trim().split(/\s/)[0]} is not a command of this workspace; ${command} is.`, 'bad');
      return;
    }
    const files = attached.splice(0).map((file) => file.id);
    box.value = '';
    hide();
    showChips();
    workspace.toTheEnd(thread ? workspace.threadList : workspace.list);
    if (!(await workspace.act({ action: 'write', channel: channel.id, text, thread, files })) && !box.value) {
      box.value = text;
      show();
    }
  };
  box.addEventListener('input', () => { at = 0; show(); });
  box.addEventListener('blur', hide);
  box.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    const chosen = found[at];
    if (found.length && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      at = (at + (event.key === 'ArrowDown' ? 1 : found.length - 1)) % found.length;
      show();
    } else if (chosen && (event.key === 'Tab' && !event.shiftKey || event.key === 'Enter' && chosen.line.trim() !== box.value.trim())) take(chosen);
    else if (found.length && event.key === 'Escape') { hide(); event.stopPropagation(); }
    else if (event.key === 'Enter' && !event.shiftKey) send();
    else return;
    event.preventDefault();
  });
  const globals = () => [{ label: 'Upload a file', icon: 'file', take: () => chooser.click() }, ...(workspace.state.app.manifest?.features?.shortcuts || []).filter((one) => one.type === 'global')
    .map((one) => ({ label: one.name, says: one.description, icon: 'bolt', take: () => workspace.act({ action: 'shortcut', callback_id: one.callback_id }) }))];
  const plus = thread ? null : menuButton({ class: 'icon-button', 'aria-label': 'Files and shortcuts', title: 'Files and shortcuts' }, icon('plus'), globals, { label: 'Files and shortcuts' });
  const sendButton = h('button', { type: 'button', class: 'icon-button send', 'aria-label': 'Send', disabled: true, onclick: send }, icon('send'));
  return h('div', { class: 'composer' }, list, chips, h('div', { class: 'composer-box' }, plus, box, sendButton), chooser);
}
