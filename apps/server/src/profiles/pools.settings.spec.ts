import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#kernel';
import { poolAuthProvider, poolsSettings } from './pools-context.settings.js';
import { loadSettings, WrongSettings } from './settings.js';
import type { Settings } from './settings.type.js';

function load(text: string, environment: Record<string, string> = {}): Settings {
  const folder = mkdtempSync(join(tmpdir(), 'leasebook-pools-'));
  try {
    const path = join(folder, 'leasebook.yaml');
    writeFileSync(path, text);
    return loadSettings({ ...environment, LEASEBOOK_CONFIG: path });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function faultsOf(text: string, environment: Record<string, string> = {}): readonly string[] {
  try {
    load(text, environment);
  } catch (error) {
    if (error instanceof WrongSettings) return error.faults;
    throw error;
  }
  return [];
}

const pool = (more: string, name = 'a') => `pools:\n  - { name: ${name}, template: t/${name}, ${more} }\n`;

describe('settings of pools', () => {
  it('given the demo, then two pools on the hosts for them', () => {
    const { pools, ...others } = poolsSettings(loadSettings({}), systemClock);
    expect(pools.map(({ name, size, aliases, hosts }) => ({ name, size, aliases, hosts }))).toEqual([
      { name: 'debian-12-x86_64', size: 20, aliases: ['debian-12'], hosts: ['kvm-1', 'kvm-2'] },
      { name: 'rocky-9-x86_64', size: 10, aliases: ['rocky-9', 'rocky-9-64'], hosts: ['kvm-1', 'kvm-2'] },
    ]);
    expect(others).toMatchObject({
      domain: 'lab.example.test',
      vmLifetimeHours: 12,
      vmLifetimeAuthHours: 24,
      maxLifetimeUpperLimit: 200,
      allowedTags: ['created_by', 'project', 'department', 'user', 'url'],
      experimentalFeatures: true,
      authConfigured: true,
      strictOwnership: false,
    });
  });

  it('given a file without pools, then none, and the defaults of the contract', () => {
    expect(poolsSettings(load('port: 9000\n'), systemClock)).toMatchObject({
      pools: [],
      vmLifetimeHours: 24,
      vmLifetimeAuthHours: null,
      maxLifetimeUpperLimit: null,
      readyTtlMinutes: 60,
      timeoutMinutes: 15,
      dataTtlHours: 168,
      taskLimit: 10,
      onDemandTtlMinutes: 5,
      maxVmRetries: 3,
      allowedTags: null,
      experimentalFeatures: false,
    });
  });

  it.each<[string, string, Record<string, string>, string]>([
    ['the users of this server', '', {}, 'builtin'],
    ['anybody with noauth', '', { LEASEBOOK_IDENTITY: 'noauth' }, 'dummy'],
    ['what is named', 'poolAuth: { provider: none }\n', { LEASEBOOK_IDENTITY: 'noauth' }, 'none'],
  ])('checks Basic credentials by %s', (_what, text, environment, provider) => {
    expect(poolAuthProvider(load(`port: 9000\n${text}`, environment))).toBe(provider);
  });

  it.each<[string, string, string]>([
    ['a pool without a place', pool('size: 1'), 'a needs hosts or a hostAggregate'],
    ['a pool with two', pool('hosts: [h], hostAggregate: g'), 'one of the two'],
    ['a pool twice', pool('hosts: [h]') + '  - { name: a, template: t, hosts: [h] }\n', 'a stands there twice'],
    ['an alias as text', pool('hosts: [h], aliases: b'), 'pools.0.aliases must be array'],
    ['an unknown field', pool('hosts: [h], cpus: 2'), 'pools.0: cpus is not a setting'],
    ['a negative size', pool('hosts: [h], size: -1'), 'pools.0.size must be >= 0'],
    ['a filter that is no expression', "tagFilter: { url: '(' }\n", 'tagFilter.url is no regular expression'],
    ['an unknown zone', 'timeZone: Moon/Base\n', 'there is no zone Moon/Base'],
    ['ldap without its section', 'poolAuth: { provider: ldap }\n', 'needs the section ldap'],
    ['boots that end before they begin', 'simulatedVms: { bootSeconds: { min: 3, max: 1 } }\n', 'min is more than max'],
    [
      'a page of metrics where there is one',
      'poolMetrics: { prometheus: true, path: /metrics }\n',
      '/metrics is taken',
    ],
    ['loops the wrong way round', 'checkLoopMinSeconds: 100\n', 'more than checkLoopMaxSeconds'],
  ])('refuses %s', (_what, text, fault) => {
    expect(faultsOf(text)).toEqual([expect.stringContaining(fault)]);
  });
});
