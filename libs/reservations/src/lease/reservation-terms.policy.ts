import { refuse, type Refused } from '#kernel';
import { parseAddress } from '../floating-ips/address.policy.js';
import { parseRequirements } from '../host-calendar/requirements.policy.js';
import type { ReservationTerms } from './lease.events.js';
import { affinityOf, integerOf, missingOf } from './raw-values.policy.js';

type TermsOf<Type extends ReservationTerms['resourceType']> = Extract<ReservationTerms, { resourceType: Type }>;

/** As asked for: of a flavor, no more than its id is known yet. */
export type AskedTerms =
  | TermsOf<'physical:host' | 'virtual:instance' | 'virtual:floatingip'>
  | Pick<TermsOf<'flavor:instance'>, 'resourceType' | 'amount' | 'flavorId'>;

export type TermsRefusal =
  | 'parameters-missing'
  | 'resource-type-unsupported'
  | 'parameter-malformed'
  | 'range-below-one'
  | 'range-inverted'
  | 'requirements-malformed'
  | 'amount-below-one'
  | 'affinity-malformed'
  | 'affinity-unsupported'
  | 'address-malformed'
  | 'required-addresses-too-many';

type Raw = Readonly<Record<string, unknown>>;
type Terms<T = AskedTerms> = { readonly kind: 'terms'; readonly terms: T } | Refused<TermsRefusal>;

/**
 * What a reservation asks for, in the contract's order of checks (contracts/blazar §5, §9). Integers may come as
 * numerals; a value of another type than wanted is malformed.
 */
export function termsOf(raw: Raw): Terms {
  const missing = missingOf(raw, ['resource_type']);
  if (missing !== undefined) return missing;
  switch (raw.resource_type) {
    case 'physical:host':
      return wholeHosts(raw);
    case 'virtual:instance':
      return instances(raw);
    case 'flavor:instance':
      return instancesOfFlavor(raw);
    case 'virtual:floatingip':
      return addresses(raw);
    default:
      return typeof raw.resource_type === 'string'
        ? refuse('resource-type-unsupported', { resourceType: raw.resource_type })
        : malformed('resource_type');
  }
}

function wholeHosts(raw: Raw): Terms {
  const missing = missingOf(raw, ['min', 'max', 'hypervisor_properties', 'resource_properties']);
  if (missing !== undefined) return missing;
  const min = integerOf(raw.min);
  if (min === undefined) return malformed('min');
  const max = integerOf(raw.max);
  if (max === undefined) return malformed('max');
  if (min < 1 || max < 1) return refuse('range-below-one');
  if (max < min) return refuse('range-inverted');
  const beforeEnd = Object.hasOwn(raw, 'before_end') ? raw.before_end : 'default';
  if (beforeEnd !== 'default' && beforeEnd !== 'snapshot' && beforeEnd !== '') return malformed('before_end');
  const { hypervisor_properties: hypervisorProperties, resource_properties: resourceProperties } = raw;
  const refusal =
    filterRefusal('hypervisor_properties', hypervisorProperties) ??
    filterRefusal('resource_properties', resourceProperties);
  if (refusal !== undefined) return refusal;
  return {
    kind: 'terms',
    terms: {
      resourceType: 'physical:host',
      min,
      max,
      hypervisorProperties: hypervisorProperties as string,
      resourceProperties: resourceProperties as string,
      beforeEnd,
    },
  };
}

function instances(raw: Raw): Terms {
  const needed = ['amount', 'vcpus', 'memory_mb', 'disk_gb', 'affinity', 'resource_properties'];
  const missing = missingOf(raw, needed, ['affinity']);
  if (missing !== undefined) return missing;
  const amount = amountOf(raw);
  if (typeof amount !== 'number') return amount;
  const affinity = affinityOf(raw.affinity);
  if (affinity === undefined) return refuse('affinity-malformed');
  const vcpus = integerOf(raw.vcpus);
  if (vcpus === undefined || vcpus < 1) return malformed('vcpus');
  const memoryMb = integerOf(raw.memory_mb);
  if (memoryMb === undefined || memoryMb < 1) return malformed('memory_mb');
  const diskGb = integerOf(raw.disk_gb);
  if (diskGb === undefined || diskGb < 0) return malformed('disk_gb');
  const refusal = filterRefusal('resource_properties', raw.resource_properties);
  if (refusal !== undefined) return refusal;
  const resourceProperties = raw.resource_properties as string;
  return {
    kind: 'terms',
    terms: { resourceType: 'virtual:instance', amount, vcpus, memoryMb, diskGb, affinity, resourceProperties },
  };
}

function instancesOfFlavor(raw: Raw): Terms {
  const missing = missingOf(raw, ['amount', 'flavor_id', 'affinity'], ['affinity']);
  if (missing !== undefined) return missing;
  if (affinityOf(raw.affinity) !== null) return refuse('affinity-unsupported');
  const amount = amountOf(raw);
  if (typeof amount !== 'number') return amount;
  // Flavors may be called by numbers.
  const flavorId = typeof raw.flavor_id === 'number' ? String(raw.flavor_id) : raw.flavor_id;
  if (typeof flavorId !== 'string') return malformed('flavor_id');
  return { kind: 'terms', terms: { resourceType: 'flavor:instance', amount, flavorId } };
}

function addresses(raw: Raw): Terms {
  const missing = missingOf(raw, ['network_id', 'amount']);
  if (missing !== undefined) return missing;
  if (typeof raw.network_id !== 'string') return malformed('network_id');
  const amount = amountOf(raw);
  if (typeof amount !== 'number') return amount;
  const required = Object.hasOwn(raw, 'required_floatingips') ? raw.required_floatingips : [];
  if (!Array.isArray(required)) return malformed('required_floatingips');
  const requiredFloatingIps: string[] = [];
  for (const address of required as readonly unknown[]) {
    if (typeof address !== 'string' || parseAddress(address) === undefined)
      return refuse('address-malformed', { address: typeof address === 'string' ? address : JSON.stringify(address) });
    if (!requiredFloatingIps.includes(address)) requiredFloatingIps.push(address);
  }
  if (requiredFloatingIps.length > amount) return refuse('required-addresses-too-many');
  return {
    kind: 'terms',
    terms: { resourceType: 'virtual:floatingip', networkId: raw.network_id, amount, requiredFloatingIps },
  };
}

function amountOf({ amount }: Raw): number | Refused<TermsRefusal> {
  const value = integerOf(amount);
  if (value === undefined) return malformed('amount');
  return value < 1 ? refuse('amount-below-one') : value;
}

function filterRefusal(name: string, filter: unknown): Refused<TermsRefusal> | undefined {
  if (typeof filter !== 'string') return malformed(name);
  return parseRequirements(filter) === undefined ? refuse('requirements-malformed', { expression: filter }) : undefined;
}

function malformed(name: string): Refused<'parameter-malformed'> {
  return refuse('parameter-malformed', { name });
}
