import { describe, expect, it } from '@jest/globals';
import type { Freshness } from '#read-store';
import { floatingIpsCatalog, type FloatingIpsEvent } from '#reservations';
import { documentsOf, FoldedStore, RecordedHistory } from '#specs';
import { GetFloatingIpHandler, ListFloatingIpsHandler } from './floating-ips.handler.js';
import { floatingIpsProjection } from './floating-ips.projection.js';
import { GetFloatingIp } from './floating-ips.query.js';

const freshness: Freshness = { upToDate: async () => ({ stale: true }) };

const added = (id: string, at = 5): FloatingIpsEvent => ({
  type: 'FloatingIpAdded',
  data: { id, networkId: 'net', subnetId: 'sub', address: '203.0.113.9', at },
});
const removed: FloatingIpsEvent = { type: 'FloatingIpRemoved', data: { id: 'a', at: 6 } };
const recorded = (events: readonly FloatingIpsEvent[]) => {
  const history = new RecordedHistory(floatingIpsCatalog);
  return events.map((event) => history.on('floatingIps', event));
};

describe('the read model of floating addresses', () => {
  it('keeps them from their addition to their removal', () => {
    const facts = { id: 'a', networkId: 'net', subnetId: 'sub', address: '203.0.113.9', createdAt: 5, updatedAt: null };
    const held: FloatingIpsEvent = {
      type: 'AddressesHeld',
      data: { attempt: 'x', decidedBy: 'lease-l', deadline: 9, leaseId: 'l', reservations: [], at: 6 },
    };
    expect(documentsOf(floatingIpsProjection, recorded([added('a'), held]))).toEqual({
      'floatingIps/a': { _id: 'a', ...facts },
    });
    expect(documentsOf(floatingIpsProjection, recorded([added('a'), removed]))).toEqual({});
  });

  it('lists them in the order of their addition, and says when it is behind', async () => {
    const folded = await FoldedStore.of(floatingIpsProjection);
    await folded.add(...recorded([added('b', 1), added('a', 2), added('c', 3)]));
    const { value, stale } = await new ListFloatingIpsHandler(folded.store, freshness).execute();
    expect([value.map(({ id }) => id), stale]).toEqual([['b', 'a', 'c'], true]);
    const get = new GetFloatingIpHandler(folded.store, freshness);
    expect(await get.execute(new GetFloatingIp('c'))).toMatchObject({ value: { id: 'c' }, stale: true });
    expect((await get.execute(new GetFloatingIp('x'))).value).toBeUndefined();
  });
});
