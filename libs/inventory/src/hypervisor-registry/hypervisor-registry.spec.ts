import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hypervisorRegistry, type HypervisorRegistryCommand, type Sighting } from './hypervisor-registry.decider.js';
import type { HypervisorRegistryEvent } from './hypervisor-registry.events.js';
import type { HypervisorRegistry } from './hypervisor-registry.state.js';

const { decider, snapshot } = hypervisorRegistry;
const at = 1000;

function sighting(id: string, more: Partial<Sighting> = {}): Sighting {
  return {
    uuid: `uuid-${id}`,
    provider: 'p',
    nativeId: id,
    hypervisorHostname: id,
    serviceHost: id,
    serviceUuid: `service-${more.serviceHost ?? id}`,
    ...more,
  };
}
const list = (...sightings: readonly Sighting[]): HypervisorRegistryCommand => ({ type: 'list', sightings, at });
const delist = (uuid: string): HypervisorRegistryCommand => ({ type: 'delist', uuid, at });

function after(...commands: readonly HypervisorRegistryCommand[]): HypervisorRegistry {
  return commands.reduce((state, command) => {
    const decision = decider.decide(command, state);
    if (decision.kind === 'refused') throw new Error(decision.code);
    return decision.events.reduce(decider.evolve, state);
  }, decider.initialState());
}

function eventsOf(command: HypervisorRegistryCommand, state = decider.initialState()): readonly unknown[] {
  const decision = decider.decide(command, state);
  return decision.kind === 'accepted' ? decision.events : [decision];
}

const listed = (number: number, id: string, more: object = {}): HypervisorRegistryEvent => ({
  type: 'HypervisorListed',
  data: {
    number,
    uuid: `uuid-${id}`,
    provider: 'p',
    nativeId: id,
    hypervisorHostname: id,
    serviceHost: id,
    at,
    ...more,
  },
});
const service = (number: number, host: string): HypervisorRegistryEvent => ({
  type: 'ServiceListed',
  data: { number, uuid: `service-${host}`, host, provider: 'p', at },
});

