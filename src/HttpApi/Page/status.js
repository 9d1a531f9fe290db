import * as api from './api.js';
import { byId, el, setText } from './dom.js';
import * as words from './words.js';

const headlines = { delivering: 'Delivering', paused: 'Paused', disabled: 'Switched off' };

export async function refreshStatus() {
  show(await api.get('/api/status'));
}

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
  byId('hero').dataset.state = destination.state;
  byId('resume').hidden = destination.reason !== 'everything_rejected';
  setText('state', headlines[destination.state] ?? destination.state);
  setText('state-text', sentence(destination, customerIo, queue));
  document.title = `${headlines[destination.state] ?? destination.state} · Freshpaint to Customer.io`;

  showQueue(queue);
  setText('delivered', words.number(counts.delivered));
  setText('delivered-note', `of ${words.number(counts.received)} received${counts.skipped > 0 ? `, ${words.number(counts.skipped)} skipped` : ''}`);
  setText('rate', rate.current < rate.limit ? `${words.number(rate.current)} of ${words.number(rate.limit)}` : words.number(rate.limit));
  setText('rate-note', rate.current < rate.limit ? 'slowed down: Customer.io asked to' : 'at most');
  showRules(status.rules);
  showSandbox(customerIo);
  setText('facts', facts(customerIo, counts, status));
  setText('version', `v${status.version}`);
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

  setText('ready', words.number(queue.ready));
  setText('ready-note', queue.lanes.import.ready > 0 ? `${words.number(queue.lanes.import.ready)} of them imports` : queue.ready > 0 ? 'all live' : 'the queue is empty');
  setText('in-delivery', words.number(queue.inDelivery));
  setText('oldest-note', queue.oldestAgeSeconds > 0 ? `oldest ${words.span(queue.oldestAgeSeconds)}` : 'nothing is late');
  setText('dead', words.number(queue.deadLettered));
  setText('dead-note', queue.deadLettered > 0 ? 'someone should look' : 'none');
  byId('dead').parentElement.classList.toggle('attention', queue.deadLettered > 0);
}

function sentence(destination, customerIo, queue) {
  const ago = words.since(destination.since);
  switch (destination.state) {
    case 'paused':
      return `For ${ago}: ${words.reason(destination.reason) || 'the reason is not known'}. Nothing is lost: ${waiting(queue)} again when this is put right.`;
    case 'disabled':
      return `For ${ago}, by the setting Delivery__Enabled. ${waiting(queue)} when it is on again.`;
    default:
      return customerIo.credentials === 'valid'
        ? `Events have been flowing to ${customerIo.sandbox ? 'the sandbox' : 'Customer.io'} for ${ago}.`
        : 'Events are taken in. Customer.io has not confirmed the site id and API key yet.';
  }
}

function waiting(queue) {
  return queue === null ? 'what waits on the queue flows' : words.count(queue.ready, 'event waits on the queue and flows', 'events wait on the queue and flow');
}

function facts(customerIo, counts, status) {
  const region = { us: 'US', eu: 'EU', auto: 'region not known yet' }[customerIo.region] ?? customerIo.region;
  return [
    customerIo.sandbox ? 'Sandbox' : customerIo.workspace === null ? `Workspace not known yet (${region})` : `Workspace ${customerIo.workspace} (${region})`,
    customerIo.url,
    `credentials ${customerIo.credentials}`,
    counts.retried > 0 ? `${words.count(counts.retried, 'call', 'calls')} repeated` : null,
    counts.rejected > 0 ? `${words.count(counts.rejected, 'item', 'items')} rejected at the door` : null,
    `up ${words.since(status.startedAt)}`,
    status.sharedState?.reachable === false ? `for ${words.since(status.sharedState.since)} the storage of state and log can't be reached: this is what one process knows` : null,
  ].filter((fact) => fact).join('  ·  ');
}
