import { describe, expect, it } from '@jest/globals';
import { storedSamples } from '#specs';
import { region } from '../region/region.aggregate.js';
import { regionCatalog } from '../region/region.events.js';
import { flavorOf } from '../region/region.state.js';
import { flavorsTimeline } from '../timeline.policy.js';

describe('samples of stored events', () => {
  const sample = storedSamples(new URL('./samples/', import.meta.url), [regionCatalog], flavorsTimeline);
  const fold = (...types: readonly string[]) =>
    types.map((type) => sample(`${type}@1`)).reduce(region.decider.evolve, region.decider.initialState());

  it('fold into the flavor they were stored for', () => {
    expect(flavorOf(fold('RegionFlavorCreated'), 'g1.large')).toMatchObject({
      ...{ vcpus: 8, ramMb: 16_384, ephemeralGb: 20, rxtxFactor: 1.5, isPublic: false },
      extraSpecs: [{}, { key: 'resources:VGPU', value: '1' }],
    });
    const changed = fold('RegionFlavorCreated', 'RegionFlavorAccessGranted', 'RegionFlavorAccessRevoked');
    expect(flavorOf(changed, 'g1.large')?.access).toEqual(['a0b1c2d3e4f5061728394a5b6c7d8e9f']);
    expect(flavorOf(fold('RegionFlavorCreated', 'RegionFlavorDeleted'), 'g1.large')).toBeUndefined();
  });
});
