import type { Json, Mention, Timeline } from '#kernel';
import { floatingIp, host, instant, lease, reservation } from '../mentions.policy.js';
import type { AttemptFailure, DueEvent, LeaseEvent, Reservation } from './lease.events.js';

const failures: Readonly<Record<AttemptFailure, string>> = {
  short: 'not enough of what was asked for',
  waiting: 'others hold what is missing',
  deadline: 'nobody decided in time',
  changed: 'the lease changed meanwhile',
  unavailable: 'a store did not answer',
};

function due(events: readonly DueEvent[]): Record<string, Json> {
  return Object.fromEntries(events.map(({ type, dueAt }) => [`events.${type}`, instant(dueAt)]));
}

const dates = (startsAt: number | undefined, endsAt: number | undefined): Record<string, Json> => ({
  ...(startsAt === undefined ? {} : { startsAt: instant(startsAt) }),
  ...(endsAt === undefined ? {} : { endsAt: instant(endsAt) }),
});

const names = ({ hosts }: Pick<Reservation, 'hosts'>): Json => hosts.map(({ serviceName }) => serviceName);

/** A reservation as it is from now on, and what it has. */
function reserved(leaseId: string, what: string, more: Record<string, Json>, its: Reservation): Mention[] {
  const { id, terms, addresses, means } = its;
  const { resourceType, ...asked } = terms;
  return [
    reservation(id, what, {
      sets: {
        ...{ lease: leaseId, resourceType, terms: asked as unknown as Json, hosts: names(its) },
        ...{ addresses: addresses.map(({ address }) => address), means: means as Json, ...more },
      },
    }),
    ...its.hosts.map(({ serviceName }) => host(serviceName, `given to reservation ${id}`)),
    ...addresses.map(({ floatingIpId }) => floatingIp(floatingIpId, `given to reservation ${id}`)),
  ];
}

/** Each with the same words and fields. */
const each = (ids: readonly string[], what: string, sets: Record<string, Json>): Mention[] =>
  ids.map((id) => reservation(id, what, { sets }));

export const leaseTimeline: Timeline<LeaseEvent> = {
  LeaseCreated: ({ leaseId, name, userId, projectId, startsAt, endsAt, reservations, events }) => [
    lease(leaseId, 'created', {
      sets: { name, userId, projectId, state: 'pending', ...dates(startsAt, endsAt), ...due(events) },
    }),
    ...reservations.flatMap((one) => reserved(leaseId, 'created', { state: 'pending' }, one)),
  ],
  LeaseRefused: ({ leaseId, reason }) => [lease(leaseId, `refused: ${failures[reason]}`)],
  LeaseUpdated: ({ leaseId, name, startsAt, endsAt, reservations, events }) => [
    lease(leaseId, 'changed', {
      sets: { ...(name === undefined ? {} : { name }), ...dates(startsAt, endsAt), ...due(events) },
    }),
    ...reservations.flatMap((one) => reserved(leaseId, 'changed', {}, one)),
  ],
  LeaseChangeAbandoned: ({ leaseId, reason }) => [lease(leaseId, `not changed: ${failures[reason]}`)],
  LeaseStarting: ({ leaseId }) => [lease(leaseId, 'starting', { sets: { state: 'starting' } })],
  LeaseStarted: ({ leaseId, aggregates }) => [
    lease(leaseId, 'started', { sets: { state: 'active' } }),
    ...aggregates.map(({ reservationId, aggregateId }) =>
      reservation(reservationId, 'started', { sets: { state: 'active', aggregate: aggregateId } }),
    ),
  ],
  LeaseStartFailed: ({ leaseId, reservationIds, reason }) => [
    lease(leaseId, `did not start: ${reason}`, { sets: { state: 'not started' } }),
    ...each(reservationIds, 'did not start', { state: 'not started' }),
  ],
  LeaseEndAnnouncing: ({ leaseId }) => [lease(leaseId, 'end being announced')],
  LeaseEndAnnounced: ({ leaseId, images }) => [
    lease(leaseId, 'end announced'),
    ...images.map(({ reservationId, guestUuid, imageId, name }) =>
      reservation(reservationId, `guest ${guestUuid} kept as image ${name}`, { sets: { [`images.${imageId}`]: name } }),
    ),
  ],
  LeaseEndAnnouncementFailed: ({ leaseId, reason }) => [lease(leaseId, `end could not be announced: ${reason}`)],
  LeaseEnding: ({ leaseId }) => [lease(leaseId, 'ending', { sets: { state: 'ending' } })],
  LeaseEnded: ({ leaseId }) => [lease(leaseId, 'ended', { sets: { state: 'ended' } })],
  LeaseEndFailed: ({ leaseId, reservationIds, reason }) => [
    lease(leaseId, `did not end: ${reason}`, { sets: { state: 'not ended' } }),
    ...each(reservationIds, 'did not end', { state: 'not ended' }),
  ],
  LeaseDeleting: ({ leaseId }) => [lease(leaseId, 'being deleted', { sets: { state: 'being deleted' } })],
  LeaseDeletionFailed: ({ leaseId, reservationIds, reason }) => [
    lease(leaseId, `could not be deleted: ${reason}`, { sets: { state: 'not deleted' } }),
    ...each(reservationIds, 'could not be deleted', { state: 'not deleted' }),
  ],
  LeaseDeleted: ({ leaseId, reservationIds }) => [
    lease(leaseId, 'deleted', { ends: true }),
    ...reservationIds.map((id) => reservation(id, 'deleted', { ends: true })),
  ],
  ReservationHealed: ({ leaseId, reservationId, failedHostId, replacementHostId, hosts }) => {
    const what =
      replacementHostId === null
        ? `host ${failedHostId} failed, and nothing replaces it`
        : `host ${failedHostId} failed, host ${replacementHostId} replaces it`;
    return [
      lease(leaseId, what),
      reservation(reservationId, what, { sets: { hosts: names({ hosts }) } }),
      ...hosts
        .filter(({ hostId }) => hostId === replacementHostId)
        .map(({ serviceName }) => host(serviceName, `given to reservation ${reservationId}`)),
    ];
  },
};
