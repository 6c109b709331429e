// Small builders for elements, pictures and menus. Text only ever enters the page as text nodes.

const SVG = 'http://www.w3.org/2000/svg';

export function h(tag, props, ...kids) {
  return fill(document.createElement(tag), props, kids);
}

export function s(tag, props, ...kids) {
  return fill(document.createElementNS(SVG, tag), props, kids);
}

function fill(node, props, kids) {
  for (const [name, value] of Object.entries(props || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name === 'value' || name === 'checked' || name === 'disabled' || name === 'hidden') node[name] = value;
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...kids.flat(Infinity).filter((kid) => kid !== null && kid !== undefined && kid !== false));
  return node;
}

const PATHS = {
  hash: 'M9 4 7 20M17 4l-2 16M4 9h17M3 15h17',
  menu: 'M4 6h16M4 12h16M4 18h16',
  close: 'M6 6l12 12M18 6 6 18',
  send: 'M4 12l16-7-6 15-3-6-7-2z',
  reply: 'M5 5h14v10H10l-5 4z',
  plus: 'M12 5v14M5 12h14',
  down: 'M7 10l5 5 5-5',
  next: 'M5 5l9 7-9 7zM18 5v14',
  day: 'M5 6h14v14H5zM5 10h14M9 3v4M15 3v4',
  month: 'M5 6h14v14H5zM5 10h14M9 3v4M15 3v4M9 14l2 2 4-4',
  hour: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4l3 2',
  spark: 'M12 3v5M12 16v5M3 12h5M16 12h5M7 7l2 2M15 15l2 2M17 7l-2 2M9 15l-2 2',
  eye: 'M3 12s3.5-6 9-6 9 6 9 6-3.5 6-9 6-9-6-9-6zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z',
  cloud: 'M7 18a4 4 0 0 1 0-8 5.5 5.5 0 0 1 10.5 1.5A3.3 3.3 0 0 1 17 18zM12 11v3M12 16.5v.01',
  moon: 'M19 14.5A7.5 7.5 0 0 1 9.5 5 7.5 7.5 0 1 0 19 14.5z',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M7 17l-2 2',
  file: 'M7 3h7l4 4v14H7zM14 3v4h4',
  edit: 'M5 19l1-4L16 5l3 3L9 18z',
  trash: 'M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13',
  bolt: 'M13 3L5 14h6l-1 7 8-11h-6z',
  lock: 'M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3',
  check: 'M5 12l5 5 9-10',
};

