import type { Answer } from '../in-process-server.js';
import type { Logged, PoolLab } from './pool-lab.js';

/** A request whose effect can be told from the log. */
export interface PoolRequest {
  readonly name: string;
  /** What must be there first; answers the request. */
  prepare(lab: PoolLab, token: string): Promise<(headers: Readonly<Record<string, string>>) => Promise<Answer>>;
  /** One effect, whole: as a text, empty where there is none. More than one: more than one text. */
  effects(news: readonly Logged[]): readonly string[];
  /** The effect as the client was told of it. */
  told(answer: Answer): string;
  /** For the machines that run afterwards. */
  readonly wanted: number;
}

type Named = Readonly<Record<string, { readonly hostname: string | readonly string[] }>>;

function machinesOf(answer: Answer): readonly string[] {
  const { ok: _, ...given } = answer.json as Named & { ok: boolean };
  const names = Object.values(given).flatMap(({ hostname }) => hostname);
  return names.map((name) => name.split('.')[0] ?? '');
}

const text = (machines: readonly string[]): string => [...machines].sort().join(' ');

interface CheckedOut {
  readonly vms: readonly { readonly name: string }[];
}

/** Of every grant that the log tells of. */
export function grantsIn(news: readonly Logged[]): readonly string[] {
  return news.flatMap(({ type, data }) => {
    if (type === 'VmsCheckedOut') return [text((data as unknown as CheckedOut).vms.map(({ name }) => name))];
    if (type !== 'CheckoutCompleted') return [];
    const { shares } = data as unknown as { readonly shares: readonly CheckedOut[] };
    return [text(shares.flatMap(({ vms }) => vms.map(({ name }) => name)))];
  });
}

function checkout(name: string, path: string, wanted: number): PoolRequest {
  return {
    name,
    wanted,
    prepare: async (lab, token) => (headers) => lab.ask('POST', `/vm/${path}`, { token, headers }),
    effects: grantsIn,
    told: (answer) => text(machinesOf(answer)),
  };
}

/** Something done to a machine that was taken before. */
function work(
  name: string,
  line: readonly [method: string, path: string, json?: unknown],
  effect: (event: Logged) => boolean,
  wanted: number,
): PoolRequest {
  const [method, path, json] = line;
  return {
    name,
    wanted,
    prepare: async (lab, token) => {
      const taken = await lab.ask('POST', '/vm/alma', { token });
      const [machine = ''] = machinesOf(taken);
      const options = json === undefined ? {} : { json };
      return (headers) => lab.ask(method, path.replace(':vm', machine), { token, headers, ...options });
    },
    effects: (news) => news.filter(effect).map(() => 'done'),
    told: () => 'done',
  };
}

export const requests: readonly PoolRequest[] = [
  checkout('a checkout from one pool', 'alma+alma', 2),
  checkout('a checkout from two pools', 'alma+rocky', 2),
  checkout('a checkout from the pools of an alias', 'any+any+any', 3),
  work(
    'the return of a machine',
    ['DELETE', '/vm/:vm'],
    ({ type, data }) => type === 'VmsRetired' && data.reason === 'returned',
    0,
  ),
  work(
    'a change of a machine',
    ['PUT', '/vm/:vm', { lifetime: 3, tags: { project: 'a' } }],
    ({ type }) => type === 'VmModified',
    1,
  ),
  work('a disk for a machine', ['POST', '/vm/:vm/disk/8'], ({ type }) => type === 'VmTaskRequested', 1),
  {
    name: 'a request on demand',
    wanted: 2,
    prepare: async (lab, token) => (headers) =>
      lab.ask('POST', '/ondemandvm', { token, headers, json: { alma: 1, rocky: 1 } }),
    effects: (news) =>
      news.flatMap(({ type, data }) => (type === 'OnDemandRequested' ? [data.requestId as string] : [])),
    told: (answer) => (answer.json as { request_id: string }).request_id,
  },
];
