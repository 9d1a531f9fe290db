// Events to try. Each is made when it is chosen, so that its time is now.

const now = () => new Date().toISOString();
const id = () => crypto.randomUUID?.() ?? String(Date.now());

export const examples = {
  'A purchase (webhook)': () => ({
    type: 'track', event: 'Order Completed', userId: 'u-42', anonymousId: 'd-7f3a', messageId: id(), timestamp: now(),
    properties: { order_id: 'A-1001', total: 42.5, currency: 'EUR', $current_url: 'https://shop.example/thanks' },
  }),
  'Who it was (webhook)': () => ({
    type: 'identify', userId: 'u-42', anonymousId: 'd-7f3a', messageId: id(), timestamp: now(),
    traits: { email: 'ada@example.com', first_name: 'Ada', plan: 'pro', createdAt: '2024-05-01T09:00:00Z', unsubscribed: false },
  }),
  'An anonymous page view (webhook)': () => ({
    type: 'page', anonymousId: 'd-7f3a', messageId: id(), timestamp: now(),
    context: { page: { url: 'https://shop.example/pricing?utm_source=mail', path: '/pricing', title: 'Pricing' } },
  }),
  'A server event (HTTP API)': () => ({
    event: 'Invoice Paid',
    properties: { distinct_id: 'ada@example.com', token: 'environment-token', time: Math.floor(Date.now() / 1000), $device_id: 'd-7f3a', $insert_id: id(), amount: 99 },
  }),
  'An attribute that is too long': () => ({
    type: 'identify', userId: 'u-42', messageId: id(), timestamp: now(), traits: { bio: 'x'.repeat(1400) },
  }),
};
