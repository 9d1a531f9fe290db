import * as api from './api.js';
import { byId, el, setText, texts } from './dom.js';
import * as words from './words.js';

/** Shows what happened to an event. */
export async function openStory(eventId) {
  open(eventId);
  await fill(eventId);
}

/** Shows what happened to a dead letter's event, and the event itself on request: it may hold a person's data. */
export async function openDeadLetter(letter) {
  open(letter.eventId);
  const raw = el('pre', {}, 'Asking…');
  const details = el('details', {}, el('summary', {}, 'Show the event as it came in, and what Customer.io wrote (they may hold a person\'s data)'), raw);
  details.addEventListener('toggle', async () => {
    try {
      const detail = await api.get(`/api/dead-letters/${encodeURIComponent(letter.id)}`, {}, { exactly: true });
      raw.replaceChildren(...texts(typeof detail.event === 'string' ? detail.event : JSON.stringify(detail.event, null, 2)));
      if (detail.answer !== undefined) details.append(el('p', {}, 'What Customer.io wrote:'), el('pre', { className: 'answer' }, detail.answer));
    } catch (error) {
      raw.replaceChildren(...texts(error.message));
    }
  }, { once: true });
  await fill(letter.eventId, el('p', {}, el('span', { className: 'badge bad' }, words.shortReason(letter.reason)), ` ${letter.description}`), details);
}

function open(eventId) {
  setText('story-id', eventId);
  byId('story-body').replaceChildren(el('p', { className: 'muted' }, 'Asking…'));
  byId('story').showModal();
}

async function fill(eventId, before = null, after = null) {
  let story;
  try {
    const found = await api.get(`/api/events/${encodeURIComponent(eventId)}`);
    story = el('ol', { className: 'steps' }, ...found.steps.map(step));
  } catch (error) {
    story = el('p', { className: 'muted' }, error.message);
  }
  byId('story-body').replaceChildren(...[before, story, after].filter((part) => part !== null));
}

function step(item) {
  const [text, colour] = words.step(item);
  const left = item.nextTryAt === null ? 0 : (new Date(item.nextTryAt) - Date.now()) / 1000;
  const status = item.httpStatus === null || item.reason === `http_${item.httpStatus}` ? '' : `HTTP ${item.httpStatus}`;
  const because = [words.reason(item.reason), status, left > 0 ? `next try in ${words.span(left)}` : ''].filter((part) => part !== '').join(', ');
  return el('li', { className: colour },
    el('strong', {}, text),
    because === '' ? null : ` – ${because}`,
    el('time', { dateTime: item.at, title: item.at }, words.time(item.at)),
    item.warnings.length === 0 ? null : el('ul', { className: 'warnings' }, ...item.warnings.map(({ code, field }) => el('li', {}, `${words.reason(code)}: ${field}`))));
}
