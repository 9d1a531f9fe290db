import * as api from './api.js';
import { byId, el, setText } from './dom.js';
import * as words from './words.js';

const headlines = { delivering: 'Delivering', unavailable: 'Not getting through', paused: 'Paused', disabled: 'Switched off' };

// Why events don't get through that Customer.io has no part in.
const ours = new Set(['queue', 'no_permits']);

const rateWindow = 15_000;
const backlog = 100;
const looks = [];
let shownAt = null;
let held = 0;

export async function refreshStatus() {
  show(await api.get('/api/status'));
}

/** How many events waited when the status was last asked for. */
export const waitingNow = () => held;

export function wireStatus(report) {
  byId('resume').addEventListener('click', async () => {
    try {
      await api.change('/api/destination/resume');
      await refreshStatus();
    } catch (error) {
      report(error);
    }
  });
}

function show(status) {
  const { destination, customerIo, queue, rate, counts } = status;
  shownAt = new Date().toISOString();
  held = queue === null ? 0 : queue.ready + queue.inDelivery;
  document.body.classList.remove('stale');
  byId('as-of').hidden = true;
  byId('hero').dataset.state = destination.state;
  byId('resume').hidden = destination.reason !== 'everything_rejected';
  setText('state', headlines[destination.state] ?? destination.state);
  setText('state-text', sentence(destination, customerIo, queue, counts));
  document.title = `${headlines[destination.state] ?? destination.state} · Freshpaint to Customer.io`;

  showQueue(queue);
  setText('delivered', words.number(counts.delivered));
  setText('delivered-note', `since ${words.time(counts.since)}; ${words.number(counts.received)} received${counts.skipped > 0 ? `, ${words.number(counts.skipped)} skipped` : ''}`);
  showRate(rate, counts, queue);
  showRules(status.rules);
  showSandbox(customerIo);
  setText('facts', facts(customerIo, counts, status));
  setText('version', `v${status.version}`);
}

// What is delivered now, measured from look to look, and how long what waits takes at that.
function showRate(rate, counts, queue) {
  const now = performance.now();
  looks.push({ at: now, delivered: counts.delivered });
  while (looks.length > 2 && now - looks[0].at > rateWindow) looks.shift();
  const [first] = looks;
  const perSecond = now > first.at ? Math.max(0, counts.delivered - first.delivered) * 1000 / (now - first.at) : 0;
  setText('rate', words.number(Math.round(perSecond)));
  const most = rate.current < rate.limit
    ? `slowed down by Customer.io to ${words.number(rate.current)} of ${words.number(rate.limit)} requests`
    : `at most ${words.number(rate.limit)} requests`;
  const left = queue === null ? 0 : queue.ready + queue.inDelivery;
  setText('rate-note', left > backlog && perSecond >= 1 ? `${most}; ${words.span(left / perSecond)} for what waits` : most);
}

// The host does not answer: what is shown is of then.
export function showAsStale() {
  document.body.classList.add('stale');
  byId('as-of').hidden = shownAt === null;
  if (shownAt !== null) setText('as-of', `The numbers are as of ${words.time(shownAt)}.`);
}

// Always which rules are in force; loud when the file as it is now is not.
function showRules({ path, loadedAt, transformations, privacyMode, problems }) {
  const rules = `${words.count(transformations, 'transformation', 'transformations')}, privacy mode ${privacyMode ? 'on' : 'off'}`;
  const since = words.time(loadedAt);
  setText('rules', path === null ? 'Rules: none. Every event is sent as it comes; privacy mode off.' : `Rules: ${rules}, in force since ${since} (${path}).`);
  byId('rules-banner').hidden = problems.length === 0;
  if (problems.length === 0) return;
  const [first] = problems;
  const place = first.path === '$' ? 'the file' : first.path;
  const more = problems.length > 1 ? ` (and ${words.count(problems.length - 1, 'more mistake', 'more mistakes')})` : '';
  setText('rules-banner', `The changed rules file has a mistake and does not count: ${place} ${first.message}${more}. The rules in force since ${since} stay: ${rules}.`);
}

// Its state is to be had on the machine of the sandbox only.
function showSandbox({ sandbox, url }) {
  byId('sandbox').hidden = !sandbox;
  if (!sandbox || byId('sandbox-text').hasChildNodes()) return;
  const here = ['localhost', '127.0.0.1', '[::1]'].includes(window.location.hostname);
  byId('sandbox-text').append(
    'Events go to a sandbox on this machine, not to Customer.io, and are forgotten at exit. ',
    here && url !== null ? el('a', { href: `${url}/sandbox/state`, target: '_blank', rel: 'noreferrer' }, 'What it knows') : '');
}

