const test = require('node:test');
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const http = require('node:http');
const { load, scripted } = require('./load');
const config = require('../config.json');

const settings = { endpoint: 'https://destination.example', ingestKey: 'key' };
const track = {
  type: 'track',
  event: 'Order Completed',
  anonymousId: 'device-1',
  messageId: 'iI5pcrFfZHTuAfEu1DZ6Mg==',
  timestamp: '2026-11-24T10:00:00Z',
  properties: { note: 'Grüße, 世界 🎉' },
};

for (const [handler, type] of [['onTrack', 'track'], ['onIdentify', 'identify'], ['onGroup', 'group'], ['onPage', 'page']]) {
  test(`${handler} forwards the event unchanged`, async () => {
    const { fetch, calls } = scripted({ status: 202 });

    await load({ fetch })[handler]({ ...track, type }, settings);

    assert.equal(calls.length, 1);
    assert.equal(calls[0].url, 'https://destination.example/api/events');
    assert.equal(calls[0].method, 'POST');
    assert.deepEqual(JSON.parse(calls[0].body), { ...track, type });
    assert.equal(calls[0].headers['X-Ingest-Key'], 'key');
    assert.equal('X-Signature' in calls[0].headers, false);
    assert.equal('X-Lane' in calls[0].headers, false);
    assert.equal('X-Lifecycle-Key' in calls[0].headers, false);
  });
}

test('the signature covers the time and the body as sent', async () => {
  const { fetch, calls } = scripted({ status: 202 });

  await load({ fetch }).onTrack(track, { endpoint: settings.endpoint, signingSecret: 'secret' });

  const expected = crypto.createHmac('sha256', 'secret').update(`1700000000.${calls[0].body}`, 'utf8').digest('hex');
  assert.equal(calls[0].headers['X-Signature'], `t=1700000000,v1=${expected}`);
  assert.equal('X-Ingest-Key' in calls[0].headers, false);
});

test('the body goes as plain JSON, not compressed', async () => {
  const { fetch, calls } = scripted({ status: 202 });

  await load({ fetch }).onTrack(track, { endpoint: settings.endpoint, signingSecret: 'secret' });

  assert.equal(calls[0].body, JSON.stringify(track));
  assert.deepEqual(Object.keys(calls[0].headers).sort(), ['Content-Type', 'X-Signature']);
});

test('with a key and a secret the request is signed and the key stays here', async () => {
  const { fetch, calls } = scripted({ status: 202 });

  await load({ fetch }).onTrack(track, { ...settings, signingSecret: 'secret' });

  assert.match(calls[0].headers['X-Signature'], /^t=/);
  assert.equal('X-Ingest-Key' in calls[0].headers, false);
});

