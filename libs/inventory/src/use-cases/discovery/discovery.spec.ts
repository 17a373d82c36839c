import { describe, expect, it } from '@jest/globals';
import { SimulatedProvider } from '#providers/adapters/simulated';
import { InventoryBed, sampleGuest, sampleHost } from '../inventory-bed.contract.js';
import { hypervisorUuid } from './sightings.js';

const uuidOf = (nativeId: string) => hypervisorUuid('simulated', nativeId);
const a = sampleHost('a', { guests: [sampleGuest('g1')] });
const b = sampleHost('b', { disabledReason: 'fan swap' });
const dead = sampleHost('dead', { alive: false });

async function discovered() {
  const bed = new InventoryBed([a, b, dead]);
  const process = bed.process();
  await process.discover();
  const { length } = await bed.log();
  return {
    bed,
    process,
    news: async () => bed.log(length),
    types: async () => bed.types(length),
    control: bed.provider.control,
  };
}

describe('the first discovery', () => {
  it('registers every host with its ids, condition, heartbeat and guests', async () => {
    const bed = new InventoryBed([a, b, dead]);
    const round = await bed.process().discover();
    const log = await bed.log();
    expect(round).toEqual({ complete: true, events: log.length });
    expect(
      log.filter(({ type }) => type === 'HypervisorListed').map(({ data }) => [data.number, data.nativeId]),
    ).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'dead'],
    ]);
    const registered = new Map(
      log.filter(({ type }) => type === 'HypervisorRegistered').map(({ data }) => [data.nativeId, data]),
    );
    expect(registered.get('a')).toMatchObject({
      uuid: uuidOf('a'),
      number: 1,
      enabled: true,
      alive: true,
      service: { number: 1, host: 'a' },
    });
    expect(registered.get('b')).toMatchObject({ number: 2, enabled: false, disabledReason: 'fan swap', alive: true });
    expect(registered.get('dead')).toMatchObject({ number: 3, enabled: true, alive: false });
    expect(log.filter(({ type }) => type === 'GuestFound').map(({ data }) => data)).toMatchObject([
      { uuid: uuidOf('a'), guest: sampleGuest('g1') },
    ]);
  });

  it('gives hypervisors of one service one service, in the condition it is in', async () => {
    const bed = new InventoryBed([sampleHost('s', { nativeId: 'n1', hypervisorHostname: 'n1', disabledReason: 'r' })]);
    const process = bed.process();
    await process.discover();
    bed.provider.control.addHost(sampleHost('s', { nativeId: 'n2', hypervisorHostname: 'n2' }));
    await process.discover();
    const registered = (await bed.log()).filter(({ type }) => type === 'HypervisorRegistered').map(({ data }) => data);
    expect(registered).toMatchObject([
      { number: 1, service: { number: 1 }, enabled: false },
      { number: 2, service: { number: 1 }, enabled: false, disabledReason: 'r' },
    ]);
  });

  it('finishes what a stop in between has left', async () => {
    const bed = new InventoryBed([a]);
    const { executor } = bed.process();
    const { hypervisorRegistry } = await import('../../hypervisor-registry/hypervisor-registry.decider.js');
    const { sightingsOf } = await import('./sightings.js');
    const listing = await bed.provider.listHypervisors({ requestId: 'r', timeoutMs: 1 });
    const sightings = sightingsOf('simulated', listing.hypervisors).map(({ sighting }) => sighting);
    await executor.execute(hypervisorRegistry, 'hypervisors', { type: 'list', sightings, at: 1 }, bed.context());
    await bed.process().discover();
    expect(await bed.types()).toEqual(['ServiceListed', 'HypervisorListed', 'HypervisorRegistered', 'GuestFound']);
  });
});

describe('a later discovery', () => {
  it('records nothing when nothing has changed, after a restart either', async () => {
    const { bed, process, types } = await discovered();
    expect(await process.discover()).toEqual({ complete: true, events: 0 });
    expect(await bed.process().discover()).toEqual({ complete: true, events: 0 });
    expect(await types()).toEqual([]);
  });

  it('records what has changed', async () => {
    const { process, news, control } = await discovered();
    control.changeHost('b', { memoryMb: 1024 });
    control.putGuest('a', sampleGuest('g2'));
    await process.discover();
    const seen = (await news()).map(({ type, data }) => [type, data.uuid]);
    expect(new Set(seen.map((entry) => JSON.stringify(entry)))).toEqual(
      new Set(
        [
          ['ResourcesReported', uuidOf('b')],
          ['ResourcesReported', uuidOf('a')],
          ['GuestFound', uuidOf('a')],
        ].map((entry) => JSON.stringify(entry)),
      ),
    );
  });

  it('renames in both streams', async () => {
    const { process, types, control } = await discovered();
    control.changeHost('b', { hypervisorHostname: 'b.lab' });
    await process.discover();
    expect(await types()).toEqual(['HypervisorRelisted', 'HypervisorRenamed']);
  });

  it('registers new hosts under new ids', async () => {
    const { process, news, control } = await discovered();
    control.addHost(sampleHost('c'));
    await process.discover();
    expect((await news()).map(({ type, data }) => [type, data.number])).toEqual([
      ['ServiceListed', 4],
      ['HypervisorListed', 4],
      ['HypervisorRegistered', 4],
    ]);
  });

  it('leaves out another machine under a taken name, and says nothing about it again', async () => {
    const { process, types, control } = await discovered();
    control.addHost(sampleHost('a', { nativeId: 'impostor' }));
    await process.discover();
    await process.discover();
    expect(await types()).toEqual([]);
  });
});