function showQueue(queue) {
  if (queue === null) {
    for (const id of ['ready', 'in-delivery', 'dead']) {
      setText(id, '?');
    }

    setText('ready-note', 'the queue can\'t be reached');
    setText('oldest-note', 'not known');
    setText('dead-note', 'not known');
    return;
  }

  setText('ready', words.number(queue.ready + queue.inDelivery));
  const imports = queue.lanes.import.ready + queue.lanes.import.inDelivery;
  setText('ready-note', queue.inDelivery > 0 && queue.ready > 0 ? `${words.number(queue.inDelivery)} of them in delivery` : imports > 0 ? `${words.number(imports)} of them imports` : queue.ready + queue.inDelivery > 0 ? 'all live' : 'the queue is empty');
  setText('in-delivery', words.number(queue.inDelivery));
  setText('oldest-note', queue.oldestAgeSeconds > 0 ? `oldest ${words.span(queue.oldestAgeSeconds)}` : 'nothing is late');
  setText('dead', words.number(queue.deadLettered));
  setText('dead-note', queue.deadLettered > 0 ? 'someone should look' : 'none');
  byId('dead').parentElement.classList.toggle('attention', queue.deadLettered > 0);
  placeDeadLetters(queue.deadLettered > 0);
}

// While there are any, they come before the deliveries: somebody must look.
function placeDeadLetters(any) {
  const letters = byId('dead-letters-card');
  const deliveries = byId('deliveries-card');
  const areFirst = (deliveries.compareDocumentPosition(letters) & Node.DOCUMENT_POSITION_PRECEDING) !== 0;
  if (any && !areFirst) deliveries.before(letters);
  else if (!any && areFirst) deliveries.after(letters);
}

function sentence(destination, customerIo, queue, counts) {
  const ago = words.since(destination.since);
  switch (destination.state) {
    case 'paused':
      return `For ${ago}: ${words.reason(destination.reason) || 'the reason is not known'}. ${advice(destination.reason, queue)}${nextTry(destination)}Nothing is lost: ${waiting(queue)} again when this is put right.`;
    case 'unavailable':
      return `For ${ago}: ${words.reason(destination.reason)}. ${lastAnswer(destination)}${nextTry(destination)}Nothing is lost: ${waiting(queue)} ${ours.has(destination.reason) ? 'when this is over' : 'as soon as Customer.io takes events again'}.`;
    case 'disabled':
      return `For ${ago}, by the setting Delivery__Enabled. ${waiting(queue)} when it is on again.`;
    default:
      return (customerIo.credentials === 'valid'
        ? `${counts.delivered > 0 ? 'Events have been flowing' : 'Ready to deliver events'} to ${customerIo.sandbox ? 'the sandbox' : 'Customer.io'} for ${ago}.`
        : 'Events are taken in. Customer.io has not confirmed the site id and API key yet.')
        + (destination.failing > 0 ? ` ${words.count(destination.failing, 'event fails and is', 'events fail and are')} tried again.` : '');
  }
}

// What waits and what is in hand is one number: neither is delivered.
function waiting(queue) {
  return queue === null ? 'what waits on the queue flows' : words.count(queue.ready + queue.inDelivery, 'event waits and flows', 'events wait and flow');
}

// What somebody can do about a pause.
function advice(reason, queue) {
  if (reason === 'credentials_refused' || reason === 'credentials_missing') return 'Check CustomerIo__SiteId and CustomerIo__ApiKey. ';
  if (reason === 'wrong_region' || reason === 'wrong_url') return 'Check CustomerIo__Region and CustomerIo__TrackApiUrl. ';
  if (reason !== 'everything_rejected') return '';
  const dead = queue === null ? 'They lie' : words.count(queue.deadLettered, 'event lies', 'events lie');
  return `${dead} in the dead letters: look there for what Customer.io said. Resume tries all again; what is rejected still goes to the dead letters. `;
}

function lastAnswer({ lastAnswerAt }) {
  return lastAnswerAt === null ? '' : `Customer.io last answered ${words.since(lastAnswerAt)} ago. `;
}

function nextTry({ nextTryAt }) {
  const left = nextTryAt === null ? 0 : (new Date(nextTryAt) - Date.now()) / 1000;
  return left > 0 ? `Next try in ${words.span(left)}. ` : nextTryAt === null ? '' : 'Next try now. ';
}

function facts(customerIo, counts, status) {
  const region = { us: 'US', eu: 'EU', auto: 'region not known yet' }[customerIo.region] ?? customerIo.region;
  return [
    customerIo.sandbox ? 'Sandbox' : customerIo.workspace === null ? `Workspace not known yet (${region})` : `Workspace ${customerIo.workspace} (${region})`,
    customerIo.url,
    `credentials ${customerIo.credentials}`,
    counts.retried > 0 ? `${words.count(counts.retried, 'failed call', 'failed calls')} tried again` : null,
    counts.rejected > 0 ? `${words.count(counts.rejected, 'item', 'items')} rejected at the door` : null,
    `up ${words.since(status.startedAt)}`,
    status.sharedState?.reachable === false ? `for ${words.since(status.sharedState.since)} the storage of state and log can't be reached: this is what one process knows` : null,
  ].filter((fact) => fact).join('  ·  ');
}
