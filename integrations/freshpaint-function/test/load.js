const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');
const crypto = require('node:crypto');

/** Runs index.js as Freshpaint does: a plain script that finds fetch and crypto around it. Timers fire at once. */
function load({ fetch, now = () => 1700000000123, waited = [], ...others }) {
  const context = vm.createContext({
    fetch,
    crypto,
    Date: class extends Date { static now() { return now(); } },
    setTimeout: (action, delay) => { waited.push(delay); setImmediate(action); },
    ...others,
  });
  vm.runInContext(fs.readFileSync(path.join(__dirname, '..', 'index.js'), 'utf8'), context);
  return context;
}

/** A fetch that gives the answers in turn and keeps the calls; an answer may be an error to throw. */
function scripted(...answers) {
  const calls = [];
  const fetch = async (url, options) => {
    calls.push({ url, ...options });
    const answer = answers.shift();
    if (!answer) {
      throw new Error('an unexpected call');
    }
    if (answer instanceof Error) {
      throw answer;
    }
    return { status: answer.status, text: async () => answer.body ?? '' };
  };
  return { fetch, calls };
}

module.exports = { load, scripted };
