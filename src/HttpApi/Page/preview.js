import * as api from './api.js';
import { byId, el } from './dom.js';
import { examples } from './examples.js';
import * as words from './words.js';

const outcomes = { deliver: ['Would be sent', 'good'], skip: ['Would be skipped', ''], dead: ['Would become a dead letter', 'bad'], reject: ['Would be refused', 'bad'] };

export function wirePreview(report) {
  const input = byId('preview-input');
  for (const name of Object.keys(examples)) {
    byId('example').append(el('option', { value: name }, name));
  }
  byId('example').addEventListener('change', (event) => {
    if (event.target.value === '') return;
    input.value = JSON.stringify(examples[event.target.value](), null, 2);
    show(report);
  });
  byId('preview-form').addEventListener('submit', (event) => {
    event.preventDefault();
    show(report);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) show(report);
  });
}

async function show(report) {
  const output = byId('preview-output');
  const text = byId('preview-input').value;
  if (text.trim() === '') {
    output.replaceChildren(el('p', { className: 'empty' }, 'Paste an event, or choose an example.'));
    return;
  }
  try {
    const items = await api.preview(text);
    output.replaceChildren(...(items.length > 0 ? items.map(card) : [el('p', { className: 'empty' }, 'There is no event in it.')]));
  } catch (error) {
    output.replaceChildren(el('p', { className: 'banner' }, error.message));
    if (error.status === 401) report(error);
  }
}

function card(item) {
  // What has an id would be taken in: only then something is found to be wrong with it.
  const [text, colour] = outcomes[item.outcome === 'reject' && item.eventId !== null ? 'dead' : item.outcome] ?? [item.outcome, ''];
  const shape = { webhook: 'webhook', http_api: 'HTTP API' }[item.shape] ?? item.shape;
  const meta = [shape, item.partition === null ? null : `partition ${item.partition}`, item.eventId].filter((part) => part !== null).join(' · ');
  return el('article', { className: 'item' },
    el('h3', {}, el('span', { className: `badge ${colour}` }, text), ` ${item.kind ?? 'no event'}`),
    meta === '' ? null : el('p', { className: 'meta muted' }, meta),
    item.reason === null ? null : el('p', {}, words.reason(item.reason)),
    notes(item.problems, problem),
    notes(item.warnings, (warning) => `${warning.field}: ${warning.message}`),
    item.rule === null ? null : el('p', { className: 'muted' }, item.ruleName === null ? `By the rule ${item.rule}.` : `By the rule “${item.ruleName}” (${item.rule}).`),
    notes(item.transformations, transformation),
    ...item.requests.map(request),
    item.batchItems.length === 0 ? null : el('details', {}, el('summary', {}, 'The same as items of a batch (v2)'), ...item.batchItems.map(json)));
}

function notes(list, text) {
  return list.length === 0 ? null : el('ul', {}, ...list.map((note) => el('li', {}, text(note))));
}

function problem({ field, message, limit, actual }) {
  const sizes = limit === null ? '' : ` (limit ${words.number(limit)}, is ${words.number(actual)})`;
  return `${field}: ${message}${message.includes(String(limit)) ? '' : sizes}`;
}

function transformation({ rule, name, operation, field, before, after }) {
  return `${name ?? rule}: ${operation} of ${field}, from ${JSON.stringify(before)} to ${JSON.stringify(after)}`;
}

function request({ method, url, body, bytes }) {
  return el('div', { className: 'request' },
    el('strong', { className: 'mono' }, method), ' ', el('span', { className: 'mono' }, url),
    el('span', { className: 'muted' }, ` ${words.number(bytes)} bytes`),
    body === null ? null : json(body));
}

const json = (value) => el('pre', {}, JSON.stringify(value, null, 2));
