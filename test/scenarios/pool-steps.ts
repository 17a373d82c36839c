import fc from 'fast-check';

export interface Step {
  readonly method: string;
  /** `:machine`, `:snapshot`, `:request`, `:token` stand for one that there is. */
  readonly path: string;
  readonly json?: unknown;
}

export const post = (path: string, json: unknown): Step => ({ method: 'POST', path, json });
const put = (path: string, json: unknown): Step => ({ method: 'PUT', path, json });
const remove = (path: string): Step => ({ method: 'DELETE', path });

const [debian, rocky] = ['debian-12-x86_64', 'rocky-9-x86_64'];
const pool = fc.constantFrom(debian, rocky);
/** Pools and aliases. */
const name = fc.constantFrom(debian, rocky, 'debian-12', 'rocky-9', 'rocky-9-64');
const face = fc.constantFrom('/vmpooler/api/v1', '/vmpooler/api/v2', '/vmpooler/api/v3', '/vmpooler');
const versioned = fc.constantFrom('/vmpooler/api/v1', '/vmpooler/api/v2', '/vmpooler/api/v3');
const tags = fc.dictionary(fc.constantFrom('project', 'user', 'url'), fc.constantFrom('x', 'y', 'http://a/b/c'), {
  minKeys: 1,
});
const lifetime = fc.integer({ min: 1, max: 199 });
const machine = '/vm/:machine';
const below = (mount: fc.Arbitrary<string>, step: fc.Arbitrary<Step>): fc.Arbitrary<Step> =>
  fc.tuple(mount, step).map(([at, { path, ...rest }]) => ({ ...rest, path: `${at}${path}` }));
const weighing = (weight: number, arbitrary: fc.Arbitrary<Step>) => ({ weight, arbitrary });
const counts = fc.dictionary(name, fc.integer({ min: 1, max: 3 }), { minKeys: 1, maxKeys: 3 });

const checkout = fc.oneof(
  fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => post(`/vm/${names.join('+')}`, {})),
  counts.map((wanted) => post('/vm', wanted)),
);
const change = fc.oneof(
  tags.map((set) => put(machine, { tags: set })),
  fc.record({ lifetime, tags }).map((set) => put(machine, set)),
  lifetime.map((hours) => put(machine, { lifetime: hours })),
);
const task = fc.constantFrom(post(`${machine}/snapshot`, {}), post(`${machine}/snapshot/:snapshot`, {}));
const ofToken = fc.constantFrom<Step>({ method: 'POST', path: '/token' }, remove('/token/:token'));
const ofVersions = fc.oneof(
  fc.integer({ min: 1, max: 16 }).map((gb) => post(`${machine}/disk/${String(gb)}`, {})),
  counts.map((wanted) => post('/ondemandvm', wanted)),
  counts.map((wanted) => post('/ondemandvm', { ...wanted, request_id: 'one-of-ours' })),
  fc.constantFrom(remove('/ondemandvm/:request'), remove('/ondemandvm/one-of-ours')),
);
const override = fc.oneof(
  fc.tuple(pool, fc.integer({ min: 0, max: 12 })).map(([of, size]) => post('/config/poolsize', { [of]: String(size) })),
  pool.map((of) => remove(`/config/poolsize/${of}`)),
  fc.tuple(pool, fc.constantFrom('t/a', 't/b')).map(([of, path]) => post('/config/pooltemplate', { [of]: path })),
  pool.map((of) => remove(`/config/pooltemplate/${of}`)),
  fc.tuple(pool, fc.constantFrom('north', 'south')).map(([of, to]) => post('/config/clonetarget', { [of]: to })),
  pool.map((of) => post('/poolreset', { [of]: '1' })),
);

/** Whatever may be asked of the vmpooler face, in every version of it. */
export const poolStep: fc.Arbitrary<Step> = fc.oneof(
  weighing(6, below(face, checkout)),
  weighing(4, below(face, change)),
  weighing(3, below(face, fc.constant(remove(machine)))),
  weighing(3, below(face, task)),
  weighing(1, below(face, ofToken)),
  weighing(4, below(versioned, ofVersions)),
  weighing(2, below(versioned, override)),
);

/** What was given out, for requests further on: in the order of giving. */
export class GivenOut {
  private readonly names = new Map<string, string[]>();
  private asked = 0;

  /** With one of those that there are in each place; those in turn. */
  filled(path: string): string {
    this.asked += 1;
    return path.replaceAll(/:(machine|snapshot|request|token)/g, (_, kind: string) => {
      const those = this.names.get(kind) ?? [];
      return those[this.asked % Math.max(1, those.length)] ?? 'none';
    });
  }

  get token(): string | undefined {
    return this.names.get('token')?.at(-1);
  }

  keep(method: string, path: string, answer: Readonly<Record<string, unknown>>): void {
    if (method === 'DELETE') this.drop(path.split('/').at(-1) ?? '');
    if (typeof answer.token === 'string') this.add('token', answer.token);
    if (typeof answer.request_id === 'string') this.add('request', answer.request_id);
    for (const each of Object.values(answer)) {
      const { hostname = [], snapshot } = (each ?? {}) as { hostname?: string | string[]; snapshot?: string };
      for (const one of [hostname].flat()) this.add('machine', one.split('.')[0] ?? '');
      if (snapshot !== undefined) this.add('snapshot', snapshot);
    }
  }

  private add(kind: string, name: string): void {
    this.names.set(kind, [...(this.names.get(kind) ?? []), name]);
  }

  private drop(name: string): void {
    for (const [kind, those] of this.names) {
      const left = those.filter((each) => each !== name);
      this.names.set(kind, left);
    }
  }
}