export function icon(name) {
  if (name === 'more') {
    return s('svg', { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true' }, [5, 12, 19].map((cx) => s('circle', { cx, cy: 12, r: 1.7, class: 'dots' })));
  }
  return s('svg', { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true' }, s('path', { d: PATHS[name] }));
}

export function mark(size) {
  return s('svg', { viewBox: '0 0 32 32', class: 'mark', width: size, height: size, 'aria-hidden': 'true' },
    s('circle', { cx: 11.5, cy: 16, r: 9, class: 'mark-a' }), s('circle', { cx: 20.5, cy: 16, r: 9, class: 'mark-b' }));
}

export function avatar(person) {
  if (!person) return h('span', { class: 'avatar', 'aria-hidden': 'true' }, '?');
  if (person.bot) return h('span', { class: 'avatar avatar-app', 'aria-hidden': 'true' }, mark(24));
  const initials = person.name.split(/\s+/).map((part) => [...part][0]).slice(0, 2).join('');
  const hue = [...person.id].reduce((sum, char) => sum + char.codePointAt(0), 0) % 6;
  return h('span', { class: `avatar hue-${hue}`, 'aria-hidden': 'true' }, initials);
}

let ids = 0;
export function uid(prefix) {
  ids += 1;
  return `${prefix}-${ids}`;
}

let openMenu = null;

// A list that hangs from a button: arrows move, a letter jumps, Enter takes, Escape leaves.
export function popup(anchor, items, { label, role = 'menu', selected } = {}) {
  openMenu?.();
  toasts().replaceChildren();
  const itemRole = role === 'menu' ? 'menuitem' : 'option';
  const options = [];
  const list = h('div', { class: 'popup', role, 'aria-label': label, tabindex: '-1' });
  const close = (refocus) => {
    if (!list.isConnected) return;
    list.remove();
    openMenu = null;
    anchor.setAttribute('aria-expanded', 'false');
    document.removeEventListener('pointerdown', outside, true);
    removeEventListener('resize', close);
    if (refocus) anchor.focus();
  };
  const outside = (event) => {
    if (!list.contains(event.target) && !anchor.contains(event.target)) close(false);
  };
  for (const item of items) {
    if (item.group) {
      list.append(h('div', { class: 'popup-group', role: 'presentation' }, item.group));
      continue;
    }
    const take = () => {
      close(true);
      item.take();
    };
    const option = h('button', {
      type: 'button', class: `popup-item${item.danger ? ' danger' : ''}`, role: itemRole, tabindex: '-1',
      'aria-selected': role === 'listbox' ? String(item.value !== undefined && item.value === selected) : undefined,
      onclick: take,
    }, item.icon ? icon(item.icon) : null, h('span', { class: 'popup-text' }, item.label, item.says ? h('small', {}, item.says) : null));
    options.push(option);
    list.append(option);
  }
  const move = (to) => options[(to + options.length) % options.length]?.focus();
  list.addEventListener('keydown', (event) => {
    const at = options.indexOf(document.activeElement);
    const keys = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: options.length - 1 };
    if (event.key in keys) move(keys[event.key]);
    else if (event.key === 'Escape') close(true);
    else if (event.key === 'Tab') return close(false);
    else if (event.key.length === 1 && event.key !== ' ') {
      const found = options.findIndex((option, nth) => nth > at && option.textContent.toLowerCase().startsWith(event.key.toLowerCase()));
      const first = options.findIndex((option) => option.textContent.toLowerCase().startsWith(event.key.toLowerCase()));
      if (found >= 0 || first >= 0) move(found >= 0 ? found : first);
    } else return undefined;
    event.preventDefault();
    event.stopPropagation();
    return undefined;
  });
  // Inside a dialog everything else is inert.
  (anchor.closest('dialog') || document.body).append(list);
  const box = anchor.getBoundingClientRect();
  const below = innerHeight - box.bottom > list.offsetHeight + 12 || box.top < list.offsetHeight;
  list.style.left = `${Math.max(8, Math.min(box.left, innerWidth - list.offsetWidth - 8))}px`;
  list.style.top = `${Math.max(8, below ? box.bottom + 4 : box.top - list.offsetHeight - 4)}px`;
  list.style.maxHeight = `${below ? innerHeight - box.bottom - 12 : box.top - 12}px`;
  anchor.setAttribute('aria-expanded', 'true');
  openMenu = close;
  document.addEventListener('pointerdown', outside, true);
  addEventListener('resize', close);
  (options.find((option) => option.getAttribute('aria-selected') === 'true') || options[0])?.focus();
}

// A button that opens such a list.
export function menuButton(props, face, items, options = {}) {
  const button = h('button', {
    type: 'button', 'aria-haspopup': options.role || 'menu', 'aria-expanded': 'false', ...props,
    onclick: () => popup(button, typeof items === 'function' ? items() : items, {
      ...options, selected: typeof options.selected === 'function' ? options.selected() : options.selected,
    }),
  }, face);
  button.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown') return;
    event.preventDefault();
    button.click();
  });
  return button;
}

const toasts = () => document.getElementById('toasts');

// Says something in passing, above whatever is open.
export function toast(text, kind = '') {
  if (!text) return;
  const line = h('div', { class: `toast ${kind}` }, text);
  const top = [...document.querySelectorAll('dialog[open]')].pop() || document.body;
  if (toasts().parentNode !== top) top.append(toasts());
  toasts().append(line);
  while (toasts().children.length > 2) toasts().firstChild.remove();
  setTimeout(() => line.remove(), kind === 'bad' ? 8000 : 4500);
}

// Takes a dialog away, but not what is being said in it.
export function takeAway(dialog) {
  if (dialog.contains(toasts())) document.body.append(toasts());
  dialog.close();
  dialog.remove();
}
