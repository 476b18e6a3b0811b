// Elements of the pages. Text is always set as text, so no answer can become markup.

export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.map(child => (child instanceof Node ? child : String(child))));
  return element;
}

/** A table with a caption. A column whose heading begins with # holds numbers. */
export function table(caption, headings, rows) {
  if (rows.length === 0) return el('p', {}, `${caption} There are none.`);
  const numeric = headings.map(heading => heading.startsWith('#'));
  const cellClass = at => (numeric[at] ? { class: 'number' } : {});
  const head = headings.map((heading, at) => el('th', { scope: 'col', ...cellClass(at) }, heading.replace('#', '')));
  const body = rows.map(row =>
    el('tr', {}, ...row.map((cell, at) => (at === 0 ? el('th', { scope: 'row' }, cell) : el('td', cellClass(at), cell ?? '')))),
  );
  // It scrolls by itself where the window is narrow; so it can be focused and scrolled by keyboard.
  const whole = el('table', {}, el('caption', {}, caption), el('thead', {}, el('tr', {}, ...head)), el('tbody', {}, ...body));
  return el('div', { class: 'scroll', role: 'region', 'aria-label': caption, tabindex: '0' }, whole);
}

/** Names and values; what has no value is left out. */
export const fields = values =>
  el('dl', {}, ...Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [el('dt', {}, name), el('dd', {}, value)])));

/** An instant in the reader's own words; its exact form is in the element. */
export const moment = instant =>
  instant ? el('time', { datetime: instant }, new Date(instant).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })) : 'never';

/** Shows another page and tells screen readers: its heading takes the focus. */
export function replaceMain(title, ...content) {
  const heading = el('h1', { tabindex: '-1' }, title);
  document.title = `${title} · Throughline`;
  document.querySelector('main').replaceChildren(heading, ...content);
  heading.focus();
}

export const status = text => void (document.querySelector('#status').textContent = text);
