import type { RegionFlavor } from '#flavors';
import type { Trait } from '../host-calendar/host-calendar.commands.js';
import type { Need } from '../host-calendar/host-calendar.events.js';

/** What one instance of a flavor takes of its host. */
export interface FlavorNeeds {
  /** Without those of which nothing is needed. */
  readonly needs: readonly Need[];
  readonly traits: readonly Trait[];
}

const resourcePrefix = 'resources:';
const traitPrefix = 'trait:';
const mbInGb = 1024;
const wholeNumber = /^\d{1,15}$/;

/**
 * The flavor's figures by inventory class; `resources:*` among its extra specs replace them or add to them, 0 takes one
 * out; `trait:*` are required or forbidden. What cannot be read counts for nothing, as in Nova.
 */
export function needsOf({ vcpus, ramMb, diskGb, ephemeralGb, swapMb, extraSpecs }: RegionFlavor): FlavorNeeds {
  const amounts = new Map([
    ['VCPU', vcpus],
    ['MEMORY_MB', ramMb],
    ['DISK_GB', diskGb + ephemeralGb + Math.ceil(swapMb / mbInGb)],
  ]);
  const traits = new Map<string, Trait['wish']>();
  for (const { key, value } of extraSpecs) {
    const [resource, trait] = [after(resourcePrefix, key), after(traitPrefix, key)];
    if (resource !== '' && wholeNumber.test(value)) amounts.set(resource, Number(value));
    if (trait !== '' && (value === 'required' || value === 'forbidden')) traits.set(trait, value);
  }
  return {
    needs: Array.from(amounts, ([resource, amount]) => ({ resource, amount })).filter(({ amount }) => amount > 0),
    traits: Array.from(traits, ([name, wish]) => ({ name, wish })),
  };
}

function after(prefix: string, key: string): string {
  return key.startsWith(prefix) ? key.slice(prefix.length) : '';
}
