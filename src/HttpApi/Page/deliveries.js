import * as api from './api.js';
import { byId, el, setText, showRows } from './dom.js';
import { waitingNow } from './status.js';
import { openStory } from './story.js';
import * as words from './words.js';

const shown = 50;
let held = false;

export async function refreshDeliveries() {
  if (held) return;
  const filter = { outcome: byId('outcome').value, kind: byId('kind').value };
  const page = await api.get('/api/deliveries', { limit: shown, ...filter });
  if (held) return;
  showRows(byId('delivery-rows'), page.items, (item) => `${item.at} ${item.eventId} ${item.attempts} ${item.outcome}`, row);
  byId('delivery-table').hidden = page.items.length === 0;
  byId('delivery-empty').hidden = page.items.length > 0;
  if (filter.outcome !== '' || filter.kind !== '') {
    setText('delivery-empty', 'Nothing with this outcome and kind.');
  } else if (page.items.length === 0 && waitingNow() > 0) {
    setText('delivery-empty', `Nothing has ended yet: ${words.count(waitingNow(), 'event waits', 'events wait')}.`);
  } else if (page.items.length === 0) {
    byId('delivery-empty').replaceChildren('Nothing yet. Post an event to ', el('code', {}, '/api/events'), ' and watch it arrive here.');
  }
}

export function wireDeliveries(report) {
  for (const id of ['outcome', 'kind']) {
    byId(id).addEventListener('change', () => {
      hold(false);
      refreshDeliveries().catch(report);
    });
  }
  byId('hold').addEventListener('click', () => hold(!held));
}

function hold(value) {
  held = value;
  byId('hold').setAttribute('aria-pressed', String(value));
  setText('hold', value ? 'Held: go on' : 'Hold still');
}

function row(item) {
  const [text, colour] = words.outcome(item.outcome);
  return el('tr', {},
    el('td', { className: 'time' }, el('time', { dateTime: item.at, title: item.at }, words.time(item.at))),
    el('td', {}, el('span', { className: `badge ${colour}` }, text)),
    el('td', { className: 'kind' }, item.kind, item.lane === 'import' ? el('span', { className: 'muted' }, ' import') : null),
    el('td', { className: 'event' }, el('button', { type: 'button', className: 'link mono', title: 'Show its story', onclick: () => openStory(item.eventId) }, item.eventId)),
    el('td', { className: 'why' }, words.reason(item.reason)),
    el('td', { className: 'number', dataset: { label: 'HTTP' } }, item.httpStatus === null ? '–' : String(item.httpStatus)),
    el('td', { className: 'number', dataset: { label: 'calls' } }, String(item.attempts)),
    el('td', { className: 'number', dataset: { label: 'took' } }, words.milliseconds(item.durationMs)));
}