describe('the registry of hypervisors', () => {
  it('gives ids in the order of sighting', () => {
    expect(eventsOf(list(sighting('b'), sighting('a')))).toEqual([
      service(1, 'b'),
      listed(1, 'b'),
      service(2, 'a'),
      listed(2, 'a'),
    ]);
  });

  it('gives one service to hypervisors that share it', () => {
    expect(eventsOf(list(sighting('a', { serviceHost: 's' }), sighting('b', { serviceHost: 's' })))).toEqual([
      service(1, 's'),
      listed(1, 'a', { serviceHost: 's' }),
      listed(2, 'b', { serviceHost: 's' }),
    ]);
  });

  it('does nothing about those it knows as they are', () => {
    expect(eventsOf(list(sighting('a'), sighting('a')), after(list(sighting('a'))))).toEqual([]);
  });

  it('never uses an id again', () => {
    const state = after(list(sighting('a')), delist('uuid-a'));
    expect(eventsOf(list(sighting('b')), state)).toEqual([service(2, 'b'), listed(2, 'b')]);
  });

  it('renames, and lists a new service for it', () => {
    const state = after(list(sighting('a')));
    const renamed = sighting('a', { hypervisorHostname: 'x', serviceHost: 's' });
    expect(eventsOf(list(renamed), state)).toEqual([
      service(2, 's'),
      {
        type: 'HypervisorRelisted',
        data: { uuid: 'uuid-a', hypervisorHostname: 'x', serviceHost: 's', at },
      },
    ]);
    const now = after(list(sighting('a')), list(renamed));
    expect([now.uuidsByHost.get('a'), now.uuidsByHost.get('s')]).toEqual([undefined, new Set(['uuid-a'])]);
    expect(now.byUuid.get('uuid-a')).toMatchObject({ number: 1, hypervisorHostname: 'x' });
  });

  it('takes back what had vanished, under its old id', () => {
    const state = after(list(sighting('a')), delist('uuid-a'));
    expect(state.uuidsByHost.size).toBe(0);
    expect(eventsOf(list(sighting('a')), state)).toEqual([
      {
        type: 'HypervisorRelisted',
        data: { uuid: 'uuid-a', hypervisorHostname: 'a', serviceHost: 'a', at },
      },
    ]);
  });

  it.each<[string, Sighting]>([
    ['another machine under the same names', sighting('b', { hypervisorHostname: 'a', serviceHost: 'a' })],
    ["another provider's machine under the same service", sighting('b', { provider: 'q', serviceHost: 'a' })],
  ])('leaves out %s', (_what, other) => {
    expect(eventsOf(list(other), after(list(sighting('a'))))).toEqual([]);
    expect(eventsOf(list(sighting('a'), other))).toEqual([service(1, 'a'), listed(1, 'a')]);
  });

  it('gives the names of one that has vanished to another machine, and then the first one waits', () => {
    const successor = sighting('b', { hypervisorHostname: 'a', serviceHost: 'a' });
    const state = after(list(sighting('a')), delist('uuid-a'));
    expect(eventsOf(list(successor), state)).toEqual([listed(2, 'b', { hypervisorHostname: 'a', serviceHost: 'a' })]);
    expect(eventsOf(list(sighting('a')), after(list(sighting('a')), delist('uuid-a'), list(successor)))).toEqual([]);
  });

  it('delists once, and only what it knows', () => {
    const state = after(list(sighting('a')));
    expect(eventsOf(delist('uuid-a'), state)).toEqual([{ type: 'HypervisorDelisted', data: { uuid: 'uuid-a', at } }]);
    expect(eventsOf(delist('uuid-a'), after(list(sighting('a')), delist('uuid-a')))).toEqual([]);
    expect(eventsOf(delist('uuid-x'), state)).toEqual([
      { kind: 'refused', code: 'hypervisor-unknown', facts: { id: 'uuid-x' } },
    ]);
  });

  it('keeps every index true, and comes back from a snapshot as it was', () => {
    const id = fc.constantFrom('a', 'b', 'c');
    const seen = fc.record({ id, hypervisorHostname: id, serviceHost: id, provider: fc.constantFrom('p', 'q') });
    const command = fc.oneof(
      fc
        .array(seen, { maxLength: 3 })
        .map((all) =>
          list(
            ...all.map(({ id: native, provider, ...names }) =>
              sighting(`${provider}${native}`, { ...names, provider }),
            ),
          ),
        ),
      fc.record({ id, provider: fc.constantFrom('p', 'q') }).map((one) => delist(`uuid-${one.provider}${one.id}`)),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
        const state = commands.reduce((now, each) => {
          const decision = decider.decide(each, now);
          return decision.kind === 'accepted' ? decision.events.reduce(decider.evolve, now) : now;
        }, decider.initialState());
        const all = [...state.byUuid.values()];
        expect(all.map(({ number }) => number).sort()).toEqual(all.map((_, index) => index + 1));
        const present = all.filter((each) => each.listed);
        expect(state.uuidByName).toEqual(
          new Map(present.map((each) => [`${each.serviceHost}\n${each.hypervisorHostname}`, each.uuid])),
        );
        expect(state.uuidByName.size).toBe(present.length);
        expect([...state.uuidsByHost.values()].reduce((sum, { size }) => sum + size, 0)).toBe(present.length);
        for (const { uuid, serviceHost, provider } of present) {
          expect(state.uuidsByHost.get(serviceHost)).toContain(uuid);
          expect(state.serviceByHost.get(serviceHost)?.provider).toBe(provider);
        }
        expect(snapshot!.read(JSON.parse(JSON.stringify(snapshot!.write(state))) as never)).toEqual(state);
      }),
    );
  });
});