test('a call that is never answered is given up after 30 seconds, by the language\'s own fetch too', async () => {
  const waited = [];
  let calls = 0;
  const fetch = (url, { signal }) => {
    calls++;
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  };

  await assert.rejects(load({ fetch, waited, AbortController, clearTimeout() {} }).onTrack(track, settings), /no answer \(.*Abort/);

  assert.equal(calls, 3);
  assert.deepEqual(waited.filter(delay => delay === 30000), [30000, 30000, 30000]);
});

test('a body that never ends is given up, too', async () => {
  const fetch = async (url, { signal }) => ({
    status: 503,
    text: () => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  });

  await assert.rejects(load({ fetch, AbortController, clearTimeout() {} }).onTrack(track, settings), /did not take the track event: 503/);
});

test('each attempt is signed anew', async () => {
  const { fetch, calls } = scripted({ status: 503 }, { status: 202 });
  const times = [1700000000000, 1700000031000];

  await load({ fetch, now: () => times.shift() }).onTrack(track, { endpoint: settings.endpoint, signingSecret: 'secret' });

  assert.match(calls[0].headers['X-Signature'], /^t=1700000000,/);
  assert.match(calls[1].headers['X-Signature'], /^t=1700000031,/);
});

test('the import lane is named', async () => {
  const { fetch, calls } = scripted({ status: 202 });

  await load({ fetch }).onTrack(track, { ...settings, importLane: true });

  assert.equal(calls[0].headers['X-Lane'], 'import');
});

for (const status of [408, 429, 500, 503]) {
  test(`${status} is tried again, then thrown`, async () => {
    const { fetch, calls } = scripted({ status }, { status }, { status });
    const waited = [];

    await assert.rejects(load({ fetch, waited }).onTrack(track, settings), new RegExp(`: ${status}$`));

    assert.equal(calls.length, 3);
    assert.deepEqual(waited, [1000, 3000]);
  });
}

test('no answer is tried again', async () => {
  const { fetch, calls } = scripted(Object.assign(new Error('lost'), { code: 'ECONNRESET' }), { status: 202 });

  await load({ fetch }).onTrack(track, settings);

  assert.equal(calls.length, 2);
});

for (const status of [200, 301, 400, 401, 403, 413]) {
  test(`${status} is thrown at once`, async () => {
    const { fetch, calls } = scripted({ status });

    await assert.rejects(load({ fetch }).onTrack(track, settings), new RegExp(`: ${status}$`));

    assert.equal(calls.length, 1);
  });
}

test('an error names the code and nothing of the event', async () => {
  const body = JSON.stringify({ accepted: 0, rejected: [{ index: 0, code: 'invalid_event', message: 'device-1' }] });
  const { fetch } = scripted({ status: 400, body });

  await assert.rejects(load({ fetch }).onTrack(track, settings), { message: 'The destination did not take the track event: 400 invalid_event' });
});

test('an answer that is no JSON is named by its status', async () => {
  const { fetch } = scripted({ status: 401, body: '<html>' });

  await assert.rejects(load({ fetch }).onTrack(track, settings), { message: 'The destination did not take the track event: 401' });
});

for (const endpoint of [undefined, '', 'destination.example', 'http://destination.example', 'http://127.0.0.1.evil.example', 'ftp://destination.example']) {
  test(`the endpoint ${JSON.stringify(endpoint)} is refused`, async () => {
    const { fetch, calls } = scripted();

    await assert.rejects(load({ fetch }).onTrack(track, { ...settings, endpoint }), /https/);

    assert.equal(calls.length, 0);
  });
}

for (const endpoint of ['https://destination.example/', ' https://destination.example/api/events ']) {
  test(`the endpoint ${JSON.stringify(endpoint)} leads to ingest`, async () => {
    const { fetch, calls } = scripted({ status: 202 });

    await load({ fetch }).onTrack(track, { ...settings, endpoint });

    assert.equal(calls[0].url, 'https://destination.example/api/events');
  });
}

test('without a key and a secret nothing is sent', async () => {
  const { fetch, calls } = scripted();

  await assert.rejects(load({ fetch }).onTrack(track, { endpoint: settings.endpoint }), /ingestKey/);

  assert.equal(calls.length, 0);
});

test('a real server receives bytes that match the signature', async t => {
  const received = [];
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', () => {
      received.push({ url: request.url, headers: request.headers, body: Buffer.concat(chunks) });
      response.writeHead(received.length === 1 ? 503 : 202, { 'Retry-After': '1' });
      response.end();
    });
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());

  await load({ fetch }).onTrack(track, { endpoint: `http://127.0.0.1:${server.address().port}`, signingSecret: 'secret' });

  assert.equal(received.length, 2);
  const [, time, hex] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(received[1].headers['x-signature']);
  const expected = crypto.createHmac('sha256', 'secret').update(`${time}.`).update(received[1].body).digest('hex');
  assert.equal(hex, expected);
  assert.equal(received[1].url, '/api/events');
  assert.deepEqual(JSON.parse(received[1].body), track);
});

test('every setting the code reads is a field of the config, and the other way round', () => {
  const source = require('node:fs').readFileSync(require.resolve('../index.js'), 'utf8');
  const read = new Set([...source.matchAll(/settings\.(\w+)/g)].map(match => match[1]));

  assert.deepEqual([...read].sort(), config.configFields.map(field => field.key).sort());
  assert.equal(config.supportsBackfill, true);
  assert.ok(config.configFields.every(field => ['string', 'boolean', 'number', 'list', 'select', 'radio'].includes(field.type)));
  assert.deepEqual(config.configFields.filter(field => field.sensitive).map(field => field.key), ['ingestKey', 'signingSecret']);
});
