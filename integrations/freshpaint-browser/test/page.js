const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

const files = ['freshpaint-browser.js', 'freshpaint-browser.min.js'].map((name) => path.join(__dirname, '..', name));

class Storage {
  #data = new Map();
  #own = (key, value) => Object.defineProperty(this, key, { value, enumerable: true, configurable: true, writable: true });
  getItem(key) { return this.#data.get(key) ?? null; }
  setItem(key, value) { this.#data.set(key, String(value)); this.#own(key, value); }
  removeItem(key) { this.#data.delete(key); delete this[key]; }
  get bytes() { return [...this.#data.values()].reduce((sum, value) => sum + Buffer.byteLength(value), 0); }
  get events() { return Object.keys(this).filter((key) => key.startsWith('freshpaint-browser.events.')).flatMap((key) => JSON.parse(this.getItem(key))); }
}

/** A page on a clock of its own, with the parts of a browser that the script uses. `answers` are the destination's, the last one for ever. */
function page(file, { answers = [{ status: 202 }], storage = new Storage(), freshpaint, now = Date.UTC(2026, 10, 29, 12) } = {}) {
  const timers = [];
  const listeners = {};
  const requests = [];
  const beacons = [];
  const warnings = [];
  const clock = { now };
  class Time extends Date {
    constructor(...args) { super(...(args.length ? args : [clock.now])); }
    static now() { return clock.now; }
  }
  const window = {
    location: { href: 'https://www.example.com/book?doctor=1', pathname: '/book', search: '?doctor=1' },
    document: { title: 'Book', referrer: 'https://search.example/', visibilityState: 'visible', readyState: 'complete', currentScript: null },
    navigator: {
      onLine: true,
      sendBeacon(url, blob) { beacons.push({ url, type: blob.type, text: blob.text }); return window.navigator.takesBeacons !== false; },
    },
    localStorage: storage,
    crypto: crypto.webcrypto,
    TextEncoder,
    Date: Time,
    console: { warn: (message) => warnings.push(message) },
    Blob: class { constructor(parts, { type }) { this.text = parts.join(''); this.type = type; } },
    setTimeout(run, delay) { timers.push({ run, at: clock.now + Math.max(0, delay || 0) }); return timers.length; },
    clearTimeout(id) { if (id) timers[id - 1].run = null; },
    setInterval() {},
    addEventListener(name, listener) { (listeners[name] ??= []).push(listener); },
    fetch(url, request) {
      requests.push({ url, at: clock.now, ...request, events: JSON.parse(request.body).batch });
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer.error) return Promise.reject(new TypeError('Failed to fetch'));
      return Promise.resolve({ status: answer.status, ok: answer.status < 300, headers: { get: () => answer.retryAfter ?? null } });
    },
  };
  if (freshpaint) window.freshpaint = freshpaint;
  window.window = window;
  vm.createContext(window);
  const module = { exports: {} };
  vm.runInContext(`(function (module) {${fs.readFileSync(file, 'utf8')}\n})`, window)(module);
  return {
    window, storage, requests, beacons, warnings,
    forward: (options) => module.exports.forward({ url: 'https://destination.example/api/events', writeKey: 'write-key-of-this-site', ...options }),
    get events() { return requests.flatMap((request) => request.events); },
    fire: (name, event = {}) => (listeners[name] ?? []).forEach((listener) => listener(event)),
    /** Lets so much time pass, and whatever was to happen meanwhile happen. */
    async pass(milliseconds) {
      const end = clock.now + milliseconds;
      for (;;) {
        await new Promise(setImmediate);
        const next = timers.filter((timer) => timer.run && timer.at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        clock.now = Math.max(clock.now, next.at);
        const run = next.run;
        next.run = null;
        run();
      }
      clock.now = end;
    },
  };
}

/** The real library, as far as its surface is documented, with its calls written down. */
function library({ device = 'device-1', user } = {}) {
  const calls = [];
  const freshpaint = { calls, user: () => ({ anonymousId: () => device, ...(user === undefined ? {} : { id: () => user }) }) };
  for (const name of ['track', 'identify', 'page', 'group', 'alias', 'reset', 'addEventProperties', 'removeEventProperty']) {
    freshpaint[name] = (...args) => { calls.push([name, ...args]); return name; };
  }
  return freshpaint;
}

/** The snippet: an array whose methods note what is called. */
function snippet() {
  const freshpaint = [];
  for (const name of ['track', 'identify', 'page', 'group', 'alias', 'reset', 'ready', 'addEventProperties', 'removeEventProperty']) {
    freshpaint[name] = (...args) => { freshpaint.push([name, ...args]); };
  }
  return freshpaint;
}

module.exports = { files, page, library, snippet, Storage };
