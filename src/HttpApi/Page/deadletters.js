import * as api from './api.js';
import { confirm } from './confirm.js';
import { byId, el, setText, showRows } from './dom.js';
import { openDeadLetter } from './story.js';
import * as words from './words.js';

const shown = 50;
// The API's most, and how far is counted before it is only said that there are more.
const counted = 1000;
const mostPages = 20;
const pause = 5000;
// Over the minute for which a pass of another process may hold dead letters.
const mostPauses = 24;
// How long is waited for what becomes of what was replayed, and how long for the next of it where the queue does not tell how many still wait.
const resultPause = 1000;
const mostLooks = 120;
const mostQuietLooks = 15;
let items = [];
let next = null;
let working = false;
let stopping = false;
let runs = 0;
const selected = new Set();

/** Brings the list up to date, unless someone is working with it. */
export async function refreshDeadLetters() {
  if (working || selected.size > 0 || items.length > shown) return;
  await load();
}

export function wireDeadLetters(report) {
  byId('reason').addEventListener('change', () => {
    selected.clear();
    load().catch(report);
  });
  byId('dead-more').addEventListener('click', () => load(next).catch(report));
  byId('select-all').addEventListener('change', (event) => {
    for (const box of byId('dead-rows').querySelectorAll('input')) {
      box.checked = event.target.checked;
      choose(box.value, box.checked);
    }
  });
  byId('replay').addEventListener('click', () => run('replay', 'replayed', 'Replay').catch(report));
  byId('discard').addEventListener('click', () => run('discard', 'discarded', 'Discard').catch(report));
  byId('stop').addEventListener('click', () => {
    stopping = true;
    showActions();
  });
}

async function load(after = null) {
  const page = await api.get('/api/dead-letters', { limit: shown, reason: byId('reason').value, after });
  items = after === null ? page.items : [...items, ...page.items];
  next = page.next;
  const ids = new Set(items.map((item) => item.id));
  for (const id of selected) {
    if (!ids.has(id)) selected.delete(id);
  }
  show();
}

function show() {
  showRows(byId('dead-rows'), items, (item) => item.id, row);
  byId('dead-table').hidden = items.length === 0;
  byId('dead-actions').hidden = items.length === 0 && next === null;
  byId('dead-empty').hidden = items.length > 0;
  byId('dead-more').hidden = next === null;
  setText('dead-more', items.length === 0 ? 'Look further' : 'Show more');
  setText('dead-empty', next !== null ? 'None so far; there are more to look through.'
    : byId('reason').value !== '' ? 'None of this reason.'
    : 'No dead letters. Every event so far was delivered, skipped on purpose, or still waits.');
  showActions();
}

function showActions() {
  setText('replay', `Replay ${scope()}`);
  setText('discard', `Discard ${scope()}`);
  byId('replay').disabled = working;
  byId('discard').disabled = working;
  byId('stop').hidden = !working;
  byId('stop').disabled = stopping;
  setText('stop', stopping ? 'Stopping…' : 'Stop');
  byId('select-all').checked = items.length > 0 && selected.size === items.length;
  byId('select-all').indeterminate = selected.size > 0 && selected.size < items.length;
}

function scope() {
  if (selected.size > 0) return `${selected.size} selected`;
  const reason = byId('reason').value;
  return reason === '' ? 'all' : `all “${words.shortReason(reason)}”`;
}

function choose(id, chosen) {
  if (chosen) selected.add(id);
  else selected.delete(id);
  showActions();
}

function row(item) {
  const box = el('input', { type: 'checkbox', value: item.id, ariaLabel: `Select ${item.eventId}`, onchange: () => choose(item.id, box.checked) });
  return el('tr', {},
    el('td', {}, box),
    el('td', { className: 'time' }, el('time', { dateTime: item.deadLetteredAt, title: item.deadLetteredAt }, words.time(item.deadLetteredAt)),
      item.firstFailedAt < item.deadLetteredAt ? el('span', { className: 'note', title: item.firstFailedAt }, ` first failed ${words.time(item.firstFailedAt)}`) : null),
    el('td', {}, el('span', { className: 'badge bad' }, words.shortReason(item.reason))),
    el('td', { className: 'kind' }, item.kind),
    el('td', { className: 'event' }, el('button', { type: 'button', className: 'link mono', title: 'Show its story', onclick: () => openDeadLetter(item) }, item.eventId)),
    el('td', { className: 'why' }, item.description),
    el('td', { className: 'number', dataset: { label: 'calls' } }, String(item.attempts)));
}

function selection() {
  if (selected.size > 0) return { ids: [...selected] };
  const reason = byId('reason').value;
  return reason === '' ? { all: true } : { reason };
}

