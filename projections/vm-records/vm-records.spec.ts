import { describe, expect, it } from '@jest/globals';
import { poolCatalog, vmNameCatalog, type PoolEvent, type VmNameEvent } from '#pools';
import { documentsOf, poolEvent, RecordedHistory, sampleCheckout, vmDestroyed } from '#specs';
import { vmRecordsProjection } from './vm-records.projection.js';

const name = 'calm-otter';

function records(...events: readonly (PoolEvent | VmNameEvent)[]) {
  const history = new RecordedHistory(poolCatalog, vmNameCatalog);
  for (const event of events) history.on('any', event);
  return documentsOf(vmRecordsProjection, history.envelopes);
}

const record = (...events: readonly (PoolEvent | VmNameEvent)[]) => records(...events)[`vmRecords/${name}`];

const destroyed = vmDestroyed(name, { checkout: { ...sampleCheckout, at: 4 }, tags: { owner: 'ada' }, lifetime: 12 });
const claimed = (generation: number): VmNameEvent => ({
  type: 'VmNameClaimed',
  data: { name, pool: 'alma', vmId: 'v', generation, at: 1 },
});
const retired: VmNameEvent = { type: 'VmNameRetired', data: { name, vmId: 'v', forgetAt: 1_000, at: 10 } };
const released: VmNameEvent = { type: 'VmNameReleased', data: { name, vmId: 'v', at: 1_000 } };
const modified = (tags: Record<string, string>, lifetime?: number) =>
  poolEvent('VmModified', {
    name,
    tags,
    figures: [],
    expiresAt: null,
    ...(lifetime === undefined ? {} : { lifetime }),
  });

describe('the read model of records of destroyed machines', () => {
  it('keeps all that is known when a machine ends, and until when', () => {
    expect(record(claimed(1), destroyed, retired)).toEqual({
      ...{ _id: name, vmId: `id-of-${name}`, pool: 'alma', generation: 1, placement: expect.anything() },
      ...{ template: 'templates/alma', domain: null, requestedAt: 1, cloneSeconds: 2.5, ip: null, readyAt: 3 },
      ...{ checkout: { ...sampleCheckout, at: 4 }, lifetime: 12, tags: [['owner', 'ada']], snapshots: [], disks: [] },
      ...{ request: null, retiredAt: 5, retirement: 'returned' },
      ...{ queue: 'destroyed', destroyedAt: 9, forgetAt: 1_000 },
    });
  });

  it('changes with what is set later', () => {
    expect(record(destroyed, modified({ owner: 'bob', url: 'x' }), modified({}, 30))).toMatchObject({
      lifetime: 30,
      tags: [
        ['owner', 'bob'],
        ['url', 'x'],
      ],
    });
  });

  it.each([
    ['nobody had asked for the machine', [vmDestroyed(name, { generation: 0 })]],
    ['a machine is there', [modified({ a: 'b' })]],
    ['it is forgotten', [destroyed, retired, released]],
    ['its name has another machine', [destroyed, retired, claimed(2)]],
    ['it is forgotten, whatever is set then', [destroyed, released, modified({ a: 'b' })]],
  ])('has none when %s', (_when, events) => {
    expect(records(...events)).toEqual({});
  });
});
