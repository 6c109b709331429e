// Charts and tables: `data_visualization` as SVG, `data_table` and `table` as tables.

import { h, s } from './dom.js';
import { rich } from './text.js';

const round = (value) => (Math.abs(value) >= 100 ? Math.round(value) : Math.round(value * 100) / 100);

function ticksUpTo(most) {
  const raw = Math.max(most, 1e-9) / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  let step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((one) => one >= raw);
  if (most >= 1 && step < 1 && Number.isInteger(most)) step = 1;
  const out = [];
  for (let at = 0; at < most + step * 0.999; at += step) out.push(round(at));
  return out;
}

function words(chart) {
  if (chart.type === 'pie') return (chart.segments || []).map((one) => `${one.label} ${one.value}`).join(', ');
  return (chart.series || []).map((one) => `${one.name}: ${one.data.map((point) => `${point.label} ${point.value}`).join(', ')}`).join('; ');
}

function pie(chart) {
  const segments = chart.segments || [];
  const all = segments.reduce((sum, one) => sum + one.value, 0) || 1;
  let turn = -Math.PI / 2;
  const slices = segments.map((one, nth) => {
    const angle = (one.value / all) * Math.PI * 2;
    if (angle >= Math.PI * 2 - 1e-6) return s('circle', { cx: 90, cy: 90, r: 80, class: `s${nth}` });
    const at = (angleAt) => `${90 + 80 * Math.cos(angleAt)} ${90 + 80 * Math.sin(angleAt)}`;
    const path = `M90 90L${at(turn)}A80 80 0 ${angle > Math.PI ? 1 : 0} 1 ${at(turn + angle)}Z`;
    turn += angle;
    return s('path', { d: path, class: `s${nth} slice` });
  });
  return s('svg', { viewBox: '0 0 180 180', class: 'pie' }, slices);
}

function axes(chart) {
  const series = chart.series || [];
  const categories = chart.axis_config?.categories || series[0]?.data.map((point) => point.label) || [];
  const most = Math.max(1e-9, ...series.flatMap((one) => one.data.map((point) => point.value)));
  const ticks = ticksUpTo(most);
  const [width, height, left, top, bottom] = [560, 240, 34, 22, 28];
  const topTick = ticks[ticks.length - 1] || 1;
  const y = (value) => top + (height - top - bottom) * (1 - value / topTick);
  const slot = (width - left - 6) / Math.max(categories.length, 1);
  const middle = (nth) => left + slot * (nth + 0.5);
  const marks = [];
  if (chart.type === 'bar') {
    const bar = Math.min(40, (slot * 0.72) / Math.max(series.length, 1));
    series.forEach((one, row) => one.data.forEach((point, nth) => {
      const x = middle(nth) + (row - series.length / 2) * bar + bar * 0.06;
      const tall = Math.max(0, y(0) - y(point.value));
      marks.push(s('rect', { x, y: y(0) - tall, width: bar * 0.88, height: tall, rx: Math.min(4, tall / 2), class: `s${row}` }));
      marks.push(s('text', { x: x + bar * 0.44, y: y(0) - tall - 4, class: 'value', 'text-anchor': 'middle' }, String(round(point.value))));
    }));
  } else {
    series.forEach((one, row) => {
      const line = one.data.map((point, nth) => `${nth ? 'L' : 'M'}${middle(nth)} ${y(point.value)}`).join('');
      if (chart.type === 'area' && one.data.length) {
        marks.push(s('path', { d: `${line}L${middle(one.data.length - 1)} ${y(0)}L${middle(0)} ${y(0)}Z`, class: `s${row} area` }));
      }
      marks.push(s('path', { d: line, class: `l${row} line` }));
      one.data.forEach((point, nth) => marks.push(s('circle', { cx: middle(nth), cy: y(point.value), r: 3.5, class: `s${row}` })));
    });
  }
  return s('svg', { viewBox: `0 0 ${width} ${height}`, class: 'axes' },
    ticks.map((tick) => [s('line', { x1: left, x2: width, y1: y(tick), y2: y(tick), class: 'grid' }),
      s('text', { x: left - 6, y: y(tick) + 4, 'text-anchor': 'end' }, String(tick))]),
    marks,
    categories.map((name, nth) => s('text', { x: middle(nth), y: height - 9, 'text-anchor': 'middle' }, name)));
}

export function chart(block) {
  const kinds = ['bar', 'line', 'area', 'pie'];
  if (!kinds.includes(block.chart?.type)) return h('div', { class: 'unknown' }, `This page does not know the chart “${block.chart?.type}”.`);
  const drawing = block.chart.type === 'pie' ? pie(block.chart) : axes(block.chart);
  drawing.setAttribute('role', 'img');
  drawing.setAttribute('aria-label', `${block.title}. ${words(block.chart)}`);
  const names = block.chart.type === 'pie'
    ? block.chart.segments.map((one) => `${one.label} · ${one.value}`) : block.chart.series.map((one) => one.name);
  return h('figure', { class: 'chart' }, h('figcaption', {}, block.title), drawing,
    h('ul', { class: 'legend', 'aria-hidden': 'true' }, names.map((name, nth) => h('li', {}, h('span', { class: `dot s${nth}` }), name))));
}

function cell(one, ctx) {
  switch (one?.type) {
    case 'raw_text': return one.text;
    case 'raw_number': return one.text ?? String(one.value);
    case 'rich_text': return rich(one, ctx);
    default: return h('span', { class: 'unknown' }, `unknown cell: ${one?.type}`);
  }
}

export function table(block, ctx) {
  const rows = block.rows || [];
  const size = block.type === 'data_table' ? block.page_size || 5 : rows.length;
  const header = block.row_header_column_index ?? 0;
  const [head, ...body] = rows;
  const columns = block.column_settings || [];
  const align = (nth) => `align-${columns[nth]?.align || (body[0]?.[nth]?.type === 'raw_number' ? 'right' : 'left')}`;
  const inside = h('tbody');
  const where = h('span', { class: 'where' });
  let page = 0;
  const pages = Math.max(1, Math.ceil(body.length / size));
  const turn = (by) => {
    page = Math.max(0, Math.min(pages - 1, page + by));
    inside.replaceChildren(...body.slice(page * size, page * size + size).map((row) => h('tr', {}, row.map((one, nth) => (nth === header
      ? h('th', { scope: 'row', class: align(nth) }, cell(one, ctx)) : h('td', { class: align(nth) }, cell(one, ctx)))))));
    where.textContent = `${page + 1} of ${pages}`;
    older.disabled = page === pages - 1;
    newer.disabled = page === 0;
  };
  const newer = h('button', { type: 'button', class: 'button small', onclick: () => turn(-1) }, 'Back');
  const older = h('button', { type: 'button', class: 'button small', onclick: () => turn(1) }, 'More');
  turn(0);
  return h('div', { class: 'data-table' },
    h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': block.caption || 'Table' },
      h('table', {}, block.caption ? h('caption', {}, block.caption) : null,
        h('thead', {}, h('tr', {}, (head || []).map((one, nth) => h('th', { scope: 'col', class: align(nth) }, cell(one, ctx))))), inside)),
    pages > 1 ? h('div', { class: 'pager' }, newer, where, older) : null);
}
