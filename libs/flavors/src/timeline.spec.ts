import { describe, expect, it } from '@jest/globals';
import { regionCatalog, type RegionFlavor } from './region/region.events.js';
import { flavorsTimeline } from './timeline.policy.js';

const flavor: RegionFlavor = {
  ...{ id: 'm1', name: 'medium', vcpus: 2, ramMb: 4096, diskGb: 20, ephemeralGb: 0, swapMb: 0, rxtxFactor: 1 },
  ...{ isPublic: false, extraSpecs: [{ key: 'a', value: 'b' }], access: ['engines'], reservationId: null },
};
const about = { region: 'RegionOne', at: 0 };

describe('the history of flavors', () => {
  it('has an account of every type of event', () => {
    expect(Object.keys(flavorsTimeline).sort()).toEqual(Object.keys(regionCatalog.versions).sort());
  });

  it('tells of a flavor what it is', () => {
    const { id: _id, extraSpecs: _extraSpecs, access: _access, ...rest } = flavor;
    expect(flavorsTimeline.RegionFlavorCreated({ ...about, flavor, configured: true })).toEqual([
      {
        ...{ kind: 'flavor', id: 'm1', what: 'created' },
        sets: { region: 'RegionOne', ...rest, 'extraSpecs.a': 'b', 'access.engines': true },
      },
    ]);
  });

  it("stands with the reservation too, where it is a reservation's", () => {
    const own = { ...flavor, id: 'r', reservationId: 'r' };
    expect(flavorsTimeline.RegionFlavorCreated({ ...about, flavor: own, configured: false })).toMatchObject([
      { kind: 'flavor', id: 'r', sets: { reservationId: 'r' } },
      { kind: 'reservation', id: 'r', what: 'flavor medium created' },
    ]);
  });

  it('tells who may use it, and that it is gone', () => {
    const access = { ...about, flavorId: 'm1', projectId: 'p' };
    expect(flavorsTimeline.RegionFlavorAccessGranted(access)).toEqual([
      { kind: 'flavor', id: 'm1', what: 'may be used by project p', sets: { 'access.p': true } },
    ]);
    expect(flavorsTimeline.RegionFlavorAccessRevoked(access)).toEqual([
      { kind: 'flavor', id: 'm1', what: 'may no longer be used by project p', sets: { 'access.p': null } },
    ]);
    expect(flavorsTimeline.RegionFlavorDeleted({ ...about, flavorId: 'm1' })).toEqual([
      { kind: 'flavor', id: 'm1', what: 'deleted', ends: true },
    ]);
  });
});
