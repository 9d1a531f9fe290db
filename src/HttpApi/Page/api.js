// Talks to the destination. The admin key lives in this variable and nowhere else.

let adminKey = null;

/** The destination said no; message is in words already. */
export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const setKey = (key) => { adminKey = key; };

export const hasKey = () => adminKey !== null;

const parse = (text) => (text === '' ? null : JSON.parse(text));

// Numbers a double can't hold keep their digits, so that an event is shown as it is.
const parseExactly = (text) => JSON.parse(text, (_, value, context) =>
  typeof value === 'number' && context?.source !== undefined && String(value) !== context.source && typeof JSON.rawJSON === 'function'
    ? JSON.rawJSON(context.source)
    : value);

async function ask(method, path, { body, headers = {}, exactly = false } = {}) {
  const key = adminKey;
  let response;
  let text;
  try {
    response = await fetch(path, {
      method,
      body,
      cache: 'no-store',
      credentials: 'omit',
      headers: { ...headers, ...(key === null ? {} : { 'X-Admin-Key': key }) },
    });
    text = await response.text();
  } catch {
    throw new ApiError(0, 'unreachable', 'The destination does not answer. This page keeps trying.');
  }
  if (!response.ok) {
    let problem = null;
    try {
      problem = parse(text);
    } catch {
      // A proxy in between answered something of its own.
    }
    // An answer to an older key says nothing about the one entered since.
    if (response.status === 401 && key === adminKey) adminKey = null;
    throw new ApiError(response.status, problem?.code ?? 'http_error', problem?.message ?? `The answer was HTTP ${response.status} without a reason.`);
  }
  return exactly ? parseExactly(text) : parse(text);
}

/** GET with query parameters; empty ones are left out. */
export function get(path, parameters = {}, options = {}) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== '' && value !== null));
  return ask('GET', query.size > 0 ? `${path}?${query}` : path, options);
}

/** POST that changes something. */
export const change = (path, value) => ask('POST', path, {
  body: value === undefined ? undefined : JSON.stringify(value),
  headers: { 'X-Requested-With': 'destination', 'Content-Type': 'application/json' },
});

/** POST of an event's text for a preview. */
export const preview = (text) => ask('POST', '/api/preview', { body: text, headers: { 'Content-Type': 'application/json' }, exactly: true });
