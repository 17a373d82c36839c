import { describe, expect, it } from '@jest/globals';
import { decisionsOf } from '#specs';
import { region, regionStream } from './region.aggregate.js';
import type { RegionCommand } from './region.decider.js';
import type { RegionEvent, RegionFlavor } from './region.events.js';
import { flavorOf } from './region.state.js';

const { given } = decisionsOf(region);
const scope = { region: 'RegionOne', at: 1_000 };

const flavor = (id: string, more: Partial<RegionFlavor> = {}): RegionFlavor => ({
  ...{ id, name: `m1.${id}`, vcpus: 1, ramMb: 512, diskGb: 1, ephemeralGb: 0, swapMb: 0, rxtxFactor: 1 },
  ...{ isPublic: true, extraSpecs: [], access: [], reservationId: null, ...more },
});
const private1 = flavor('1', { isPublic: false });
const ofReservation = (more: Partial<RegionFlavor> = {}) => ({
  ...flavor('r1', { name: 'reservation:r1', isPublic: false, ...more }),
  reservationId: 'r1',
});

const created = (made: RegionFlavor, configured = false): RegionEvent => ({
  type: 'RegionFlavorCreated',
  data: { ...scope, flavor: made, configured },
});
const deleted = (flavorId: string): RegionEvent => ({ type: 'RegionFlavorDeleted', data: { ...scope, flavorId } });
const granted = (flavorId: string, projectId: string): RegionEvent => ({
  type: 'RegionFlavorAccessGranted',
  data: { ...scope, flavorId, projectId },
});
const create = (made: RegionFlavor): RegionCommand => ({ ...scope, type: 'create', flavor: made });
const ensure = (made: ReturnType<typeof ofReservation>): RegionCommand => ({ ...scope, type: 'ensure', flavor: made });
const remove = (flavorId: string, reservationId: string | null = null): RegionCommand => ({
  ...{ ...scope, type: 'delete', flavorId, reservationId },
});
const grant = (flavorId: string, projectId: string): RegionCommand => ({
  ...{ ...scope, type: 'grant', flavorId, projectId },
});
const configure = (...flavors: readonly RegionFlavor[]): RegionCommand => ({ ...scope, type: 'configure', flavors });

describe("a region's flavor", () => {
  it('has an id and a name of its own', () => {
    given()
      .when(create(flavor('1')))
      .then(created(flavor('1')));
    given(created(flavor('1')))
      .when(create(flavor('1', { name: 'other' })))
      .thenRefused('flavor-exists', { flavorId: '1' });
    given(created(flavor('1')))
      .when(create(flavor('2', { name: 'm1.1' })))
      .thenRefused('flavor-exists', { name: 'm1.1' });
    given(created(flavor('1')), deleted('1'))
      .when(create(flavor('2', { name: 'm1.1' })))
      .thenEvents((events) => expect(events).toHaveLength(1));
    expect(regionStream('RegionOne')).toBe('region-RegionOne');
  });

  it('made again just as it is, is the same', () => {
    const specs = [
      { key: 'a', value: '1' },
      { key: 'b', value: '2' },
    ];
    const one = flavor('1', { extraSpecs: specs });
    given(created(one))
      .when(create(flavor('1', { extraSpecs: [...specs].reverse() })))
      .then();
    const others: readonly Partial<RegionFlavor>[] = [
      ...[{ vcpus: 2 }, { ramMb: 1 }, { diskGb: 0 }, { ephemeralGb: 1 }, { swapMb: 1 }, { rxtxFactor: 2 }],
      ...[{ isPublic: false }, { extraSpecs: [] }, { access: ['p'] }, { extraSpecs: [{ key: 'a', value: '2' }] }],
    ];
    for (const other of others)
      given(created(one))
        .when(create({ ...one, ...other }))
        .thenRefused('flavor-exists', { flavorId: '1' });
  });

  it('is deleted by whoever may', () => {
    given(created(flavor('1')))
      .when(remove('1'))
      .then(deleted('1'));
    given().when(remove('1')).thenRefused('flavor-unknown', { flavorId: '1' });
    given(created(ofReservation()))
      .when(remove('r1'))
      .thenRefused('flavor-of-a-reservation', { flavorId: 'r1', reservationId: 'r1' });
    given(created(ofReservation())).when(remove('r1', 'r1')).then(deleted('r1'));
    given(created(ofReservation())).when(remove('r1', 'r2')).then();
    given(created(flavor('1')))
      .when(remove('1', 'r1'))
      .then();
    given().when(remove('r1', 'r1')).then();
    given(created(flavor('1')), deleted('1')).state((state) => expect(flavorOf(state, '1')).toBeUndefined());
  });

  it('may be used by a project from when it is granted', () => {
    given(created(private1)).when(grant('1', 'p')).then(granted('1', 'p'));
    given(created(private1), granted('1', 'p')).when(grant('1', 'p')).then();
    given(created(flavor('1')))
      .when(grant('1', 'p'))
      .then();
    given().when(grant('1', 'p')).thenRefused('flavor-unknown', { flavorId: '1' });
    given(created(private1), granted('1', 'p'), granted('1', 'q')).state((state) =>
      expect(flavorOf(state, '1')).toEqual({ ...private1, access: ['p', 'q'] }),
    );
    const revoked: RegionEvent = {
      type: 'RegionFlavorAccessRevoked',
      data: { ...scope, flavorId: '1', projectId: 'p' },
    };
    given(created(private1), granted('1', 'p'), granted('1', 'q'), revoked).state((state) =>
      expect(flavorOf(state, '1')?.access).toEqual(['q']),
    );
  });
});

