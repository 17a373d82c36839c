import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#kernel';
import { flavorsSettings, reservationsSettings } from './reservations-context.settings.js';
import { loadSettings, WrongSettings } from './settings.js';

function load(text: string, more: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'leasebook-reservations-'));
  try {
    const path = join(folder, 'leasebook.yaml');
    writeFileSync(path, text);
    for (const [name, content] of Object.entries(more)) writeFileSync(join(folder, name), content);
    return loadSettings({ LEASEBOOK_CONFIG: path });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function faultsOf(text: string): readonly string[] {
  try {
    load(text);
  } catch (error) {
    if (error instanceof WrongSettings) return error.faults;
    throw error;
  }
  return [];
}

const uuid = (n: number) => `00000000-0000-4000-8000-00000000000${String(n)}`;
const subnet = (more: string, id = uuid(2)) => `      - { id: ${id}, ${more} }\n`;
const network = (...subnets: readonly string[]) =>
  `networks:\n  - id: ${uuid(1)}\n    name: public\n    subnets:\n${subnets.join('')}`;

describe('settings of reservations', () => {
  it('given the demo, then a network and flavors', () => {
    const demo = loadSettings({});
    expect(reservationsSettings(demo, systemClock)).toMatchObject({
      freePool: 'freepool',
      partitions: [],
      minutesBeforeEnd: 60,
      beforeEndAction: '',
      filterService: null,
      networks: [{ name: 'public', subnets: [{ cidr: '203.0.113.0/24', gateway: '203.0.113.1' }] }],
      holdMs: 30_000,
    });
    expect(flavorsSettings(demo, systemClock)).toMatchObject({
      region: 'RegionOne',
      flavors: [{ id: '1', name: 'm1.tiny', access: [], reservationId: null }, { id: '2' }, { id: '3' }],
    });
    expect(demo.reservationCodes).toBe('seed');
  });

  it('given a file without them, then none, and the defaults of the contract', () => {
    const settings = load('port: 9000\n');
    expect(reservationsSettings(settings, systemClock)).toMatchObject({
      ...{ networks: [], cleaningMinutes: 0, eventMaxRetries: 1, randomizeHosts: false, monitorsHosts: true },
      ...{ healingMinutes: 60, maxLeaseSeconds: 0, maxLeaseExemptProjects: [], partitions: [] },
    });
    expect(flavorsSettings(settings, systemClock).flavors).toEqual([]);
  });

  it('takes a subnet without a gateway, and addresses of both families', () => {
    const text = network(
      subnet('cidr: 192.0.2.0/24'),
      subnet(
        `cidr: '2001:db8::/64', gateway: '2001:db8::1', pools: [{ start: '2001:db8::10', end: '2001:db8::ff' }]`,
        uuid(3),
      ),
    );
    expect(reservationsSettings(load(text), systemClock).networks[0]?.subnets).toMatchObject([
      { gateway: null, pools: [] },
      { gateway: '2001:db8::1' },
    ]);
  });

  it.each([
    ['a network that is none', network(subnet('cidr: 192.0.2.0/33')), 'networks: public: 192.0.2.0/33 is no network in CIDR form'],
    ['a network without its length', network(subnet('cidr: 192.0.2.0')), 'networks: public: 192.0.2.0 is no network in CIDR form'],
    ['a gateway elsewhere', network(subnet('cidr: 192.0.2.0/24, gateway: 192.0.3.1')), 'networks: public: 192.0.3.1 is not in 192.0.2.0/24'],
    ['a gateway of another family', network(subnet(`cidr: 192.0.2.0/24, gateway: '2001:db8::1'`)), 'networks: public: 2001:db8::1 is not in 192.0.2.0/24'],
    ['a pool elsewhere', network(subnet('cidr: 192.0.2.0/24, pools: [{ start: 192.0.2.5, end: 192.0.4.1 }]')), 'networks: public: 192.0.4.1 is not in 192.0.2.0/24'],
    ['ids that come twice', network(subnet('cidr: 192.0.2.0/24', uuid(1))), `networks: ${uuid(1)} stands there twice`],
    ['partitions that come twice', 'calendarPartitions: [{ name: a, hosts: [x] }, { name: a, hosts: [y] }]', 'calendarPartitions: a stands there twice'],
    ['a partition whose name is no part of a stream', 'calendarPartitions: [{ name: a-b, hosts: [x] }]', 'calendarPartitions.0.name must match pattern "^[A-Za-z0-9_]+$"'],
    ['flavors that come twice', 'flavors: [{ id: a, name: x }, { id: b, name: x }]', 'flavors: name x stands there twice'],
    ['codes that nobody knows', 'reservationCodes: new', 'LEASEBOOK_RESERVATION_CODES (reservationCodes) must be one of seed, current'],
  ])('refuses %s', (_what, text, fault) => {
    expect(faultsOf(text)).toEqual([fault]);
  }); // prettier-ignore

  it('reads the token of the filter service from a file, and refuses one that is not there', () => {
    const settings = load('leaseFilterService: { url: "http://127.0.0.1:1/filter", tokenFile: nowhere }\n');
    expect(() => reservationsSettings(settings, systemClock)).toThrow(/leaseFilterService\.tokenFile/);
    const named = load('leaseFilterService: { url: "http://127.0.0.1:1/filter", token: s3cret, timeoutSeconds: 3 }\n');
    expect(reservationsSettings(named, systemClock).filterService).toEqual({
      url: 'http://127.0.0.1:1/filter',
      token: 's3cret',
      timeoutMs: 3_000,
    });
  });
});
