import fc from 'fast-check';
import { post, type Step } from './pool-steps.js';

const put = (path: string, json: unknown): Step => ({ method: 'PUT', path, json });
const remove = (path: string): Step => ({ method: 'DELETE', path });
const weighing = (weight: number, arbitrary: fc.Arbitrary<Step>) => ({ weight, arbitrary });

/** Of the demo configuration. */
const network = '5a3c7c1e-9d0b-4a54-8f6e-2f7b7d1f0a11';

const host = fc.integer({ min: 1, max: 6 });
const capability = fc.constantFrom('gpu', 'rack', 'a.b', '__proto__');
const capabilities = fc.dictionary(capability, fc.constantFrom('a100', 'h100', '4'), { maxKeys: 3 });
const address = fc.integer({ min: 98, max: 103 }).map((last) => `203.0.113.${String(last)}`);

/** Both ends of a lease come from few hours, so that leases meet. */
const hour = fc.integer({ min: 0, max: 20 }).map((hours) => {
  const text = new Date(Date.UTC(2041, 4, 4, hours)).toISOString();
  return text.slice(0, 16).replace('T', ' ');
});
const filter = fc.constantFrom(
  '',
  '["==", "$gpu", "a100"]',
  '["and", [">=", "$vcpus", "8"], ["!=", "$rack", "4"]]',
  '["==", "$nothing", "x"]',
);
const wholeHosts = fc
  .record({ min: fc.integer({ min: 1, max: 2 }), max: fc.integer({ min: 1, max: 3 }), filter })
  .map(({ min, max, filter: resource_properties }) => ({
    ...{ resource_type: 'physical:host', min, max, hypervisor_properties: '', resource_properties },
  }));
const instances = fc
  .record({ amount: fc.integer({ min: 1, max: 4 }), affinity: fc.constantFrom(null, true, false) })
  .map((asked) => ({
    ...{ resource_type: 'virtual:instance', vcpus: 8, memory_mb: 4096, disk_gb: 20, resource_properties: '' },
    ...asked,
  }));
const flavored = fc.constant({ resource_type: 'flavor:instance', amount: 2, flavor_id: '2', affinity: null });
const addresses = fc.integer({ min: 1, max: 2 }).map((amount) => ({
  ...{ resource_type: 'virtual:floatingip', network_id: network, amount },
}));
const reservation: fc.Arbitrary<object> = fc.oneof(
  { weight: 4, arbitrary: wholeHosts },
  { weight: 2, arbitrary: instances },
  { weight: 1, arbitrary: flavored },
  { weight: 1, arbitrary: addresses },
);
const reservations = fc.array(reservation, { maxLength: 2 });
const lease = fc
  .record({ start_date: fc.oneof({ weight: 2, arbitrary: hour }, fc.constant('now')), end_date: hour, reservations })
  .map((asked) => post('/v1/leases', { name: 'any', ...asked }));
const change = fc
  .oneof<fc.Arbitrary<object>[]>(
    fc.record({ name: fc.constantFrom('one', 'another') }),
    fc.record({ end_date: fc.oneof(hour, fc.constant('now')) }),
    fc.record({ start_date: hour, end_date: hour }),
    fc.integer({ min: 1, max: 3 }).map((max) => ({ reservations: [{ id: ':reservation', min: 1, max }] })),
    fc.integer({ min: 1, max: 3 }).map((amount) => ({ reservations: [{ id: ':reservation', amount }] })),
  )
  .map((asked) => put('/v1/leases/:lease', asked));
const enrolment = fc
  .tuple(host, capabilities)
  .map(([n, extras]) => post('/v1/os-hosts', { name: `compute-${String(n)}`, ...extras }));

/** Whatever may be asked of the reservation face. */
export const leaseStep: fc.Arbitrary<Step> = fc.oneof(
  weighing(6, enrolment),
  weighing(
    2,
    fc.tuple(host, capabilities).map(([n, extras]) => put(`/v1/os-hosts/${String(n)}`, extras)),
  ),
  weighing(
    1,
    host.map((n) => remove(`/v1/os-hosts/${String(n)}`)),
  ),
  weighing(
    1,
    fc.tuple(capability, fc.boolean()).map(([name, isPrivate]) => ({
      ...{ method: 'PATCH', path: `/v1/os-hosts/properties/${name}`, json: { private: isPrivate } },
    })),
  ),
  weighing(
    2,
    address.map((one) => post('/v1/floatingips', { floating_network_id: network, floating_ip_address: one })),
  ),
  weighing(1, fc.constant(remove('/v1/floatingips/:address'))),
  weighing(8, lease),
  weighing(6, change),
  weighing(2, fc.constant(remove('/v1/leases/:lease'))),
);

interface ShownLease {
  readonly id: string;
  readonly reservations: readonly { readonly id: string }[];
}

/** Leases and addresses that were made, for requests further on; in turn. */
export class Made {
  private leases: ShownLease[] = [];
  private addresses: string[] = [];
  private asked = 0;

  filled({ path, json, ...rest }: Step): Step {
    this.asked += 1;
    const lease = this.leases[this.asked % Math.max(1, this.leases.length)];
    const names: Readonly<Record<string, string | undefined>> = {
      lease: lease?.id,
      reservation: lease?.reservations[0]?.id,
      address: this.addresses[this.asked % Math.max(1, this.addresses.length)],
    };
    const fill = (text: string): string =>
      text.replaceAll(/:(lease|reservation|address)\b/g, (_, kind: string) => names[kind] ?? 'none');
    const filled = { ...rest, path: fill(path) };
    return json === undefined ? filled : { ...filled, json: JSON.parse(fill(JSON.stringify(json))) as unknown };
  }

  keep(method: string, path: string, answer: unknown): void {
    const { lease, floatingip } = (answer ?? {}) as { lease?: ShownLease; floatingip?: { id: string } };
    if (method === 'POST' && lease !== undefined) this.leases.push(lease);
    if (method === 'POST' && floatingip !== undefined) this.addresses.push(floatingip.id);
    if (method !== 'DELETE') return;
    this.leases = this.leases.filter(({ id }) => !path.endsWith(id));
    this.addresses = this.addresses.filter((id) => !path.endsWith(id));
  }
}

/** Refusals that Blazar answers with 500, under a name that tells them from what nobody foresaw. */
export function isForeseen(path: string, answer: unknown): boolean {
  return path.startsWith('/v1/') && (answer as { error_name?: unknown } | undefined)?.error_name === 500;
}
