import type { ExtraSpec, RegionFlavor } from '#flavors';
import type { ReservationTerms } from '../../lease/lease.events.js';
import { derivedId } from '../derived-ids.js';

export type InstanceTerms = Extract<ReservationTerms, { resourceType: 'virtual:instance' | 'flavor:instance' }>;

export function forInstances(terms: ReservationTerms): terms is InstanceTerms {
  return terms.resourceType === 'virtual:instance' || terms.resourceType === 'flavor:instance';
}

/** The flavor that a reservation copies, as it is kept in its terms and shown as `resource_properties`. */
export function flavorText(flavor: RegionFlavor): string {
  const { id, name, vcpus, ramMb, diskGb, ephemeralGb, swapMb, rxtxFactor, isPublic, extraSpecs } = flavor;
  return JSON.stringify({
    id,
    name,
    vcpus,
    ram: ramMb,
    disk: diskGb,
    'OS-FLV-EXT-DATA:ephemeral': ephemeralGb,
    swap: swapMb === 0 ? '' : swapMb,
    rxtx_factor: rxtxFactor,
    'os-flavor-access:is_public': isPublic,
    extra_specs: Object.fromEntries(extraSpecs.map(({ key, value }) => [key, value])),
  });
}

type Sizes = Pick<RegionFlavor, 'ephemeralGb' | 'swapMb' | 'rxtxFactor' | 'extraSpecs'>;

function sizesOf(terms: InstanceTerms): Sizes {
  if (terms.resourceType === 'virtual:instance') return { ephemeralGb: 0, swapMb: 0, rxtxFactor: 1, extraSpecs: [] };
  const copied = JSON.parse(terms.flavor) as Readonly<Record<string, unknown>>;
  const number = (key: string, otherwise: number): number => {
    const value = copied[key];
    return typeof value === 'number' ? value : otherwise;
  };
  const specs = Object.entries((copied.extra_specs ?? {}) as Readonly<Record<string, string>>);
  return {
    ephemeralGb: number('OS-FLV-EXT-DATA:ephemeral', 0),
    swapMb: number('swap', 0),
    rxtxFactor: number('rxtx_factor', 1),
    extraSpecs: specs.map(([key, value]) => ({ key, value })),
  };
}

/** Null without affinity. */
export function serverGroupOf(reservationId: string, terms: InstanceTerms): string | null {
  const affinity = terms.resourceType === 'virtual:instance' ? terms.affinity : null;
  return affinity === null ? null : derivedId(reservationId, 'server group');
}

/** What instances of the reservation are booted with: private, and only on hosts of the reservation's aggregate. */
export function instanceFlavor(
  leaseId: string,
  reservationId: string,
  terms: InstanceTerms,
): RegionFlavor & { readonly reservationId: string } {
  const serverGroupId = serverGroupOf(reservationId, terms);
  const { extraSpecs: copied, ...sizes } = sizesOf(terms);
  const own: ExtraSpec[] = [{ key: 'aggregate_instance_extra_specs:reservation', value: reservationId }];
  if (serverGroupId !== null) own.push({ key: 'affinity_id', value: serverGroupId });
  return {
    id: reservationId,
    name: `reservation:${reservationId}`,
    vcpus: terms.vcpus,
    ramMb: terms.memoryMb,
    diskGb: terms.resourceType === 'flavor:instance' ? diskOf(terms) : terms.diskGb,
    ...sizes,
    isPublic: false,
    extraSpecs: [...copied.filter(({ key }) => !own.some((its) => its.key === key)), ...own],
    access: [],
    reservationId,
    leaseId,
  };
}

/** `diskGb` of such terms is what the host must give. */
function diskOf({ flavor, diskGb }: Extract<InstanceTerms, { resourceType: 'flavor:instance' }>): number {
  const { disk } = JSON.parse(flavor) as { readonly disk?: unknown };
  return typeof disk === 'number' ? disk : diskGb;
}
