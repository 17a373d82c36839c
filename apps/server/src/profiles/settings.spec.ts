import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings, WrongSettings } from './settings.js';
import { settingRows } from './settings.schema.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leasebook-settings-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function file(text: string): { LEASEBOOK_CONFIG: string } {
  const path = join(folder, 'leasebook.yaml');
  writeFileSync(path, text);
  return { LEASEBOOK_CONFIG: path };
}

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadSettings(environment);
  } catch (error) {
    if (error instanceof WrongSettings) return error.faults;
    throw error;
  }
  return [];
}

describe('settings', () => {
  it('given nothing, then the defaults and the demo configuration', () => {
    const settings = loadSettings({});
    expect(settings).toMatchObject({
      demo: true,
      host: '127.0.0.1',
      port: 8080,
      dataDir: './data',
      identity: 'builtin',
      reads: 'fresh',
    });
    expect(settings.simulatedHosts.map((host) => host.name)).toEqual([
      'compute-1',
      'compute-2',
      'compute-3',
      'compute-4',
      'compute-5',
      'compute-6',
      'compute-7',
      'compute-8',
      'kvm-1',
      'kvm-2',
    ]);
    expect(settings.images).toEqual([{ id: '7d3f8f3a-0c0e-4d6a-9d4d-3a4a0c5f2b11', name: 'debian-12' }]);
  });

  it('given a file, then nothing of the demo exists and the environment outranks it', () => {
    const settings = loadSettings({ ...file('port: 9000\npageLimit: 5\n'), LEASEBOOK_PORT: '9001' });
    expect(settings).toMatchObject({ demo: false, port: 9001, pageLimit: 5, simulatedHosts: [], images: [] });
  });

  it('given an engine of a cluster, then it says that this release has none', () => {
    expect(faultsOf({ LEASEBOOK_EVENT_STORE_URL: 'esdb://127.0.0.1:2113' })).toEqual([
      expect.stringContaining('embedded engines only'),
    ]);
  });

  it.each<[string, Record<string, string>, string]>([
    ['a word for a number', { LEASEBOOK_PORT: 'eighty' }, 'LEASEBOOK_PORT (port) must be integer'],
    ['a number out of bounds', { LEASEBOOK_PORT: '70000' }, 'LEASEBOOK_PORT (port) must be <= 65535'],
    ['an unknown name', { LEASEBOOK_PROT: '80' }, 'LEASEBOOK_PROT is not a setting'],
    [
      'an unknown choice',
      { LEASEBOOK_IDENTITY: 'ldap' },
      'LEASEBOOK_IDENTITY (identity) must be one of builtin, keystone, keyrock, noauth',
    ],
    [
      'a file that is not there',
      { LEASEBOOK_CONFIG: '/nowhere/leasebook.yaml' },
      'LEASEBOOK_CONFIG names /nowhere/leasebook.yaml, which does not exist',
    ],
    [
      'noauth for the world',
      { LEASEBOOK_IDENTITY: 'noauth', LEASEBOOK_HOST: '0.0.0.0' },
      'LEASEBOOK_IDENTITY=noauth lets everybody be administrator: it needs a loopback LEASEBOOK_HOST, or LEASEBOOK_NOAUTH_ANYWHERE=true',
    ],
    [
      'keystone without its section',
      { LEASEBOOK_IDENTITY: 'keystone' },
      'LEASEBOOK_IDENTITY=keystone needs the section keystone (authUrl, username, password or passwordFile)',
    ],
    [
      'keyrock without its section',
      { LEASEBOOK_IDENTITY: 'keyrock' },
      'LEASEBOOK_IDENTITY=keyrock needs the section keyrock (url, project)',
    ],
  ])('refuses %s', (_what, environment, fault) => {
    expect(faultsOf(environment)).toEqual([fault]);
  });

  it.each<[string, string, string]>([
    ['broken YAML', 'port: [', 'is not YAML'],
    ['a list', '- port', 'expected a mapping'],
    ['an unknown key', 'prot: 80', 'prot is not a setting'],
    ['an unknown nested key', 'simulatedHosts:\n  - name: a\n    cpus: 2', 'simulatedHosts.0: cpus is not a setting'],
    ['one name twice', 'simulatedHosts:\n  - name: a\n  - name: a', 'a stands there twice'],
    ['the demo by hand', 'demo: true', 'demo is not a setting'],
  ])('refuses a file with %s', (_what, text, fault) => {
    expect(faultsOf(file(text))).toEqual([expect.stringContaining(fault)]);
  });

  it('given one part of the roles, then it says that the embedded profile needs all of them', () => {
    expect(faultsOf({ LEASEBOOK_ROLES: 'http,projections' })).toEqual([expect.stringContaining('needs all of')]);
  });

  it('names every fault at once', () => {
    expect(faultsOf({ LEASEBOOK_PORT: 'x', LEASEBOOK_READS: 'maybe' })).toHaveLength(2);
  });

  it('allows noauth for the world with the second switch', () => {
    expect(
      faultsOf({ LEASEBOOK_IDENTITY: 'noauth', LEASEBOOK_HOST: '0.0.0.0', LEASEBOOK_NOAUTH_ANYWHERE: 'true' }),
    ).toEqual([]);
  });

  it('describes every setting and bounds every number', () => {
    for (const row of settingRows) {
      expect(row.about.length).toBeGreaterThan(10);
      if (row.schema.type === 'integer')
        expect(row.schema).toMatchObject({ minimum: expect.any(Number), maximum: expect.any(Number) });
    }
  });
});