// How many are chosen and why they are here: what is to be thrown away is said before it is.
async function count(chosen) {
  const letters = new Map();
  const add = (list) => list.forEach((item) => letters.set(item.id, item.reason));
  let after = null;
  if ('ids' in chosen) {
    add(items.filter((item) => selected.has(item.id)));
  } else {
    setText('dead-message', 'Counting…');
    for (let page = 0; page === 0 || (after !== null && page < mostPages); page++) {
      const part = await api.get('/api/dead-letters', { limit: counted, reason: chosen.reason ?? '', after });
      add(part.items);
      after = part.next;
    }
    setText('dead-message', '');
  }

  const byReason = new Map();
  for (const code of letters.values()) byReason.set(code, (byReason.get(code) ?? 0) + 1);
  const many = words.count(letters.size, 'dead letter', 'dead letters');
  return {
    number: after === null ? many : `more than ${many}`,
    reasons: [...byReason].sort((x, y) => y[1] - x[1]).map(([code, times]) => `${words.number(times)} × ${words.shortReason(code)}`).join(', '),
  };
}

// One call does a bounded part and says whether there is more; what it did stays done.
async function run(verb, done, title) {
  const chosen = selection();
  const asOfNow = verb === 'replay' && byId('as-of-now').checked;
  const text = verb === 'replay'
    ? `They go to the queue again as they came in, with their ids and times, and are mapped anew.${asOfNow ? '' : ' An identify that is older than the person\'s last change changes nothing, unless “Replay as of now” is ticked.'}`
    : 'They are removed for good and can not be brought back.';
  if (!('ids' in chosen && verb === 'replay')) {
    const { number, reasons } = await count(chosen);
    if (!await confirm(`${title} ${number}?`, `${reasons}. ${text}`, title, verb === 'discard')) return;
  }

  working = true;
  stopping = false;
  const mine = ++runs;
  showActions();
  let total = 0;
  let pauses = 0;
  let pass = null;
  try {
    for (let more = true; more && !stopping;) {
      if (pauses > 0) await new Promise((resolve) => setTimeout(resolve, pause));
      // What a run may take is fixed when it begins: its bound says it.
      pass = await api.change(`/api/dead-letters/${verb}`, { ...chosen, ...(asOfNow ? { asOfNow } : {}), ...(pass === null ? {} : { bound: pass.bound }) });
      total += pass[done];
      pauses = pass[done] > 0 ? 0 : pauses + 1;
      more = pass.more && pauses <= mostPauses;
      setText('dead-message', told(done, total, pass, more && !stopping));
    }
  } finally {
    working = false;
    selected.clear();
    await load();
  }
  if (verb === 'replay' && total > 0) await tellResult(mine, total, pass);
}

// What became of what was replayed, until all of it has ended, or nothing more is heard.
async function tellResult(mine, total, pass) {
  let result = pass;
  for (let looks = 0, quiet = 0; looks < mostLooks && quiet < mostQuietLooks && result.waiting !== 0; looks++) {
    await new Promise((resolve) => setTimeout(resolve, resultPause));
    if (mine !== runs) return;
    const before = sum(result.cameBack);
    result = await api.change('/api/dead-letters/replay', { bound: pass.bound });
    quiet = result.waiting === undefined && sum(result.cameBack) === before ? quiet + 1 : 0;
    setText('dead-message', told('replayed', total, { ...pass, ...result, notFound: pass.notFound, warnings: pass.warnings, more: pass.more }, false));
  }
  if (sum(result.cameBack) > 0) await load();
}

const sum = (byReason) => Object.values(byReason).reduce((all, one) => all + one, 0);

function told(done, total, pass, goesOn) {
  return [
    goesOn ? `${words.number(total)} ${done}, going on…`
      : `${stopping && pass.more ? 'Stopped. ' : ''}${words.number(total)} ${done}${done === 'replayed' ? came(pass) : ''}.`,
    pass.notFound.length > 0 ? `${words.number(pass.notFound.length)} were not there any more.` : '',
    ...pass.warnings.map(({ code, message }) => (code === 'identify_may_be_outdated' && !goesOn
      ? 'There are identifies among them: Customer.io ignores one that is older than the person\'s last change. Tick “Replay as of now” to make them count.'
      : message)),
  ].filter((part) => part !== '').join(' ');
}

function came({ delivered, skipped, waiting, cameBack }) {
  const back = sum(cameBack);
  const reasons = Object.entries(cameBack).sort((x, y) => y[1] - x[1]).map(([code, times]) => `${words.shortReason(code)} ${words.number(times)}`).join(', ');
  const parts = [
    delivered === undefined ? null : `${words.number(delivered)} delivered`,
    skipped > 0 ? `${words.number(skipped)} skipped` : null,
    `${words.number(back)} came back${back > 0 ? ` (${reasons})` : ''}${delivered === undefined ? ' so far' : ''}`,
    waiting > 0 ? `${words.number(waiting)} still waiting` : null,
  ];
  return `: ${parts.filter((part) => part !== null).join(', ')}`;
}