describe('what is missing', () => {
  it('vanishes after two complete listings in a row, and returns under its id', async () => {
    const { process, news, types, control } = await discovered();
    control.removeHost('a');
    await process.discover();
    expect(await types()).toEqual([]);
    await process.discover();
    expect(await types()).toEqual(['HypervisorVanished', 'HypervisorDelisted']);
    await process.discover();
    expect(await types()).toHaveLength(2);
    control.addHost(a);
    await process.discover();
    expect((await news()).slice(2).map(({ type }) => type)).toEqual(['HypervisorRelisted', 'HypervisorReturned']);
  });

  it('is not proved by a partial listing, nor by a failed one', async () => {
    const { process, types, control } = await discovered();
    for (let n = 0; n < 4; n += 1) {
      control.listPartially(['a']);
      expect((await process.discover()).complete).toBe(false);
      control.failNext('listHypervisors');
      expect((await process.discover()).complete).toBe(false);
    }
    expect(await types()).toEqual([]);
  });

  it('is counted anew when it was listed in between, even by a partial listing', async () => {
    const { process, types, control } = await discovered();
    control.removeHost('a');
    await process.discover();
    control.addHost(a);
    control.listPartially();
    await process.discover();
    control.removeHost('a');
    await process.discover();
    expect(await types()).toEqual([]);
  });

  it('is not known to a process that has just started: it needs two listings of its own', async () => {
    const { bed, process, types, control } = await discovered();
    control.removeHost('a');
    await process.discover();
    const restarted = bed.process();
    await restarted.discover();
    expect(await types()).toEqual([]);
    await restarted.discover();
    expect(await types()).toEqual(['HypervisorVanished', 'HypervisorDelisted']);
  });

  it('is gone as a guest after two complete listings in a row', async () => {
    const { process, news, control } = await discovered();
    const gone = async () => (await news()).filter(({ type }) => type.startsWith('Guest'));
    control.removeGuest('a', 'g1');
    await process.discover();
    control.listPartially();
    await process.discover();
    expect(await gone()).toEqual([]);
    await process.discover();
    expect(await gone()).toMatchObject([{ type: 'GuestGone', data: { uuid: uuidOf('a'), guestUuid: 'g1' } }]);
    await process.discover();
    expect(await gone()).toHaveLength(1);
  });
});

describe('several providers', () => {
  it('are independent: one that fails keeps nobody from the other', async () => {
    const bed = new InventoryBed([a]);
    const other = new SimulatedProvider({ name: 'other', hosts: [sampleHost('z')], clock: bed.clock });
    const process = bed.process({}, [bed.provider, other]);
    bed.provider.control.failNext('listHypervisors');
    expect(await process.discover()).toEqual({ complete: false, events: 3 });
    expect((await process.discover()).complete).toBe(true);
    const numbers = (await bed.log())
      .filter(({ type }) => type === 'HypervisorListed')
      .map(({ data }) => [data.provider, data.number]);
    expect(numbers).toEqual([
      ['other', 1],
      ['simulated', 2],
    ]);
  });
});

describe('heartbeats', () => {
  it('that stop make a host down after the time set, and up again when they come back', async () => {
    const { bed, process, news, control } = await discovered();
    control.silence('a');
    await bed.clock.advance(60_000);
    expect(await process.checkHeartbeats()).toBe(0);
    await bed.clock.advance(1);
    expect(await process.checkHeartbeats()).toBe(1);
    expect(await process.checkHeartbeats()).toBe(0);
    control.revive('a');
    expect(await process.checkHeartbeats()).toBe(1);
    expect(await news()).toMatchObject([
      { type: 'HypervisorWentDown', data: { uuid: uuidOf('a'), heartbeatAt: bed.clock.now() - 60_001 } },
      { type: 'HypervisorCameUp', data: { uuid: uuidOf('a'), heartbeatAt: bed.clock.now() } },
    ]);
  });

  it('come from a host that never had one', async () => {
    const { process, news, control } = await discovered();
    control.revive('dead');
    await process.checkHeartbeats();
    expect(await news()).toMatchObject([{ type: 'HypervisorCameUp', data: { uuid: uuidOf('dead') } }]);
  });

  it('grow old while the provider does not answer', async () => {
    const { bed, process, types, control } = await discovered();
    control.failNext('heartbeats', 2);
    await bed.clock.advance(30_000);
    expect(await process.checkHeartbeats()).toBe(0);
    await bed.clock.advance(31_000);
    expect(await process.checkHeartbeats()).toBe(2);
    expect(await types()).toEqual(['HypervisorWentDown', 'HypervisorWentDown']);
  });

  it('are waited for after a restart as long as they would be otherwise', async () => {
    const { bed, control } = await discovered();
    control.failNext('heartbeats', 3);
    await bed.clock.advance(3_600_000);
    const restarted = bed.process();
    await restarted.discover();
    expect(await restarted.checkHeartbeats()).toBe(0);
    await bed.clock.advance(60_001);
    expect(await restarted.checkHeartbeats()).toBe(2);
  });

  it('of what has vanished say nothing', async () => {
    const { bed, process, types, control } = await discovered();
    control.removeHost('a');
    await process.discover();
    await process.discover();
    await bed.clock.advance(120_000);
    await process.checkHeartbeats();
    expect(await types()).toEqual(['HypervisorVanished', 'HypervisorDelisted']);
  });
});

describe('many hosts', () => {
  it('are registered once and then cost no commands', async () => {
    const bed = new InventoryBed(Array.from({ length: 2500 }, (_, n) => sampleHost(`h${String(n)}`)));
    const process = bed.process();
    expect(await process.discover()).toEqual({ complete: true, events: 7500 });
    expect(await process.discover()).toEqual({ complete: true, events: 0 });
    const numbers = await process.lookups.registry((registry) => [...registry.uuidByNumber.keys()]);
    expect(numbers).toEqual(Array.from({ length: 2500 }, (_, n) => n + 1));
  });
});
