import { describe, expect, it } from '@jest/globals';
import { diskFault, hostFault, shortName } from './host.request.js';

describe('host names in paths', () => {
  it.each<[string, string | undefined]>([
    ['brisk-otter', undefined],
    ['brisk-otter.lab.example.org', undefined],
    ['BRISK', undefined],
    ['7', undefined],
    ['a'.repeat(63), undefined],
    [['a'.repeat(63), 'b'.repeat(63), 'c'.repeat(63), 'd'.repeat(61)].join('.'), undefined],
    ['a'.repeat(64), 'Invalid hostname format'],
    [['a'.repeat(63), 'b'.repeat(63), 'c'.repeat(63), 'd'.repeat(62)].join('.'), 'Hostname too long'],
    ['', 'Invalid hostname format'],
    ['-a', 'Invalid hostname format'],
    ['a-', 'Invalid hostname format'],
    ['a..b', 'Invalid hostname format'],
    ['.a', 'Invalid hostname format'],
    ['a.', 'Invalid hostname format'],
    ['a_b', 'Invalid hostname format'],
    ['a b', 'Invalid hostname format'],
    ['a\n', 'Invalid hostname format'],
    ['é', 'Invalid hostname format'],
  ])('%j', (name, fault) => {
    expect(hostFault(name)).toBe(fault);
  });

  it.each([
    ['a', 'a'],
    ['a.b.c', 'a'],
    ['a.', 'a'],
    ['.a', ''],
  ])('%s is known as "%s"', (name, short) => {
    expect(shortName(name)).toBe(short);
  });
});

describe('disk sizes', () => {
  it.each<[string, string | undefined]>([
    ['8', undefined],
    ['008', undefined],
    ['2048', undefined],
    ['2049', 'Disk size must be at most 2048'],
    ['0', 'Disk size must be at least 1'],
    ['-1', 'Disk size must be a valid integer'],
    ['1.5', 'Disk size must be a valid integer'],
    ['8gb', 'Disk size must be a valid integer'],
  ])('%s', (written, fault) => {
    expect(diskFault(written)).toBe(fault);
  });
});
