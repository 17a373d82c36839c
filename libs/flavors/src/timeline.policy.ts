import type { Json, Mention, Timeline } from '#kernel';
import type { RegionEvent, RegionFlavor } from './region/region.events.js';

export type FlavorsEvent = RegionEvent;

const flavor = (id: string, what: string, more: Pick<Mention, 'sets' | 'ends'> = {}): Mention => ({
  kind: 'flavor',
  id,
  what,
  ...more,
});

function fields(region: string, { id: _id, extraSpecs, access, ...rest }: RegionFlavor): Record<string, Json> {
  return {
    region,
    ...rest,
    ...Object.fromEntries(extraSpecs.map(({ key, value }) => [`extraSpecs.${key}`, value])),
    ...Object.fromEntries(access.map((projectId) => [`access.${projectId}`, true])),
  };
}

/** Kinds: `flavor` (id); and `reservation`, where one has a flavor of its own. */
export const flavorsTimeline: Timeline<FlavorsEvent> = {
  RegionFlavorCreated: ({ region, flavor: made }) => [
    flavor(made.id, 'created', { sets: fields(region, made) }),
    ...(made.reservationId === null
      ? []
      : [{ kind: 'reservation', id: made.reservationId, what: `flavor ${made.name} created` }]),
  ],
  RegionFlavorDeleted: ({ flavorId }) => [flavor(flavorId, 'deleted', { ends: true })],
  RegionFlavorAccessGranted: ({ flavorId, projectId }) => [
    flavor(flavorId, `may be used by project ${projectId}`, { sets: { [`access.${projectId}`]: true } }),
  ],
  RegionFlavorAccessRevoked: ({ flavorId, projectId }) => [
    flavor(flavorId, `may no longer be used by project ${projectId}`, { sets: { [`access.${projectId}`]: null } }),
  ],
};
