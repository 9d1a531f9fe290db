import * as api from './api.js';
import { refreshDeadLetters, wireDeadLetters } from './deadletters.js';
import { refreshDeliveries, wireDeliveries } from './deliveries.js';
import { byId, setText, wireCloseButtons } from './dom.js';
import { wirePreview } from './preview.js';
import { refreshStatus, showAsStale, wireStatus } from './status.js';

const slowestWait = 15_000;
const actionShownFor = 8_000;
const problems = new Map();
const sleepers = new Set();
let keyDismissed = false;

wireCloseButtons();
wireStatus(reportAction);
wireDeliveries(reportAction);
wireDeadLetters(reportAction);
wirePreview(reportAction);
wireKey();
poll('status', refreshStatus, 2_000);
poll('deliveries', refreshDeliveries, 1_000);
poll('dead letters', refreshDeadLetters, 5_000);

// Asks again and again while the page is looked at, slower while the answers are errors.
async function poll(name, refresh, interval) {
  let wait = interval;
  for (;;) {
    try {
      if (document.visibilityState === 'visible' && !byId('key').open) {
        await refresh();
        report(name, null);
      }
      wait = interval;
    } catch (error) {
      report(name, error);
      wait = Math.min(wait * 2, slowestWait);
    }
    await sleep(wait);
  }
}

function sleep(wait) {
  return new Promise((resolve) => {
    sleepers.add(resolve);
    setTimeout(() => {
      sleepers.delete(resolve);
      resolve();
    }, wait);
  });
}

function wakeAll() {
  for (const wake of sleepers) wake();
  sleepers.clear();
}

// What somebody just did and failed is shown for a while; what the page asks for by itself, as long as it fails.
function reportAction(error) {
  report('action', error);
  setTimeout(() => report('action', null), actionShownFor);
}

function report(name, error) {
  if (error === null) problems.delete(name);
  else problems.set(name, error);

  const [first] = problems.values();
  byId('banner').hidden = first === undefined;
  if (first !== undefined) {
    setText('banner', first instanceof api.ApiError ? first.message : 'This page stumbled over something it did not expect. Reload it, please.');
  }
  if (error === null) return;
  if (!(error instanceof api.ApiError)) console.error(error);
  if (error.status === 401 && !api.hasKey()) {
    showUnknown('Locked', 'Enter the admin key to see how the destination is.');
    askForKey(error.code === 'key_wrong');
  } else if (error.status === 0) {
    showUnknown('No answer', 'The destination can\'t be reached from here. What it has taken in stays on its queue.');
  }
}

function showUnknown(state, text) {
  byId('hero').dataset.state = 'unknown';
  setText('state', state);
  setText('state-text', text);
  showAsStale();
}

function askForKey(wasWrong) {
  byId('key-button').hidden = false;
  if (byId('key').open || (keyDismissed && !wasWrong)) return;
  setText('key-text', wasWrong
    ? 'That key was not accepted. Check Admin__Keys in the destination\'s settings and try again.'
    : 'This destination shows its data to holders of an admin key only. The key stays in this tab\'s memory and is gone when you close it.');
  byId('key').showModal();
}

function wireKey() {
  byId('key-button').addEventListener('click', () => byId('key').showModal());
  byId('key').addEventListener('close', () => {
    keyDismissed = !api.hasKey();
    byId('key-input').value = '';
    wakeAll();
  });
  byId('key-form').addEventListener('submit', (event) => {
    event.preventDefault();
    api.setKey(byId('key-input').value);
    byId('key').close();
  });
}
