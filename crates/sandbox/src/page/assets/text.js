// Slack's text as nodes: mrkdwn, plain text and rich text. Nothing here ever builds HTML from a string.

import { h } from './dom.js';

const EMOJI = {
  wave: '👋', eyes: '👀', headphones: '🎧', palm_tree: '🌴', white_check_mark: '✅', heavy_check_mark: '✔️', x: '❌',
  calendar: '📅', spiral_calendar_pad: '🗓️', bell: '🔔', no_bell: '🔕', seedling: '🌱', tophat: '🎩', mortar_board: '🎓',
  bulb: '💡', lock: '🔒', hourglass: '⌛', memo: '📝', bar_chart: '📊', chart_with_upwards_trend: '📈', compass: '🧭',
  mag: '🔍', pencil2: '✏️', wastebasket: '🗑️', arrow_right: '➡️', arrow_up: '⬆️', arrow_down: '⬇️', thumbsup: '👍', '+1': '👍',
  tada: '🎉', smile: '😄', slightly_smiling_face: '🙂', thinking_face: '🤔', speech_balloon: '💬', zzz: '💤', house: '🏠',
  large_orange_circle: '🟠', large_blue_circle: '🔵', warning: '⚠️', question: '❓', heart: '❤️', sunny: '☀️', test_tube: '🧪',
};

const unescape = (text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

// Text with its line breaks and named emoji.
function shown(text, emoji = true) {
  const out = [];
  for (const [nth, line] of text.split('\n').entries()) {
    if (nth > 0) out.push(h('br'));
    if (!emoji) { out.push(line); continue; }
    let last = 0;
    for (const found of line.matchAll(/:([a-z0-9_+-]+):/g)) {
      if (!EMOJI[found[1]]) continue;
      out.push(line.slice(last, found.index), EMOJI[found[1]]);
      last = found.index + found[0].length;
    }
    out.push(line.slice(last));
  }
  return out;
}

function link(url, label) {
  const safe = /^(https?:|mailto:)/i.test(url);
  return safe ? h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, label) : h('span', {}, label);
}

const mention = (text) => h('span', { class: 'mention' }, text);

function entity(inside, ctx) {
  const [target, label] = inside.split(/\|(.*)/s);
  if (target.startsWith('@')) return mention(`@${ctx.person(target.slice(1))?.name || label || target.slice(1)}`);
  if (target.startsWith('#')) return mention(`#${label || ctx.channel?.(target.slice(1)) || target.slice(1)}`);
  if (target.startsWith('!')) return mention(label || `@${target.slice(1).split('^')[0]}`);
  return link(unescape(target), unescape(label || target));
}

const INLINE = /`([^`\n]+)`|<([^>\n]+)>|(?<![\p{L}\p{N}*])\*(?!\s)([^*\n]+?)(?<!\s)\*(?![\p{L}\p{N}*])|(?<![\p{L}\p{N}_])_(?!\s)([^_\n]+?)(?<!\s)_(?![\p{L}\p{N}_])|(?<![\p{L}\p{N}~])~(?!\s)([^~\n]+?)(?<!\s)~(?![\p{L}\p{N}~])/gu;

function inline(text, ctx) {
  const out = [];
  let last = 0;
  for (const found of text.matchAll(INLINE)) {
    out.push(shown(unescape(text.slice(last, found.index))));
    const [all, code, inside, bold, italic, strike] = found;
    if (code !== undefined) out.push(h('code', {}, unescape(code)));
    else if (inside !== undefined) out.push(entity(inside, ctx));
    else if (bold !== undefined) out.push(h('strong', {}, inline(bold, ctx)));
    else if (italic !== undefined) out.push(h('em', {}, inline(italic, ctx)));
    else out.push(h('s', {}, inline(strike, ctx)));
    last = found.index + all.length;
  }
  out.push(shown(unescape(text.slice(last))));
  return out;
}

export function mrkdwn(text, ctx) {
  const out = [];
  for (const [nth, part] of String(text ?? '').split('```').entries()) {
    if (nth % 2 === 1) {
      out.push(h('pre', {}, unescape(part.replace(/^\n|\n$/g, ''))));
      continue;
    }
    let quote = [];
    let lines = [];
    const flush = () => {
      if (lines.length) out.push(inline(lines.join('\n'), ctx));
      if (quote.length) out.push(h('blockquote', {}, inline(quote.join('\n'), ctx)));
      quote = [];
      lines = [];
    };
    for (const line of part.split('\n')) {
      const quoted = line.match(/^&gt; ?(.*)$/);
      if (quoted && lines.length) flush();
      if (!quoted && quote.length) flush();
      if (quoted) quote.push(quoted[1]); else lines.push(line);
    }
    flush();
  }
  return out;
}

export const plain = (text) => shown(String(text ?? ''));

// A text object.
export function textOf(object, ctx) {
  if (!object) return [];
  return object.type === 'mrkdwn' ? mrkdwn(object.text, ctx) : shown(String(object.text ?? ''), object.emoji !== false);
}

export const bare = (object) => (object?.type === 'mrkdwn' ? unescape(object.text.replace(/[*`]/g, '')) : object?.text || '');

function leaf(part, ctx) {
  const style = part.style || {};
  const wrap = (node) => {
    let out = node;
    if (style.code) out = h('code', {}, out);
    if (style.bold) out = h('strong', {}, out);
    if (style.italic) out = h('em', {}, out);
    if (style.strike) out = h('s', {}, out);
    return out;
  };
  switch (part.type) {
    case 'text': return wrap(shown(part.text, false));
    case 'link': return wrap(link(part.url, part.text || part.url));
    case 'emoji': return part.unicode ? String.fromCodePoint(...part.unicode.split('-').map((code) => parseInt(code, 16))) : EMOJI[part.name] || `:${part.name}:`;
    case 'user': return mention(`@${ctx.person(part.user_id)?.name || part.user_id}`);
    case 'channel': return mention(`#${ctx.channel?.(part.channel_id) || part.channel_id}`);
    case 'broadcast': return mention(`@${part.range}`);
    case 'date': return part.fallback || new Date(part.timestamp * 1000).toISOString();
    default: return h('span', { class: 'unknown' }, `unknown rich text: ${part.type}`);
  }
}

export function rich(block, ctx) {
  return (block.elements || []).map((part) => {
    const leaves = () => (part.elements || []).map((one) => leaf(one, ctx));
    switch (part.type) {
      case 'rich_text_section': return h('div', { class: 'rich' }, leaves());
      case 'rich_text_quote': return h('blockquote', {}, leaves());
      case 'rich_text_preformatted': return h('pre', {}, leaves());
      case 'rich_text_list':
        return h(part.style === 'ordered' ? 'ol' : 'ul', { class: `indent-${part.indent || 0}` },
          (part.elements || []).map((item) => h('li', {}, (item.elements || []).map((one) => leaf(one, ctx)))));
      default: return h('div', { class: 'unknown' }, `This page does not know the rich text “${part.type}”.`);
    }
  });
}
