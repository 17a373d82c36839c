import { describe, expect, it } from '@jest/globals';
import { decisionsOf } from '#specs';
import { ownerOf, vmName, vmNameStream } from './vm-name.aggregate.js';
import type { VmNameEvent } from './vm-name.events.js';

const { given } = decisionsOf(vmName);
const name = 'brisk-otter';
const at = 1_000;
const claim = (vmId: string, more: object = {}) =>
  ({ type: 'claim', name, pool: 'alma-9', vmId, at, ...more }) as const;
const claimed = (vmId: string, generation: number, more: object = {}): VmNameEvent => ({
  type: 'VmNameClaimed',
  data: { name, pool: 'alma-9', vmId, generation, at, ...more },
});
const retire = (vmId: string) => ({ type: 'retire', vmId, forgetAt: 5_000, at }) as const;
const retired: VmNameEvent = { type: 'VmNameRetired', data: { name, vmId: 'one', forgetAt: 5_000, at } };
const release = (vmId: string) => ({ type: 'release', vmId, at }) as const;
const released: VmNameEvent = { type: 'VmNameReleased', data: { name, vmId: 'one', at } };

describe("a machine's name", () => {
  it('is claimed by one machine', () => {
    given().when(claim('one')).then(claimed('one', 1));
    given(claimed('one', 1)).when(claim('two')).thenRefused('name-taken', { name, pool: 'alma-9', vmId: 'one' });
    given(claimed('one', 1))
      .when(claim('one', { pool: 'suse-15' }))
      .thenRefused('name-taken');
  });

  it('claimed again by its machine is the same claim', () => {
    given(claimed('one', 1)).when(claim('one')).then();
  });

  it('leads to its pool', () => {
    given(claimed('one', 1)).state((state) =>
      expect(ownerOf(state)).toEqual({ name, pool: 'alma-9', vmId: 'one', generation: 1, forgetAt: null }),
    );
    given(claimed('one', 1), retired).state((state) => expect(ownerOf(state)?.forgetAt).toBe(5_000));
    given().state((state) => expect(ownerOf(state)).toBeUndefined());
    given(claimed('one', 1), released).state((state) => expect(ownerOf(state)).toBeUndefined());
    expect(vmNameStream(name)).toBe('vmName-brisk-otter');
  });

  it('is kept as long as the record of its machine', () => {
    given(claimed('one', 1)).when(retire('one')).then(retired);
    given(claimed('one', 1), retired).when(retire('one')).then();
    given(claimed('one', 1), retired)
      .when(claim('two', { at: 4_999 }))
      .thenRefused('name-taken');
    given(claimed('one', 1), retired).when(claim('one')).thenRefused('name-taken');
  });

  it('is free again when the record is forgotten, for another generation', () => {
    given(claimed('one', 1), retired)
      .when(claim('two', { at: 5_000 }))
      .then(claimed('two', 2, { at: 5_000 }));
    given(claimed('one', 1), released).when(claim('two')).then(claimed('two', 2));
  });

  it('is released once, by its own machine', () => {
    given(claimed('one', 1)).when(release('one')).then(released);
    given(claimed('one', 1), retired).when(release('one')).then(released);
    given(claimed('one', 1), released).when(release('one')).then();
    given(claimed('one', 1)).when(release('two')).then();
    given(claimed('one', 1), retired, claimed('two', 2)).when(release('one')).then();
    given(claimed('one', 1), retired, claimed('two', 2)).when(retire('one')).then();
    given().when(release('one')).then();
    given().when(retire('one')).then();
  });
});
