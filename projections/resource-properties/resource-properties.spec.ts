import { describe, expect, it } from '@jest/globals';
import type { Freshness } from '#read-store';
import {
  hostCalendarCatalog,
  resourcePropertiesCatalog,
  type HostCalendarEvent,
  type ResourcePropertiesEvent,
} from '#reservations';
import { documentsOf, FoldedStore, RecordedHistory } from '#specs';
import { reservableHostsProjection } from '../reservable-hosts/reservable-hosts.projection.js';
import { ListResourcePropertiesHandler } from './resource-properties.handler.js';
import { resourcePropertiesProjection } from './resource-properties.projection.js';
import { ListResourceProperties } from './resource-properties.query.js';

const noted = (name: string, at = 5): ResourcePropertiesEvent => ({
  type: 'ResourcePropertyNoted',
  data: { id: `id of ${name}`, name, resourceType: 'physical:host', at },
});
const set = (name: string, isPrivate: boolean): ResourcePropertiesEvent => ({
  type: 'ResourcePropertyPrivacySet',
  data: { name, private: isPrivate, at: 8 },
});
const documents = (...events: readonly ResourcePropertiesEvent[]) => {
  const history = new RecordedHistory(resourcePropertiesCatalog);
  for (const event of events) history.on('resourceProperties', event);
  return documentsOf(resourcePropertiesProjection, history.envelopes);
};

const enrolled = (hostId: string, capabilities: Readonly<Record<string, string>>): HostCalendarEvent =>
  ({
    type: 'HostEnrolled',
    data: {
      partition: 'default',
      hostId,
      host: {},
      capabilities: Object.entries(capabilities).map(([key, value]) => ({ key, value })),
      reservable: true,
      at: 1,
    },
  }) as unknown as HostCalendarEvent;
const withdrawn = (hostId: string): HostCalendarEvent => ({
  type: 'HostWithdrawn',
  data: { partition: 'default', hostId, hypervisorUuid: 'u', serviceName: 's', at: 1 },
});

describe('the read model of resource properties', () => {
  it.each(['gpu', 'a.b', '__proto__', '\ud800', ''])('keeps %j from its first use on', (name) => {
    const facts = { id: `id of ${name}`, name, resourceType: 'physical:host', createdAt: 5 };
    const id = JSON.stringify(name);
    expect(documents(noted(name))).toEqual({
      [`resourceProperties/${id}`]: { _id: id, ...facts, private: false, updatedAt: null },
    });
    expect(Object.values(documents(noted(name), set(name, true)))).toEqual([
      { _id: id, ...facts, private: true, updatedAt: 8 },
    ]);
    expect(Object.values(documents(noted(name), set(name, true), set(name, false)))).toMatchObject([
      { private: false },
    ]);
  });

  it('lists what hosts have, in the order of first use; private ones only when they are asked for', async () => {
    const folded = await FoldedStore.of(reservableHostsProjection, resourcePropertiesProjection);
    const history = new RecordedHistory(hostCalendarCatalog, resourcePropertiesCatalog);
    await folded.add(
      ...[noted('gpu', 1), noted('a', 2), noted('lost', 3), noted('secret', 4), set('secret', true)].map((event) =>
        history.on('resourceProperties', event),
      ),
      ...[
        enrolled('1', { gpu: 'h100', a: '' }),
        enrolled('2', { gpu: 'a100', secret: 's' }),
        enrolled('3', { gpu: 'h100', lost: 'x' }),
        withdrawn('3'),
      ].map((event) => history.on('hostCalendar-default', event)),
    );
    const freshness: Freshness = { upToDate: async (names) => ({ stale: names.length === 2 }) };
    const handler = new ListResourcePropertiesHandler(folded.store, freshness);
    const list = async (values: boolean, all: boolean) => {
      const { value, stale } = await handler.execute(new ListResourceProperties({ values, all }));
      expect(stale).toBe(true);
      return value.map(({ property, values: listed }) => [property.name, listed]);
    };
    expect(await list(false, false)).toEqual([
      ['gpu', undefined],
      ['a', undefined],
    ]);
    expect(await list(true, true)).toEqual([
      ['gpu', ['a100', 'h100']],
      ['a', ['']],
      ['secret', ['s']],
    ]);
  });
});
