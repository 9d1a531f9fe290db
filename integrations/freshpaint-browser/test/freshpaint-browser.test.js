const test = require('node:test');
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const zlib = require('node:zlib');
const { files, page, library, snippet, Storage } = require('./page');

const [source, minified] = files;
const plain = (value) => JSON.parse(JSON.stringify(value));
const names = (events) => events.map((event) => event.event ?? event.type);

test('the file that pages load has less than 4 KB when packed', () => {
  assert.ok(zlib.gzipSync(fs.readFileSync(minified), { level: 9 }).length < 4096);
});

test('the file that pages load is made of the source as it is', () => {
  const hash = crypto.createHash('sha256').update(fs.readFileSync(source)).digest('hex');
  assert.match(fs.readFileSync(minified, 'utf8'), new RegExp(`sha256 ${hash}`));
});

test('it depends on nothing, and the package holds what it names', () => {
  const manifest = JSON.parse(fs.readFileSync(path.join(__dirname, '../package.json'), 'utf8'));
  assert.equal(manifest.dependencies, undefined);
  for (const file of [...manifest.files, manifest.main, manifest.types]) assert.ok(fs.existsSync(path.join(__dirname, '..', file)), file);
});

for (const file of files) {
  const named = (sentence) => `${sentence} (${path.basename(file)})`;
  const started = (options, settings) => {
    const freshpaint = library(settings?.library);
    const it = page(file, { freshpaint, ...settings });
    it.handle = it.forward(options);
    it.freshpaint = freshpaint;
    return it;
  };

  test(named('a track is forwarded in the webhook shape after the original was called'), async () => {
    const it = started();

    assert.equal(it.window.freshpaint.track('Order Completed', { total: 12.5, items: [{ sku: 'a' }] }, { integrations: { Mixpanel: false } }, () => {}), 'track');
    await it.pass(1000);

    assert.deepEqual(it.freshpaint.calls.map((call) => call.slice(0, 2)), [['track', 'Order Completed']]);
    const [request] = it.requests;
    assert.equal(request.url, 'https://destination.example/api/events');
    assert.equal(request.headers['X-Write-Key'], 'write-key-of-this-site');
    assert.equal(request.credentials, 'omit');
    const [{ messageId, ...event }] = request.events;
    assert.match(messageId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.deepEqual(event, {
      type: 'track',
      event: 'Order Completed',
      timestamp: '2026-11-29T12:00:00.000Z',
      anonymousId: 'device-1',
      integrations: { Mixpanel: false },
      properties: { total: 12.5, items: [{ sku: 'a' }] },
      context: {
        library: { name: 'freshpaint-browser', version: '1.0.0' },
        page: { url: 'https://www.example.com/book?doctor=1', path: '/book', search: '?doctor=1', title: 'Book', referrer: 'https://search.example/' },
      },
    });
  });

  const overloads = [
    [['u-1'], { userId: 'u-1', traits: {} }],
    [['u-1', { plan: 'gold' }], { userId: 'u-1', traits: { plan: 'gold' } }],
    [['u-1', { plan: 'gold' }, { integrations: { All: true } }, () => {}], { userId: 'u-1', traits: { plan: 'gold' }, integrations: { All: true } }],
    [['u-1', () => {}], { userId: 'u-1', traits: {} }],
    [[{ email: 'ada@example.com' }], { traits: { email: 'ada@example.com' } }],
    [[{ email: 'ada@example.com' }, { integrations: { All: true } }], { traits: { email: 'ada@example.com' }, integrations: { All: true } }],
    [[undefined, { plan: 'gold' }], { traits: { plan: 'gold' } }],
    [[null, { plan: 'gold' }], { traits: { plan: 'gold' } }],
    [['', { plan: 'gold' }], { traits: { plan: 'gold' } }],
    [[42, { plan: 'gold' }], { userId: 42, traits: { plan: 'gold' } }],
    [[], { traits: {} }],
  ];
  for (const [args, expected] of overloads) {
    test(named(`identify(${args.map((arg) => (typeof arg === 'function' ? 'callback' : JSON.stringify(arg))).join(', ')}) says the same`), async () => {
      const it = started();

      it.window.freshpaint.identify(...args);
      await it.pass(1000);

      const { messageId, timestamp, context, ...event } = it.events[0];
      assert.deepEqual(event, { type: 'identify', anonymousId: 'device-1', ...expected });
    });
  }

  test(named('pages and groups are forwarded in all their forms'), async () => {
    const it = started();

    it.window.freshpaint.page();
    it.window.freshpaint.page('Booking');
    it.window.freshpaint.page('Clinic', 'Booking', { step: 2 }, { integrations: { All: true } });
    it.window.freshpaint.page({ step: 3 });
    it.window.freshpaint.group('acme', { seats: 5 });
    it.window.freshpaint.group(undefined, { seats: 6 });
    await it.pass(1000);

    assert.deepEqual(it.events.map(({ type, properties, traits, groupId }) => plain({ type, properties, traits, groupId })), [
      { type: 'page', properties: {} },
      { type: 'page', properties: { name: 'Booking' } },
      { type: 'page', properties: { name: 'Booking', category: 'Clinic', step: 2 } },
      { type: 'page', properties: { step: 3 } },
      { type: 'group', traits: { seats: 5 }, groupId: 'acme' },
      { type: 'group', traits: { seats: 6 } },
    ]);
  });

  test(named('alias, built-in events and what freshpaint.js calls of itself are not forwarded'), async () => {
    const it = started();
    const original = it.freshpaint.page;

    it.window.freshpaint.alias('u-2', 'u-1');
    it.window.freshpaint.track('$click', {});
    const nested = library();
    nested.page = function () { this.track('Inner', {}); return original(); };
    it.window.freshpaint = nested;
    nested.page();
    await it.pass(1000);

    assert.deepEqual(names(it.events), ['page']);
  });

  test(named('event properties go with events and pages until they are removed'), async () => {
    const it = started();

    it.window.freshpaint.addEventProperties({ clinic: 'north', plan: 'gold' });
    it.window.freshpaint.track('A', { plan: 'silver' });
    it.window.freshpaint.removeEventProperty('clinic');
    it.window.freshpaint.page();
    it.window.freshpaint.identify('u-1', {});
    it.window.freshpaint.reset();
    it.window.freshpaint.track('B');
    await it.pass(1000);

    assert.deepEqual(it.events.map((event) => plain(event.properties ?? event.traits)), [{ clinic: 'north', plan: 'silver' }, { plan: 'gold' }, {}, {}]);
  });

  test(named('a change of the properties after the call changes nothing'), async () => {
    const it = started();
    const properties = { a: 1 };

    it.window.freshpaint.track('A', properties);
    properties.a = 2;
    await it.pass(1000);

    assert.equal(it.events[0].properties.a, 1);
  });

  test(named('later events name the person until reset, and keep the device they were made on'), async () => {
    let device = 'device-1';
    const freshpaint = library();
    freshpaint.user = () => ({ anonymousId: () => device });
    const it = page(file, { freshpaint });
    it.forward();
    freshpaint.reset = ((inner) => () => { device = 'device-2'; return inner(); })(freshpaint.reset);
    it.window.freshpaint = Object.assign({}, freshpaint);

    it.window.freshpaint.identify('u-1');
    it.window.freshpaint.track('A');
    it.window.freshpaint.reset();
    it.window.freshpaint.track('B');
    await it.pass(1000);

    assert.deepEqual(it.events.map(({ event, userId, anonymousId }) => [event, userId, anonymousId]), [[undefined, 'u-1', 'device-1'], ['A', 'u-1', 'device-1'], ['B', undefined, 'device-2']]);
  });

  test(named('the person is known on the next page, whether freshpaint.js tells or not'), async () => {
    const storage = new Storage();
    const first = started({}, { storage });
    first.window.freshpaint.identify('u-1');
    await first.pass(1000);

    const second = started({}, { storage });
    second.window.freshpaint.track('A');
    await second.pass(1000);
    const third = started({}, { library: { user: 'u-2' } });
    third.window.freshpaint.track('A');
    await third.pass(1000);

    assert.equal(second.events[0].userId, 'u-1');
    assert.equal(third.events[0].userId, 'u-2');
  });

  test(named('calls made before it loaded are forwarded once, though freshpaint.js makes them again when it takes over'), async () => {
    const stub = snippet();
    const it = page(file, { freshpaint: stub });
    stub.page();
    stub.track('Before', { n: 1 });
    it.forward();
    stub.track('Between', { n: 2 });

    const real = library();
    it.window.freshpaint = real;
    for (const [name, ...args] of stub.slice()) real[name](...args);
    await it.pass(1);
    real.track('After');
    real.page();
    await it.pass(4000);

    assert.deepEqual(names(it.events), ['page', 'Before', 'Between', 'After', 'page']);
    assert.deepEqual(it.events.map((event) => event.anonymousId), Array(5).fill('device-1'));
  });

  test(named('what was called before the device was known is of the device that was there until reset'), async () => {
    let device = 'device-1';
    const stub = snippet();
    const it = page(file, { freshpaint: stub });
    it.forward();
    stub.track('A');
    const real = { ...library(), user: () => ({ anonymousId: () => device }), reset: () => { device = 'device-2'; } };
    it.window.freshpaint = real;

    real.reset();
    real.track('B');
    await it.pass(4000);

    assert.deepEqual(it.events.map(({ event, anonymousId }) => [event, anonymousId]), [['A', 'device-1'], ['B', 'device-2']]);
  });

  test(named('it may load before the snippet'), async () => {
    const it = page(file);
    it.forward();

    it.window.freshpaint = it.window.freshpaint || snippet();
    it.window.freshpaint.track('A');
    await it.pass(4000);

    assert.deepEqual(names(it.events), ['A']);
  });

  test(named('where freshpaint.js never comes, events wait three seconds for it and then have a device that stays'), async () => {
    const storage = new Storage();
    const it = page(file, { freshpaint: snippet(), storage });
    it.forward();
    it.window.freshpaint.track('A');
    await it.pass(2900);
    assert.equal(it.requests.length, 0);
    await it.pass(300);

    const next = page(file, { freshpaint: snippet(), storage });
    next.forward();
    next.window.freshpaint.track('B');
    await next.pass(4000);

    assert.match(it.events[0].anonymousId, /^[0-9a-f-]{36}$/);
    assert.equal(next.events[0].anonymousId, it.events[0].anonymousId);
  });

  test(named('while the page loads, freshpaint.js may still come'), async () => {
    const it = page(file, { freshpaint: snippet() });
    it.window.document.readyState = 'interactive';
    it.forward();
    it.window.freshpaint.track('A');
    await it.pass(20_000);
    it.window.document.readyState = 'complete';
    it.fire('load');
    await it.pass(2_900);
    assert.equal(it.requests.length, 0);
    it.window.freshpaint = library();
    await it.pass(200);

    assert.equal(it.events[0].anonymousId, 'device-1');

    const hanging = page(file, { freshpaint: snippet() });
    hanging.window.document.readyState = 'interactive';
    hanging.forward();
    hanging.window.freshpaint.track('A');
    await hanging.pass(30_200);

    assert.equal(hanging.events.length, 1);
  });

  const optedOut = [
    [{ 'Customer.io': false }, true], [{ 'customer.io (Actions)': 'off' }, true], [{ CUSTOMER_IO: { enabled: false } }, true], [{ All: false }, true],
    [{ All: false, Webhooks: true }, true], [false, true], [{ All: false, 'Customer.io': true }, false], [{ All: false, 'Customer.io': {} }, false],
    [{ 'Customer.io': true, 'Customer.io::2': false }, true], [{ Mixpanel: false }, false], [{}, false], [undefined, false],
  ];
  for (const [integrations, excluded] of optedOut) {
    test(named(`with integrations ${JSON.stringify(integrations)} an event is ${excluded ? 'not kept at all' : 'sent'}`), async () => {
      const it = started();

      it.window.freshpaint.track('A', {}, { integrations });
      await it.pass(1000);

      assert.equal(it.events.length, excluded ? 0 : 1);
    });
  }

  test(named('without consent nothing is kept or stored, and when it is withdrawn what waits is dropped'), async () => {
    let agrees = false;
    const storage = new Storage();
    const it = started({ consent: () => agrees, offline: true }, { storage });
    it.window.navigator.onLine = false;

    it.window.freshpaint.identify('u-1');
    it.window.freshpaint.track('Before');
    assert.equal(storage.bytes, 0);
    agrees = true;
    it.window.freshpaint.track('Meanwhile');
    assert.notEqual(storage.bytes, 0);
    agrees = false;
    it.window.freshpaint.track('After');
    assert.equal(storage.bytes, 0);
    it.window.navigator.onLine = true;
    agrees = true;
    it.fire('online');
    await it.pass(1000);

    assert.equal(it.requests.length, 0);
  });

  test(named('consent that can not be asked is none'), async () => {
    const it = started({ consent: () => { throw new Error('not loaded'); } });

    it.window.freshpaint.track('A');
    await it.pass(1000);

    assert.equal(it.requests.length, 0);
  });

  test(named('a thousand calls go in ten requests, one after the other, in the order they were made'), async () => {
    const it = started();

    for (let i = 0; i < 1000; i++) it.window.freshpaint.track(`E${i}`);
    await it.pass(1000);

    assert.deepEqual(it.requests.map((request) => request.events.length), Array(10).fill(100));
    assert.deepEqual(names(it.events), Array.from({ length: 1000 }, (_, i) => `E${i}`));
  });

  test(named('calls that keep coming are sent once a second'), async () => {
    const it = started();

    for (let i = 0; i < 20; i++) {
      it.window.freshpaint.track(`E${i}`);
      await it.pass(200);
    }

    assert.ok(it.requests.length >= 3 && it.requests.length <= 4, String(it.requests.length));
  });

  test(named('a request stays below 64 KB, and an event that is larger alone is told and left out'), async () => {
    const it = started();

    for (let i = 0; i < 5; i++) it.window.freshpaint.track(`E${i}`, { text: 'ä'.repeat(10_000) });
    it.window.freshpaint.track('Huge', { text: 'ä'.repeat(30_000) });
    await it.pass(5000);

    assert.deepEqual(names(it.events), ['E0', 'E1', 'E2', 'E3', 'E4']);
    assert.ok(it.requests.every((request) => Buffer.byteLength(request.body) <= 60_100));
    assert.match(it.warnings.join(), /larger than 60000 bytes/);
  });

  test(named('a busy destination is given the time it asks for, and nothing is lost or doubled'), async () => {
    const it = started({}, { answers: [{ status: 429, retryAfter: '20' }, { status: 503, retryAfter: '2' }, { error: true }, { status: 202 }] });

    it.window.freshpaint.track('A');
    await it.pass(1000);
    it.window.freshpaint.track('B');
    await it.pass(60_000);

    assert.deepEqual(it.requests.map((request) => names(request.events)), [['A'], ['A', 'B'], ['A', 'B'], ['A', 'B']]);
    const [first, second, third, fourth] = it.requests.map((request) => request.at);
    assert.ok(second - first >= 20_000 && third - second >= 2000 && fourth - third >= 2000 && fourth - third <= 4000, `${second - first} ${third - second} ${fourth - third}`);
    assert.equal(new Set(it.events.map((event) => event.messageId)).size, 2);
  });

  test(named('while nothing answers it tries ever less often, at most once in half a minute'), async () => {
    const it = started({}, { answers: [{ error: true }] });

    it.window.freshpaint.track('A');
    await it.pass(600_000);

    const waits = it.requests.slice(1).map((request, i) => request.at - it.requests[i].at);
    assert.ok(waits.every((wait, i) => wait >= Math.min(60_000, 1000 * 2 ** i) / 2 && wait <= Math.min(60_000, 1000 * 2 ** i) + 1000), waits.join());
    assert.ok(waits.length >= 10);
  });

  test(named('what is too large for the destination is sent in halves, and what it refuses for good is dropped and told'), async () => {
    const it = started({}, { answers: [{ status: 413 }, { status: 202 }, { status: 400 }, { status: 202 }] });

    for (const name of ['A', 'B', 'C', 'D']) it.window.freshpaint.track(name);
    await it.pass(5000);

    assert.deepEqual(it.requests.map((request) => names(request.events)), [['A', 'B', 'C', 'D'], ['A', 'B'], ['C', 'D']]);
    assert.match(it.warnings.join(), /refused: 400/);
  });

  for (const event of ['pagehide', 'visibilitychange']) {
    test(named(`at ${event} a beacon carries a copy of all that waits, once`), async () => {
      const it = started();
      it.window.freshpaint.identify('u-1');
      it.window.freshpaint.track('A');

      it.window.document.visibilityState = 'hidden';
      it.fire(event);
      it.fire('pagehide');

      assert.equal(it.beacons.length, 1);
      assert.equal(it.beacons[0].url, 'https://destination.example/api/events?writeKey=write-key-of-this-site');
      assert.equal(it.beacons[0].type, 'text/plain');
      const copied = JSON.parse(it.beacons[0].text).batch;
      await it.pass(1000);
      assert.deepEqual(copied, plain(it.events));
    });
  }

  test(named('beacons are below 64 KB each'), () => {
    const it = started();
    for (let i = 0; i < 8; i++) it.window.freshpaint.track(`E${i}`, { text: 'x'.repeat(10_000) });

    it.fire('pagehide');

    assert.ok(it.beacons.length === 2 && it.beacons.every((beacon) => beacon.text.length <= 60_100));
    assert.deepEqual(names(it.beacons.flatMap((beacon) => JSON.parse(beacon.text).batch)), Array.from({ length: 8 }, (_, i) => `E${i}`));
  });

  test(named('offline events stay in memory alone unless storing is asked for'), async () => {
    const storage = new Storage();
    const it = started({}, { storage });
    it.window.navigator.onLine = false;

    it.window.freshpaint.track('A');
    await it.pass(10_000);
    it.fire('pagehide');
    assert.equal(it.requests.length, 0);
    assert.deepEqual(storage.events, []);
    it.window.navigator.onLine = true;
    it.fire('online');
    await it.pass(1);

    assert.deepEqual(names(it.events), ['A']);
  });

  test(named('stored offline events are sent by the next page and then gone'), async () => {
    const storage = new Storage();
    const first = started({ offline: true }, { storage });
    first.window.navigator.onLine = false;
    first.window.freshpaint.track('A');
    first.window.freshpaint.track('B');
    assert.deepEqual(names(storage.events), ['A', 'B']);

    const second = started({ offline: true }, { storage });
    second.window.freshpaint.track('C');
    await second.pass(2000);

    assert.deepEqual(names(second.events), ['A', 'B', 'C']);
    assert.deepEqual(storage.events, []);
  });

  test(named('stored events have at most 512 KB in all pages together, and the newest are kept'), () => {
    const storage = new Storage();
    for (const prefix of ['A', 'B']) {
      const it = started({ offline: true }, { storage });
      it.window.navigator.onLine = false;
      for (let i = 0; i < 40; i++) it.window.freshpaint.track(`${prefix}${i}`, { text: 'ä'.repeat(5_000) });
    }

    assert.ok(storage.bytes <= 512 * 1024 + 200, String(storage.bytes));
    assert.equal(names(storage.events).at(-1), 'B39');
  });

  test(named('stored events are too old after a day'), async () => {
    const storage = new Storage();
    const first = started({ offline: true }, { storage });
    first.window.navigator.onLine = false;
    first.window.freshpaint.track('Old');
    await first.pass(3_600_000);
    first.window.freshpaint.track('Young');

    const second = started({ offline: true }, { storage, now: Date.UTC(2026, 10, 30, 12, 30) });
    await second.pass(2000);

    assert.deepEqual(names(second.events), ['Young']);
  });

  test(named('reset takes what is stored away, and this page sends what it has in memory without storing it again'), async () => {
    const storage = new Storage();
    const it = started({ offline: true }, { storage });
    it.window.navigator.onLine = false;
    it.window.freshpaint.identify('u-1', { plan: 'gold' });

    it.window.freshpaint.reset();
    assert.equal(storage.bytes, 0);
    it.window.freshpaint.track('Next');
    assert.deepEqual(names(storage.events), ['Next']);
    it.window.navigator.onLine = true;
    it.fire('online');
    await it.pass(1000);

    assert.deepEqual(names(it.events), ['identify', 'Next']);
  });

  test(named('a reset in one page is one in all pages'), () => {
    const storage = new Storage();
    const other = started({ offline: true }, { storage });
    other.window.navigator.onLine = false;
    other.window.freshpaint.identify('u-1');
    const key = Object.keys(storage).find((name) => name.startsWith('freshpaint-browser.events.'));

    const it = started({ offline: true }, { storage });
    it.window.navigator.onLine = false;
    it.window.freshpaint.reset();
    other.fire('storage', { key, newValue: null });
    other.fire('storage', { key: 'freshpaint-browser.id', newValue: null });
    other.window.freshpaint.track('Next');

    assert.deepEqual(storage.events.map(({ event, type, userId }) => [event ?? type, userId]), [['Next', undefined]]);
  });

  test(named('a browser without storage, and an original that throws, keep nothing from being sent'), async () => {
    const storage = { getItem() { throw new Error('denied'); }, setItem() { throw new Error('denied'); }, removeItem() { throw new Error('denied'); } };
    const it = started({ offline: true }, { storage, freshpaint: Object.assign(library({ device: '' }), { track() { throw new Error('theirs'); } }) });

    assert.throws(() => it.window.freshpaint.track('A'), /theirs/);
    it.window.freshpaint.page();
    await it.pass(5000);

    assert.deepEqual(names(it.events), ['A', 'page']);
    assert.equal(new Set(it.events.map((event) => event.anonymousId)).size, 1);
  });

  test(named('a page that can not be written as JSON keeps working'), async () => {
    const it = started();
    const circle = {};
    circle.circle = circle;

    assert.equal(it.window.freshpaint.track('A', circle), 'track');
    it.window.freshpaint.track('B');
    await it.pass(1000);

    assert.deepEqual(names(it.events), ['B']);
  });

  test(named('memory is bounded: of more than ten thousand events the oldest go'), async () => {
    const it = started({}, { answers: [{ error: true }] });

    for (let i = 0; i < 10_001; i++) it.window.freshpaint.track(`E${i}`);
    await it.pass(0);

    assert.equal(it.requests[0].events[0].event, 'E1');
    assert.match(it.warnings.join(), /more than 10000 events wait/);
  });
}
