// How values read.

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const whole = new Intl.NumberFormat('en');

const large = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 2 });

/** A count with its thousands apart; from ten million on in millions. */
export const number = (value) => (value < 10_000_000 ? whole : large).format(value);

/** A count and what it counts. */
export const count = (value, one, many) => `${number(value)} ${value === 1 ? one : many}`;

/** The time of day today, else day and time. */
export function time(text) {
  const at = new Date(text);
  return at.toDateString() === new Date().toDateString() ? clock.format(at) : day.format(at);
}

/** A length of time in its largest units. */
export function span(seconds) {
  if (seconds < 1) return 'under a second';
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} days`;
}

export const since = (text) => span((Date.now() - new Date(text)) / 1000);

export const milliseconds = (value) => (value < 1000 ? `${value < 10 ? value : Math.round(value)} ms` : span(value / 1000));

const outcomes = {
  delivered: ['Delivered', 'good'],
  skipped: ['Skipped', ''],
  deadLettered: ['Dead letter', 'bad'],
  released: ['Given back', 'warn'],
};

/** An outcome in words, and its colour. */
export const outcome = (code) => outcomes[code] ?? [code ?? '', ''];

const reasons = {
  limit_exceeded: 'Over a limit',
  missing_identifier: 'No identifier',
  unidentified: 'Unidentified: a device only, no person',
  invalid_event: 'Invalid event',
  unreadable: 'Unreadable',
  rejected_by_customerio: 'Rejected by Customer.io',
  undeliverable: 'Undeliverable: it alone keeps failing',
  expired: 'Expired: the retry window ended',
  no_email: 'The person has no e-mail',
  ttl_expired: 'The queue\'s time to live ended',
  delivery_count: 'Handed out too often without an end',
  unsupported_type: 'A type that is not delivered',
  not_enabled: 'Not enabled by the rules',
  filtered: 'Taken out by a rule',
  opted_out: 'Its integrations exclude Customer.io',
  credentials_refused: 'Customer.io refuses the site id and API key',
  credentials_missing: 'there is no API key',
  everything_rejected: 'Customer.io rejects one event after another',
  wrong_region: 'the workspace lives in the other region',
  wrong_url: 'there is no Track API at the configured address',
  rate_limited: 'Customer.io asks to wait (HTTP 429)',
  timeout: 'Customer.io does not answer in time',
  connection: 'no connection to Customer.io comes about',
  name_resolution: 'the name of Customer.io\'s address is not found',
  tls: 'the secure connection to Customer.io fails',
  broken_off: 'connections to Customer.io break off',
  unreadable_answer: 'something between here and Customer.io answers in its place',
  no_permits: 'no request is allowed at the moment: the rate is used up or shared',
  queue: 'events lie on the queue and are not handed out',
  breaker_open: 'Customer.io is down',
};

/** A code in words; unknown ones read as they are, without underscores. */
export const reason = (code) => (code === null || code === undefined ? '' : reasons[code] ?? (/^http_\d+$/.test(code) ? `Customer.io answers HTTP ${code.slice(5)}` : code.replaceAll('_', ' ')));

/** A dead letter's reason, short enough for a badge. */
export const shortReason = (code) => reason(code).split(':')[0];

/** One step of an event's story in words, and its colour. */
export function step(item) {
  switch (item.step) {
    case 'accepted': return ['Accepted', ''];
    case 'queued': return ['Waiting on the queue', ''];
    case 'replayed': return ['Replayed from the dead letters', 'warn'];
    case 'discarded': return ['Discarded from the dead letters', 'bad'];
    case 'ingest': return ['Skipped when it came in', ''];
    case 'tried': return ['Tried, and will be tried again', 'warn'];
    default: return outcome(item.outcome);
  }
}
