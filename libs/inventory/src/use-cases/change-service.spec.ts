import { describe, expect, it } from '@jest/globals';
import { ChangeService, type ServiceChange } from '../contracts.js';
import { hypervisorUuid } from './discovery/sightings.js';
import { InventoryBed, sampleHost } from './inventory-bed.contract.js';

const disable: ServiceChange = { kind: 'disable', reason: 'fan swap' };

async function bedWith(...hosts: Parameters<typeof sampleHost>[]) {
  const bed = new InventoryBed(hosts.map((host) => sampleHost(...host)));
  const process = bed.process();
  await process.discover();
  const { length } = await bed.log();
  const change = (id: string, what: ServiceChange) =>
    process.changeService.execute(new ChangeService(bed.context(), id, what));
  return { bed, process, change, news: () => bed.log(length) };
}

describe('changing a service', () => {
  it.each([
    ['its integer id', '1'],
    ['its uuid', hypervisorUuid('simulated', 'a')],
  ])('by %s', async (_what, id) => {
    const { change, news } = await bedWith(['a'], ['b']);
    expect(await change(id, disable)).toMatchObject({ kind: 'accepted', events: [{ type: 'ServiceDisabled' }] });
    expect(await news()).toMatchObject([
      { type: 'ServiceDisabled', data: { uuid: hypervisorUuid('simulated', 'a'), reason: 'fan swap' } },
    ]);
    expect(await change(id, disable)).toEqual({ kind: 'refused', code: 'service-already-so', facts: { id } });
  });

  it.each([
    '9',
    '0',
    '01',
    '1.0',
    'a',
    '',
    hypervisorUuid('simulated', 'x'),
    hypervisorUuid('simulated', 'a').toUpperCase(),
  ])('of %p is refused', async (id) => {
    const { change, news } = await bedWith(['a']);
    expect(await change(id, disable)).toEqual({ kind: 'refused', code: 'hypervisor-unknown', facts: { id } });
    expect(await news()).toEqual([]);
  });

  it('changes every hypervisor that shares it, and the rest where some are so already', async () => {
    const { bed, process, change, news } = await bedWith(
      ['s', { nativeId: 'n1', hypervisorHostname: 'n1' }],
      ['s', { nativeId: 'n2', hypervisorHostname: 'n2' }],
      ['t'],
    );
    expect((await change('2', { kind: 'force-down' })).kind).toBe('accepted');
    expect((await news()).map(({ type, data }) => [type, data.uuid])).toEqual([
      ['ServiceForcedDown', hypervisorUuid('simulated', 'n1')],
      ['ServiceForcedDown', hypervisorUuid('simulated', 'n2')],
    ]);
    const { hypervisor, hypervisorStream } = await import('../hypervisor/hypervisor.decider.js');
    const lift = { type: 'change-service', id: '1', change: { kind: 'lift-force-down' }, at: 1 } as const;
    await process.executor.execute(
      hypervisor,
      hypervisorStream(hypervisorUuid('simulated', 'n1')),
      lift,
      bed.context(),
    );
    expect(await change('1', { kind: 'lift-force-down' })).toMatchObject({ events: [{ type: 'ForcedDownLifted' }] });
  });

  it('of one that has vanished is refused', async () => {
    const { bed, process, change } = await bedWith(['a']);
    bed.provider.control.removeHost('a');
    await process.discover();
    await process.discover();
    expect(await change('1', disable)).toMatchObject({ code: 'hypervisor-unknown' });
  });
});
