import type { WireServer } from '#specs';
import { startServer } from '../start-server.js';

let server: WireServer;

beforeAll(async () => {
  server = await startServer({ simulatedHosts: [{ name: 'node-1' }] });
}, 60_000);

afterAll(() => server.stop());

async function ask(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; json: ReturnType<typeof JSON.parse> }> {
  const answer = await fetch(`${server.url}/compute/v2.1${path}`, {
    method,
    headers: { 'x-auth-token': server.tokens.admin ?? '', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, json: text === '' ? undefined : JSON.parse(text) };
}

const numbers = Array.from({ length: 20 }, (_, n) => n);

describe('at the same instant', () => {
  it('of many creates of one name one wins', async () => {
    const answers = await Promise.all(
      numbers.map(() => ask('POST', '/os-aggregates', { aggregate: { name: 'wanted' } })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array<number>(19).fill(409)]);
    const { json } = await ask('GET', '/os-aggregates');
    expect(json.aggregates.map(({ name }: { name: string }) => name)).toEqual(['freepool', 'wanted']);
  });

  it('metadata under different keys all survive', async () => {
    const { json } = await ask('POST', '/os-aggregates', { aggregate: { name: 'tagged' } });
    const path = `/os-aggregates/${String(json.aggregate.id)}`;
    const answers = await Promise.all(
      numbers.map((n) =>
        ask('POST', `${path}/action`, { set_metadata: { metadata: { [`key-${String(n)}`]: String(n) } } }),
      ),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const wanted = Object.fromEntries(numbers.map((n) => [`key-${String(n)}`, String(n)]));
    expect((await ask('GET', path)).json.aggregate.metadata).toEqual(wanted);
  });

  it('of two zones for one host one wins', async () => {
    const made = await Promise.all(
      ['a', 'b'].map((zone) => ask('POST', '/os-aggregates', { aggregate: { name: zone, availability_zone: zone } })),
    );
    const answers = await Promise.all(
      made.map(({ json }) =>
        ask('POST', `/os-aggregates/${String(json.aggregate.id)}/action`, { add_host: { host: 'node-1' } }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('ids ascend and are never used again', async () => {
    const ids: number[] = [];
    for (const round of [0, 1, 2]) {
      const made = await Promise.all(
        numbers
          .slice(0, 5)
          .map((n) => ask('POST', '/os-aggregates', { aggregate: { name: `n-${String(round)}-${String(n)}` } })),
      );
      ids.push(...made.map(({ json }) => json.aggregate.id as number).sort((a, b) => a - b));
      await Promise.all(made.map(({ json }) => ask('DELETE', `/os-aggregates/${String(json.aggregate.id)}`)));
    }
    expect(new Set(ids).size).toBe(15);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
  });
});

it('what was answered is seen by the next request', async () => {
  for (const n of numbers) {
    const { json } = await ask('POST', '/os-aggregates', { aggregate: { name: `seen-${String(n)}` } });
    const path = `/os-aggregates/${String(json.aggregate.id)}`;
    expect((await ask('GET', path)).status).toBe(200);
    expect((await ask('DELETE', path)).status).toBe(200);
    expect((await ask('GET', path)).status).toBe(404);
  }
});
