import { describe, expect, it } from '@jest/globals';
import type { RegionFlavor } from '#flavors';
import { needsOf } from './flavor-needs.policy.js';

const flavor: RegionFlavor = {
  ...{ id: '1', name: 'm1.tiny', vcpus: 2, ramMb: 512, diskGb: 10, ephemeralGb: 0, swapMb: 0, rxtxFactor: 1 },
  ...{ isPublic: true, extraSpecs: [], access: [], reservationId: null },
};
const specs = (...all: readonly (readonly [string, string])[]) => ({
  ...flavor,
  extraSpecs: all.map(([key, value]) => ({ key, value })),
});
const amounts = (of: RegionFlavor) => Object.fromEntries(needsOf(of).needs.map((need) => [need.resource, need.amount]));

describe('what a flavor needs', () => {
  it('are its figures by inventory class', () => {
    expect(needsOf(flavor)).toEqual({
      needs: [
        { resource: 'VCPU', amount: 2 },
        { resource: 'MEMORY_MB', amount: 512 },
        { resource: 'DISK_GB', amount: 10 },
      ],
      traits: [],
    });
  });

  it.each([
    [10, 0, 0, 10],
    [10, 5, 0, 15],
    [10, 5, 1, 16],
    [10, 0, 1024, 11],
    [10, 0, 1025, 12],
    [0, 0, 0, undefined],
    [0, 0, 512, 1],
  ])('disk of %d GB, ephemeral %d GB, swap %d MB: %p GB', (diskGb, ephemeralGb, swapMb, expected) => {
    expect(amounts({ ...flavor, diskGb, ephemeralGb, swapMb }).DISK_GB).toBe(expected);
  });

  it.each([
    ['another class', [['resources:VGPU', '1']], { VCPU: 2, MEMORY_MB: 512, DISK_GB: 10, VGPU: 1 }],
    ['in place of a figure', [['resources:VCPU', '7']], { VCPU: 7, MEMORY_MB: 512, DISK_GB: 10 }],
    ['taken out', [['resources:VCPU', '0'], ['resources:DISK_GB', '0']], { MEMORY_MB: 512 }],
    ['unreadable', [['resources:VCPU', 'two'], ['resources:MEMORY_MB', '-1'], ['resources:DISK_GB', '']], { VCPU: 2, MEMORY_MB: 512, DISK_GB: 10 }],
    ['without a name', [['resources:', '5'], ['resources', '5']], { VCPU: 2, MEMORY_MB: 512, DISK_GB: 10 }],
    ['called as a member of every object', [['resources:__proto__', '3']], { VCPU: 2, MEMORY_MB: 512, DISK_GB: 10, ['__proto__']: 3 }],
    ['twice', [['resources:VGPU', '1'], ['resources:VGPU', '2']], { VCPU: 2, MEMORY_MB: 512, DISK_GB: 10, VGPU: 2 }],
  ] as const)('resources: %s', (_what, extraSpecs, expected) => {
    expect(amounts(specs(...extraSpecs))).toEqual(expected);
  }); // prettier-ignore

  it('traits are required or forbidden', () => {
    const all = specs(
      ['trait:HW_CPU_X86_AVX2', 'required'],
      ['trait:COMPUTE_STATUS_DISABLED', 'forbidden'],
      ['trait:CUSTOM_GOLD', 'preferred'],
      ['trait:', 'required'],
      ['hw:cpu_policy', 'dedicated'],
    );
    expect(needsOf(all).traits).toEqual([
      { name: 'HW_CPU_X86_AVX2', wish: 'required' },
      { name: 'COMPUTE_STATUS_DISABLED', wish: 'forbidden' },
    ]);
  });
});
