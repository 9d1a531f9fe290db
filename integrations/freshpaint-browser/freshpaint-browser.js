// Forwards the calls a page makes of freshpaint.js to a Freshpaint → Customer.io destination. README.md says how to use it.
(function (root) {
  'use strict';

  var LIBRARY = { name: 'freshpaint-browser', version: '1.0.0' };
  var METHODS = ['track', 'identify', 'page', 'group', 'reset', 'addEventProperties', 'removeEventProperty'];
  var IDENTITY = 'freshpaint-browser.id';
  var STORED = 'freshpaint-browser.events.';

  // The destination takes 100 events and 64 KB a request, and 100 requests a minute of a device.
  var BATCH_EVENTS = 100;
  var BATCH_BYTES = 60000;
  var DELAY = 1000;
  var LONGEST_DELAY = 60000;
  var MOST_EVENTS = 10000;
  var STORED_BYTES = 512 * 1024;
  var STORED_FOR = 24 * 60 * 60 * 1000;

  // How long freshpaint.js may take to say which device this is: once the page has loaded, and while it loads.
  var DEVICE_WAIT = 3000;
  var LOAD_WAIT = 30000;

  function forward(options) {
    var queue = [];
    var eventProperties = {};
    var hooked = [];
    var replay = [];
    var started = Date.now();
    var loaded = started;
    var mine = STORED + uuid();
    var most = BATCH_EVENTS;
    var current = root.freshpaint;
    var depth = 0;
    var failures = 0;
    var notBefore = 0;
    var busy = false;
    var isStored = false;
    var due = 0;
    var timer;
    var who;

    // ---- Who it is

    function told(what) {
      try {
        return root.freshpaint.user()[what]() || undefined;
      } catch (e) {
        return undefined;
      }
    }

    function identity(change) {
      try {
        who = who || JSON.parse(localStorage.getItem(IDENTITY));
      } catch (e) { /* Nobody is known. */ }
      who = who || {};
      if (change) write(IDENTITY, JSON.stringify(assign(who, change)));
      return who;
    }

    function device() {
      return told('anonymousId') || identity().device || identity({ device: uuid() }).device;
    }

    // What waits is of the device it was made on, whatever becomes of that.
    function pin() {
      var id = queue.length && device();
      queue.forEach(function (item) { item.event.anonymousId = item.event.anonymousId || id; });
    }

    function allowed() {
      try {
        return !options.consent || options.consent() === true;
      } catch (e) {
        return false;
      }
    }

    function forget() {
      queue = [];
      forgetStored();
    }

    function forgetStored() {
      who = {};
      write(IDENTITY);
      storedKeys().forEach(function (key) { write(key); });
      isStored = false;
      queue.forEach(function (item) { item.mayBeStored = false; });
    }

    // ---- What was called

    function took(name, args) {
      args = args.filter(function (arg) { return typeof arg !== 'function'; });
      if (name === 'addEventProperties') {
        assign(eventProperties, args[0]);
      } else if (name === 'removeEventProperty') {
        delete eventProperties[args[0]];
      } else if (name === 'reset') {
        eventProperties = {};
        forgetStored();
      } else if (!allowed()) {
        forget();
      } else if (name === 'track' && typeof args[0] === 'string' && args[0][0] !== '$') {
        add({ type: 'track', event: args[0], properties: assign(assign({}, eventProperties), args[1]) }, args[2]);
      } else if (name === 'page') {
        var names = args.filter(function (arg) { return typeof arg === 'string'; });
        var rest = args.filter(isObject);
        var named = names.length ? { name: names[names.length - 1] } : {};
        if (names.length > 1) named.category = names[0];
        add({ type: 'page', properties: assign(assign(assign({}, eventProperties), named), rest[0]) }, rest[1]);
      } else if (name === 'identify' || name === 'group') {
        if (isObject(args[0])) args.unshift(undefined);
        var event = { type: name, traits: assign({}, args[1]) };
        var given = args[0] != null && args[0] !== '';
        if (name === 'group' && given) event.groupId = args[0];
        if (name === 'identify' && given) identity({ user: event.userId = args[0] });
        add(event, args[2]);
      }
    }

    function add(event, settings) {
      var integrations = settings && settings.integrations;
      if (excludes(integrations)) return;
      var page = root.location;
      var text;
      try {
        text = JSON.stringify(assign({
          messageId: uuid(),
          timestamp: new Date().toISOString(),
          anonymousId: told('anonymousId'),
          userId: told('id') || identity().user,
          integrations: integrations,
          context: {
            library: LIBRARY,
            page: { url: page.href, path: page.pathname, search: page.search, title: document.title, referrer: document.referrer }
          }
        }, event));
      } catch (e) {
        return warn('an event can\'t be written as JSON and is not sent');
      }
      if (size(text) > BATCH_BYTES) return warn('an event is larger than ' + BATCH_BYTES + ' bytes and is not sent');
      if (queue.length === MOST_EVENTS) {
        queue.shift();
        warn('more than ' + MOST_EVENTS + ' events wait; the oldest is not sent');
      }
      queue.push({ event: JSON.parse(text), mayBeStored: true });
      store();
      schedule(queue.length < most ? DELAY : 0);
    }

    // ---- Sending

    function schedule(delay) {
      var at = Math.max(Date.now() + delay, notBefore);
      if (timer && due <= at) return;
      clearTimeout(timer);
      due = at;
      timer = setTimeout(send, at - Date.now());
    }

    // As many of them, from the first on, as one request holds.
    function take(items) {
      var texts = [];
      var bytes = 0;
      items.slice(0, most).every(function (item) {
        var text = JSON.stringify(item.event);
        bytes += size(text) + 1;
        return (bytes <= BATCH_BYTES || !texts.length) && texts.push(text);
      });
      return { items: items.slice(0, texts.length), body: '{"batch":[' + texts.join(',') + ']}' };
    }

    function send() {
      timer = 0;
      if (busy || !queue.length || navigator.onLine === false) return;
      if (!allowed()) return forget();
      if (!told('anonymousId') && Date.now() < (document.readyState === 'complete' ? loaded + DEVICE_WAIT : started + LOAD_WAIT)) return schedule(100);
      pin();
      var batch = take(queue);
      var sent = batch.items;
      busy = true;
      fetch(options.url, {
        method: 'POST',
        credentials: 'omit',
        headers: { 'Content-Type': 'application/json', 'X-Write-Key': options.writeKey },
        body: batch.body
      }).then(function (response) {
        var status = response.status;
        if (status === 413 && sent.length > 1) {
          most = sent.length >> 1;
        } else if (response.ok || status === 400 || status === 413) {
          if (status !== 202) warn('events were refused: ' + status);
          queue = queue.filter(function (item) { return sent.indexOf(item) < 0; });
          failures = 0;
          most = BATCH_EVENTS;
        } else {
          warn('the destination answered ' + status + '; events wait');
          failed(1000 * response.headers.get('Retry-After'));
        }
      }, function () { failed(0); }).then(function () {
        busy = false;
        store();
        if (queue.length) schedule(queue.length < most ? DELAY : 0);
      });
    }

    function failed(wait) {
      var backoff = Math.min(LONGEST_DELAY, DELAY * Math.pow(2, failures++)) * (0.5 + Math.random() / 2);
      notBefore = Date.now() + Math.max(backoff, wait || 0);
    }

    // A copy of all that waits, because the page may end here. What counts as sent is only what the destination has answered: twice counts once.
    function beacon() {
      if (!queue.length) return;
      if (!allowed()) return forget();
      pin();
      store();
      for (;;) {
        var batch = take(queue.filter(function (item) { return !item.isCopied; }));
        var data = new Blob([batch.body], { type: 'text/plain' });
        if (!batch.items.length || !navigator.sendBeacon(options.url + '?writeKey=' + encodeURIComponent(options.writeKey), data)) return;
        batch.items.forEach(function (item) { item.isCopied = true; });
      }
    }

    // ---- What is kept while offline

    function store() {
      if (!options.offline || !(isStored || failures || navigator.onLine === false)) return;
      pin();
      var left = STORED_BYTES;
      storedKeys().forEach(function (key) { if (key !== mine) left -= size(localStorage.getItem(key) || ''); });
      var events = [];
      for (var i = queue.length - 1; i >= 0; i--) {
        left -= size(JSON.stringify(queue[i].event)) + 1;
        if (left < 2) break;
        if (queue[i].mayBeStored) events.unshift(queue[i].event);
      }
      isStored = events.length > 0;
      write(mine, isStored ? JSON.stringify(events) : undefined);
    }

    function restore() {
      storedKeys().forEach(function (key) {
        try {
          JSON.parse(localStorage.getItem(key)).forEach(function (event) {
            if (options.offline && Date.now() - Date.parse(event.timestamp) < STORED_FOR) queue.push({ event: event, mayBeStored: true });
          });
        } catch (e) { /* Somebody else's, or cut. */ }
        write(key);
      });
      isStored = queue.length > 0;
      store();
    }

    // ---- Standing beside freshpaint.js

    function hook(freshpaint) {
      if (!isObject(freshpaint) || hooked.indexOf(freshpaint) >= 0) return;
      hooked.push(freshpaint);
      if (Array.isArray(freshpaint)) {
        // The snippet: an array of the calls made so far.
        freshpaint.forEach(tookEntry);
        var push = freshpaint.push;
        freshpaint.push = function () {
          var length = push.apply(freshpaint, arguments);
          [].forEach.call(arguments, tookEntry);
          return length;
        };
        return;
      }
      METHODS.forEach(function (name) {
        var original = freshpaint[name];
        if (typeof original !== 'function') return;
        freshpaint[name] = function () {
          var args = [].slice.call(arguments);
          if (name === 'reset') safely(pin);
          depth++;
          try {
            return original.apply(this, arguments);
          } finally {
            // What it calls of itself is no call of the page's.
            if (!--depth && !isReplay(name, args)) safely(took, name, args);
          }
        };
      });
    }

    function tookEntry(entry) {
      if (Array.isArray(entry) && METHODS.indexOf(entry[0]) >= 0) {
        if (entry[0] === 'reset') safely(pin);
        safely(took, entry[0], entry.slice(1));
      }
    }

    // Of the snippet's calls, which freshpaint.js makes again when it takes over.
    function isReplay(name, args) {
      for (var i = 0; i < replay.length; i++) {
        var entry = replay[i];
        if (entry[0] === name && entry.length === args.length + 1 && args.every(function (arg, at) { return arg === entry[at + 1]; })) {
          return replay.splice(i, 1).length;
        }
      }
    }

    function replaced(freshpaint) {
      replay = Array.isArray(current) ? current.slice() : [];
      setTimeout(function () { replay = []; }, 0);
      current = freshpaint;
      hook(freshpaint);
    }

    if (!allowed()) forgetStored(); else restore();
    hook(current);
    try {
      Object.defineProperty(root, 'freshpaint', { configurable: true, enumerable: true, get: function () { return current; }, set: replaced });
    } catch (e) {
      setInterval(function () { if (root.freshpaint !== current) replaced(root.freshpaint); }, 50);
    }
    addEventListener('load', function () { loaded = Date.now(); });
    addEventListener('online', function () { notBefore = 0; schedule(0); });
    addEventListener('pagehide', beacon);
    addEventListener('visibilitychange', function () { if (document.visibilityState === 'hidden') beacon(); }, true);
    addEventListener('storage', function (change) {
      // Another page of this site took it over, or somebody signed out there.
      if (change.key === IDENTITY) who = undefined;
      if (change.newValue === null && (change.key === mine || change.key === null)) {
        isStored = false;
        queue.forEach(function (item) { item.mayBeStored = false; });
      }
    });
    if (queue.length) schedule(0);
    return { flush: function () { schedule(0); }, forget: forget };
  }

  // ---- Small things

  function excludes(integrations) {
    var own;
    var all = says(isObject(integrations) ? undefined : integrations);
    for (var name in isObject(integrations) ? integrations : {}) {
      var key = name.toLowerCase().replace(/[^a-z0-9]/g, '');
      var said = says(integrations[name]);
      if (key.indexOf('customerio') === 0) own = own === false ? own : said;
      if (key === 'all') all = said;
    }
    return own === false || (all === false && own !== true);
  }

  function says(value) {
    if (isObject(value)) value = 'enabled' in value ? value.enabled : 'active' in value ? value.active : true;
    return /^(false|f|no|n|off|0)$/i.test(value) ? false : /^(true|t|yes|y|on|1)$/i.test(value) ? true : undefined;
  }

  function isObject(value) {
    return typeof value === 'object' && value !== null;
  }

  function assign(target, source) {
    return Object.assign(target, isObject(source) ? source : {});
  }

  function size(text) {
    return new TextEncoder().encode(text).length;
  }

  function write(key, value) {
    try {
      if (value === undefined) localStorage.removeItem(key); else localStorage.setItem(key, value);
    } catch (e) { /* Storage is full, or not allowed: memory is all there is. */ }
  }

  function storedKeys() {
    try {
      return Object.keys(localStorage).filter(function (key) { return key.indexOf(STORED) === 0; });
    } catch (e) {
      return [];
    }
  }

  function uuid() {
    return '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, function (digit) {
      return (digit ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> digit / 4).toString(16);
    });
  }

  // A page never breaks because of this script.
  function safely(action, first, second) {
    try {
      action(first, second);
    } catch (e) {
      warn(e.message);
    }
  }

  function warn(message) {
    if (root.console) console.warn('freshpaint-browser: ' + message);
  }

  if (typeof module === 'object' && module.exports) {
    module.exports.forward = forward;
  } else {
    var script = document.currentScript;
    var given = script ? script.dataset : {};
    root.freshpaintBrowser = { forward: forward };
    if (given.url) {
      forward({
        url: given.url,
        writeKey: given.writeKey,
        offline: 'offline' in given,
        consent: given.consent && function () { return root[given.consent](); }
      });
    }
  }
})(typeof window === 'object' ? window : globalThis);
