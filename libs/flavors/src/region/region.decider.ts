import { accept, refuse, unreachable, type Decision, type Refused } from '#kernel';
import type { FlavorsRefusal } from '../contracts.js';
import type { RegionEvent, RegionFlavor } from './region.events.js';
import { sameFlavor } from './same-flavor.policy.js';
import type { Region } from './region.state.js';

/** `region`: its name. Times in milliseconds. */
export type RegionCommand = { readonly region: string; readonly at: number } & (
  | { readonly type: 'create'; readonly flavor: RegionFlavor }
  /** Whoever has access keeps it. */
  | { readonly type: 'ensure'; readonly flavor: RegionFlavor & { readonly reservationId: string } }
  | { readonly type: 'delete'; readonly flavorId: string; readonly reservationId: string | null }
  | { readonly type: 'grant'; readonly flavorId: string; readonly projectId: string }
  /** Each once and for all; one whose id or name is taken is left out. */
  | { readonly type: 'configure'; readonly flavors: readonly RegionFlavor[] }
);

type Decided = Decision<RegionEvent, FlavorsRefusal>;
type Of<Type extends RegionCommand['type']> = Extract<RegionCommand, { type: Type }>;

export function decide(command: RegionCommand, region: Readonly<Region>): Decided {
  switch (command.type) {
    case 'create':
      return create(command, region);
    case 'ensure':
      return ensure(command, region);
    case 'delete':
      return remove(command, region);
    case 'grant':
      return grant(command, region);
    case 'configure':
      return configure(command, region);
    default:
      return unreachable(command);
  }
}

function create({ region: name, flavor, at }: Of<'create'>, region: Readonly<Region>): Decided {
  const known = region.flavors.get(flavor.id);
  if (known !== undefined && sameFlavor(known, flavor)) return accept();
  return taken(region, flavor) ?? accept({ type: 'RegionFlavorCreated', data: created(name, flavor, at) });
}

function ensure({ region: name, flavor, at }: Of<'ensure'>, region: Readonly<Region>): Decided {
  const known = region.flavors.get(flavor.id);
  if (known === undefined)
    return taken(region, flavor) ?? accept({ type: 'RegionFlavorCreated', data: created(name, flavor, at) });
  if (known.reservationId !== flavor.reservationId) return refuse('flavor-exists', { flavorId: flavor.id });
  const wanted = { ...flavor, access: [...new Set([...known.access, ...flavor.access])] };
  if (sameFlavor(known, wanted)) return accept();
  const owner = region.idByName.get(flavor.name);
  if (owner !== undefined && owner !== flavor.id) return refuse('flavor-exists', { name: flavor.name });
  return accept<RegionEvent>(
    { type: 'RegionFlavorDeleted', data: { region: name, flavorId: flavor.id, at } },
    { type: 'RegionFlavorCreated', data: created(name, wanted, at) },
  );
}

/** What reservations made is theirs alone; and they have nothing else to delete. */
function remove({ region: name, flavorId, reservationId, at }: Of<'delete'>, region: Readonly<Region>): Decided {
  const known = region.flavors.get(flavorId);
  if (reservationId !== null && known?.reservationId !== reservationId) return accept();
  if (known === undefined) return refuse('flavor-unknown', { flavorId });
  if (known.reservationId !== reservationId)
    return refuse('flavor-of-a-reservation', { flavorId, reservationId: known.reservationId });
  return accept({ type: 'RegionFlavorDeleted', data: { region: name, flavorId, at } });
}

/** Everybody may use a public one. */
function grant({ region: name, flavorId, projectId, at }: Of<'grant'>, region: Readonly<Region>): Decided {
  const known = region.flavors.get(flavorId);
  if (known === undefined) return refuse('flavor-unknown', { flavorId });
  if (known.isPublic || known.access.includes(projectId)) return accept();
  return accept({ type: 'RegionFlavorAccessGranted', data: { region: name, flavorId, projectId, at } });
}

function configure({ region: name, flavors, at }: Of<'configure'>, region: Readonly<Region>): Decided {
  const fresh = flavors.filter((flavor) => !region.configured.has(flavor.id) && taken(region, flavor) === undefined);
  return accept(
    ...fresh.map((flavor): RegionEvent => ({
      type: 'RegionFlavorCreated',
      data: { ...created(name, flavor, at), configured: true },
    })),
  );
}

function created(region: string, flavor: RegionFlavor, at: number) {
  return { region, flavor, configured: false, at };
}

/** Undefined: neither id nor name is. */
function taken(
  { flavors, idByName }: Readonly<Region>,
  { id, name }: RegionFlavor,
): Refused<FlavorsRefusal> | undefined {
  if (flavors.has(id)) return refuse('flavor-exists', { flavorId: id });
  return idByName.has(name) ? refuse('flavor-exists', { name }) : undefined;
}