describe('the flavor of a reservation', () => {
  it('is made, left, or replaced', () => {
    given().when(ensure(ofReservation())).then(created(ofReservation()));
    given(created(ofReservation())).when(ensure(ofReservation())).then();
    given(created(ofReservation()))
      .when(ensure(ofReservation({ vcpus: 4 })))
      .then(deleted('r1'), created(ofReservation({ vcpus: 4 })));
  });

  it('keeps its name and who may use it', () => {
    const used = [created(ofReservation()), granted('r1', 'p')];
    given(...used)
      .when(ensure(ofReservation()))
      .then();
    given(...used)
      .when(ensure(ofReservation({ vcpus: 4, access: ['q'] })))
      .then(deleted('r1'), created(ofReservation({ vcpus: 4, access: ['p', 'q'] })));
    given(...used, deleted('r1'), created(ofReservation({ vcpus: 4 })))
      .when(create(flavor('2', { name: 'reservation:r1' })))
      .thenRefused('flavor-exists', { name: 'reservation:r1' });
  });

  it("is not somebody else's", () => {
    given(created(flavor('r1')))
      .when(ensure(ofReservation()))
      .thenRefused('flavor-exists', { flavorId: 'r1' });
    given(created(flavor('1', { name: 'reservation:r1' })))
      .when(ensure(ofReservation()))
      .thenRefused('flavor-exists', { name: 'reservation:r1' });
    given(created(ofReservation()), created(flavor('1', { name: 'wanted' })))
      .when(ensure(ofReservation({ name: 'wanted' })))
      .thenRefused('flavor-exists', { name: 'wanted' });
  });
});

describe('flavors of the settings', () => {
  const [tiny, small] = [flavor('1'), flavor('2')];

  it('are made once, and those that come later', () => {
    given().when(configure(tiny, small)).then(created(tiny, true), created(small, true));
    given(created(tiny, true)).when(configure(tiny, small)).then(created(small, true));
    given(created(tiny, true)).when(configure()).then();
  });

  it('do not come again', () => {
    given(created(tiny, true), deleted('1')).when(configure(tiny)).then();
    given(created(tiny, true), deleted('1'), created(flavor('1', { vcpus: 8 })), deleted('1'))
      .when(configure(tiny))
      .then();
  });

  it('leave those that are there alone', () => {
    given(created(flavor('1', { vcpus: 8 }))).when(configure(tiny)).then();
    given(created(flavor('9', { name: 'm1.1' }))).when(configure(tiny, small)).then(created(small, true));
  }); // prettier-ignore
});

describe("a region's snapshot", () => {
  it('is the state again, and goes on as it would', () => {
    const events = [created(flavor('1'), true), created(flavor('2', { isPublic: false })), created(flavor('3'), true), deleted('3')];
    given(...events, granted('2', 'p')).state((state) => {
      const stored = JSON.parse(JSON.stringify(region.snapshot?.write(state))) as never;
      const again = region.snapshot?.read(stored);
      expect(again).toEqual(state);
      expect([...(again?.flavors.keys() ?? [])]).toEqual(['1', '2']);
    });
  }); // prettier-ignore
});
