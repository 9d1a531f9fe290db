// Freshpaint runs this file as it is: no modules. Given by its runtime: fetch (node-fetch 2, whose `timeout` the language's own fetch does not know) and crypto.
/* global fetch, crypto, AbortController */

// The destination spends up to 25 seconds on a busy queue before it says 503.
const TIMEOUT_MS = 30000;

// Sending twice is safe: the destination drops repeated event ids.
const RETRY_DELAYS_MS = [1000, 3000];

/**
 * Sends one event to the destination's ingest, exactly as Freshpaint gave it.
 * Throws when the destination did not take it, with the answer's code and never with data of the event.
 * @param {object} event - A track, identify, group or page event
 * @param {object} settings - endpoint; ingestKey or signingSecret; importLane
 * @returns {Promise<void>}
 */
async function forward(event, settings) {
  const url = ingestUrl(settings);
  const body = JSON.stringify(event);

  for (let attempt = 0; ; attempt++) {
    const failure = await send(url, body, settings);
    if (!failure) {
      return;
    }
    if (!failure.again || attempt === RETRY_DELAYS_MS.length) {
      throw new Error(`The destination did not take the ${event.type} event: ${failure.reason}`);
    }
    await new Promise(resolve => setTimeout(resolve, RETRY_DELAYS_MS[attempt]));
  }
}

/** The address of ingest. Events are health data: anything but HTTPS is refused, except on this machine. */
function ingestUrl(settings) {
  const endpoint = (settings.endpoint || '').trim().replace(/\/+$/, '');
  if (!/^https:\/\/[^/]+/.test(endpoint) && !/^http:\/\/(localhost|127\.0\.0\.1)(:\d+)?(\/|$)/.test(endpoint)) {
    throw new Error('The setting "endpoint" must be an https:// address');
  }
  if (!settings.ingestKey && !settings.signingSecret) {
    throw new Error('Set "ingestKey" or "signingSecret"');
  }
  return endpoint.endsWith('/api/events') ? endpoint : `${endpoint}/api/events`;
}

/** One call. Undefined when the event was taken, else why not and whether to try again. */
async function send(url, body, settings) {
  const patience = limit();
  try {
    const options = { method: 'POST', headers: headers(body, settings), body, redirect: 'error', timeout: TIMEOUT_MS };
    const response = await fetch(url, patience.signal ? { ...options, signal: patience.signal } : options);
    if (response.status === 202) {
      return undefined;
    }
    const again = response.status === 408 || response.status === 429 || response.status >= 500;
    return { again, reason: `${response.status} ${await codeOf(response)}`.trim() };
  } catch (error) {
    return { again: true, reason: `no answer (${typeof error.code === 'string' ? error.code : error.name})` };
  } finally {
    patience.end();
  }
}

/** Ends a call that takes too long, its answer's body included, where the runtime can. */
function limit() {
  if (typeof AbortController === 'undefined') {
    return { end() {} };
  }
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), TIMEOUT_MS);
  return { signal: controller.signal, end: () => clearTimeout(timer) };
}

function headers(body, settings) {
  const all = { 'Content-Type': 'application/json' };
  // Either suffices, and a secret that never travels can't be read on the way.
  if (settings.signingSecret) {
    all['X-Signature'] = signature(body, settings.signingSecret);
  } else {
    all['X-Ingest-Key'] = settings.ingestKey;
  }
  if (settings.importLane) {
    all['X-Lane'] = 'import';
  }
  return all;
}

/** Signed anew for each call: the destination takes a signature for five minutes. */
function signature(body, secret) {
  const seconds = Math.floor(Date.now() / 1000);
  const hex = crypto.createHmac('sha256', secret).update(`${seconds}.${body}`, 'utf8').digest('hex');
  return `t=${seconds},v1=${hex}`;
}

/** The answer's code, or that of its first rejected item; empty when there is none. */
async function codeOf(response) {
  try {
    const answer = JSON.parse(await response.text());
    const code = answer.code || (answer.rejected && answer.rejected[0] && answer.rejected[0].code);
    return /^[a-z0-9_]{1,40}$/.test(code) ? code : '';
  } catch {
    return '';
  }
}

async function onTrack(event, settings) {
  await forward(event, settings);
}

async function onIdentify(event, settings) {
  await forward(event, settings);
}

async function onGroup(event, settings) {
  await forward(event, settings);
}

async function onPage(event, settings) {
  await forward(event, settings);
}
