import type { Trait } from './host-calendar.commands.js';
import type { Need } from './host-calendar.events.js';
import type { HostFacts } from './host-facts.state.js';
import { capabilityOf } from './requirements.policy.js';

const own: ReadonlyMap<string, (host: HostFacts) => number> = new Map([
  ['VCPU', ({ vcpus }) => vcpus],
  ['MEMORY_MB', ({ memoryMb }) => memoryMb],
  ['DISK_GB', ({ localGb }) => localGb],
]);

/**
 * How much of a resource class a host has for instances. `VCPU`, `MEMORY_MB` and `DISK_GB` are its own facts; of another
 * class (`CUSTOM_FPGA`) it offers what its capability of that very name says, nothing without one.
 */
export function capacityOf(host: HostFacts, resource: string): number {
  const fact = own.get(resource);
  if (fact !== undefined) return fact(host);
  const amount = Number(capabilityOf(host, resource) ?? 0);
  return Number.isFinite(amount) ? amount : 0;
}

/** A host has a trait `T` when it has a capability `trait:T`, whatever its value. The first wish that it does not meet. */
export function unmetTrait(host: HostFacts, traits: readonly Trait[]): Trait | undefined {
  return traits.find(
    ({ name, wish }) => (capabilityOf(host, traitCapability(name)) !== undefined) !== (wish === 'required'),
  );
}

/** Capabilities on which room for instances rests beside the filter: they must stay as they are too. */
export function capabilitiesOf(needs: readonly Need[], traits: readonly Trait[]): string[] {
  const classes = needs.map(({ resource }) => resource).filter((resource) => !own.has(resource));
  return [...new Set([...classes, ...traits.map(({ name }) => traitCapability(name))])];
}

function traitCapability(trait: string): string {
  return `trait:${trait}`;
}

/** How much of a resource one instance needs. */
export function amountOf(needs: readonly Need[], resource: string): number {
  let sum = 0;
  for (const need of needs) if (need.resource === resource) sum += need.amount;
  return sum;
}
