import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FastifyRequest } from 'fastify';
import { defaultPoolsSettings } from '#pools';
import { fields, jsonText, type Field } from '../json-text.js';
import { samplePool } from '../reports/sample-pools.js';
import { VmpoolerError } from '../vmpooler-error.js';
import type { VmpoolerFaceSettings } from '../vmpooler.settings.js';
import { fullConfigurationView } from './full-configuration.view.js';
import { byPool, cloneTargets, poolNames, sizes, templates, type Checked } from './pool-configuration.request.js';
import { poolConfigurationView, resetView } from './pool-configuration.view.js';

const isPool = (name: string): boolean => name === 'alma-9' || name === 'suse-15';
const shown = (view: readonly Field[]): unknown => JSON.parse(jsonText(fields(view)));
const requestWith = (body: string | undefined): FastifyRequest =>
  ({ body: body === undefined ? undefined : Buffer.from(body) }) as FastifyRequest;

describe('a body', () => {
  it('names pools, in its order', () => {
    expect(byPool(requestWith('{"suse-15": 2, "alma-9": "x"}'))).toEqual([
      ['suse-15', 2],
      ['alma-9', 'x'],
    ]);
    expect(byPool(requestWith('{}'))).toEqual([]);
  });

  it('of null names nothing', () => {
    expect(byPool(requestWith('null'))).toBeUndefined();
  });

  it.each([undefined, '', '{', '[]', '["alma-9"]', '"alma-9"', '2', 'true', '\u{feff}{}'])(
    'of %j is refused',
    (body) => {
      let thrown: unknown;
      try {
        byPool(requestWith(body));
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(VmpoolerError);
      expect(thrown).toMatchObject({ status: 400, more: [] });
    },
  );
});

const read = <Value>({ values, wrong }: Checked<Value>): unknown => [Object.fromEntries(values), wrong];

describe('sizes', () => {
  it.each([
    [0, 0],
    [20, 20],
    ['20', 20],
    [' +7 ', 7],
    [100_000, 100_000],
  ])('%j is one', (written, size) => {
    expect(read(sizes([['alma-9', written]], isPool))).toEqual([{ 'alma-9': size }, []]);
  });

  it.each([-1, 1.5, '-1', '1.5', 'ten', '', null, true, [1], {}, 1e300, 100_001, '999999999999'])(
    '%j is none',
    (written) => {
      expect(read(sizes([['alma-9', written]], isPool))).toEqual([{}, ['alma-9']]);
    },
  );

  it('of an unknown pool are wrong, and twice when they are none', () => {
    const given = [['alma-9', 1], ['nope', 2], ['alma', -1], ['suse-15', 'x']] as const; // prettier-ignore
    expect(sizes(given, isPool).wrong).toEqual(['nope', 'alma', 'alma', 'suse-15']);
  });
});

describe('templates', () => {
  it.each(['a/b', 'templates/deep/er/alma-9', 'a//b', 'with blank/and\nmore'])('%j is one', (written) => {
    expect(read(templates([['alma-9', written]], isPool))).toEqual([{ 'alma-9': written }, []]);
  });

  it.each(['alma', '', '/', '//', '/a/b', 'a/b/', 'a/', '/a', 5, null, ['/'], `a/${'b'.repeat(1024)}`])(
    '%j is none',
    (written) => {
      expect(read(templates([['alma-9', written]], isPool))).toEqual([{}, ['alma-9']]);
    },
  );
});

describe('clone targets and resets', () => {
  it('take any text', () => {
    expect(read(cloneTargets([['alma-9', 'cluster-2']], isPool))).toEqual([{ 'alma-9': 'cluster-2' }, []]);
    for (const written of ['', 5, null, {}, 'x'.repeat(1025)])
      expect(cloneTargets([['alma-9', written]], isPool).wrong).toEqual(['alma-9']);
    expect(cloneTargets([['nope', 'x']], isPool).wrong).toEqual(['nope']);
  });

  it('look at names alone', () => {
    const given = [['suse-15', null], ['alma', 1], ['alma-9', 'x']] as const; // prettier-ignore
    const { values, wrong } = poolNames(given, isPool);
    expect([...values.keys()].filter(isPool)).toEqual(['suse-15', 'alma-9']);
    expect(wrong).toEqual(['alma']);
  });
});

describe('whatever a body says', () => {
  const names = fc.constantFrom('alma-9', 'suse-15', 'nope', '__proto__', 'constructor', '');
  const body = fc.oneof(
    fc.dictionary(names, fc.jsonValue()).map((each) => JSON.stringify(each)),
    fc.json(),
    fc.string(),
  );

  it('is refused, or read as values that can be used and names that cannot', () => {
    fc.assert(
      fc.property(body, (text) => {
        let given: ReturnType<typeof byPool>;
        try {
          given = byPool(requestWith(text));
        } catch (error) {
          expect(error).toBeInstanceOf(VmpoolerError);
          return;
        }
        for (const { values, wrong } of [sizes, templates, cloneTargets, poolNames].map((read) =>
          read(given ?? [], isPool),
        ))
          for (const [name] of given ?? []) expect(values.has(name) && isPool(name)).toBe(!wrong.includes(name));
        for (const size of sizes(given ?? [], isPool).values.values())
          expect(Number.isInteger(size) && size >= 0).toBe(true);
      }),
    );
  });
});

describe('the configuration', () => {
  it("has vmpooler's keys, and only those that are configured", () => {
    expect(shown(poolConfigurationView([samplePool('alma-9')]))).toEqual({
      pool_configuration: [
        {
          name: 'alma-9',
          template: 'templates/alma-9',
          size: 2,
          vcpus: 2,
          memory_mb: 4096,
          disk_gb: 20,
          template_ready: true,
        },
      ],
      status: { ok: true },
    });
  });

  it('shows everything that is configured, as it was overridden', () => {
    const pool = samplePool(
      'alma-9',
      {
        aliases: ['alma'],
        folder: 'vms/alma',
        datastore: 'fast',
        timeoutMinutes: 14,
        timeoutNotificationMinutes: 4,
        readyTtlMinutes: 1440,
        provider: 'simulated',
        dnsPlugin: 'files',
        domain: 'lab.example.org',
        hosts: ['kvm-1'],
      },
      { sizeOverride: 7, templateOverride: 'templates/new', cloneTargetOverride: 'cluster-2' },
    );
    expect(shown(poolConfigurationView([pool]))).toMatchObject({
      pool_configuration: [
        {
          name: 'alma-9',
          alias: ['alma'],
          template: 'templates/new',
          folder: 'vms/alma',
          datastore: 'fast',
          size: 7,
          timeout: 14,
          timeout_notification: 4,
          ready_ttl: 1440,
          provider: 'simulated',
          dns_plugin: 'files',
          domain: 'lab.example.org',
          clone_target: 'cluster-2',
          hosts: ['kvm-1'],
        },
      ],
    });
  });

  it('tells what a reset changed', () => {
    expect(resetView('size', { reset: 7, overrides: 2 })).toEqual([['ok', true], ['pool_size_before_reset', 7], ['pool_size_before_overrides', 2]]); // prettier-ignore
    expect(resetView('template', { reset: 'a/b', overrides: 'a/c' })).toEqual([['ok', true], ['template_before_reset', 'a/b'], ['template_before_overrides', 'a/c']]); // prettier-ignore
  });
});

describe('the full configuration', () => {
  const face: VmpoolerFaceSettings = {
    siteName: null,
    prometheus: null,
    instance: null,
    limits: null,
    auth: { provider: 'builtin', ldap: null },
  };
  const ldap = {
    url: 'ldaps://reader:horse@ldap.example.org:1636/dc=staple?battery',
    startTls: false,
    bases: ['ou=people,dc=example,dc=org'],
    userObjects: ['uid'],
    serviceUser: 'cn=reader',
    hasServicePassword: true,
  };

  it("has the layout of vmpooler's file", () => {
    const settings = { ...defaultPoolsSettings, domain: 'lab.example.org', tagFilter: { url: '(.*)/' } };
    const pools = [samplePool('alma-9', { aliases: ['alma', 'el9'] }), samplePool('rocky-9', { aliases: ['el9'] })];
    expect(shown(fullConfigurationView(settings, { ...face, siteName: 'Lab' }, pools))).toEqual({
      full_config: {
        config: {
          site_name: 'Lab',
          domain: 'lab.example.org',
          backend_weight: {},
          task_limit: 10,
          ondemand_clone_limit: 10,
          max_ondemand_instances_per_request: 10,
          ondemand_request_ttl: 5,
          max_vm_retries: 3,
          timeout: 15,
          timeout_notification: 5,
          vm_checktime: 1,
          ready_ttl: 60,
          vm_lifetime: 24,
          data_ttl: 168,
          experimental_features: false,
          check_loop_delay_min: 5,
          check_loop_delay_max: 60,
          check_loop_delay_decay: 2,
        },
        tagfilter: { url: '(.*)/' },
        auth: { provider: 'builtin' },
        pools: [expect.objectContaining({ name: 'alma-9' }), expect.objectContaining({ name: 'rocky-9' })],
        pool_names: ['alma-9', 'alma', 'el9', 'rocky-9'],
        alias: { alma: ['alma-9'], el9: ['alma-9', 'rocky-9'] },
      },
      status: { ok: true },
    });
  });

  it('masks the password of the service account, and takes nothing of an address but the host', () => {
    const view = shown(fullConfigurationView(defaultPoolsSettings, { ...face, auth: { provider: 'ldap', ldap } }, []));
    expect(view).toMatchObject({
      full_config: {
        auth: {
          provider: 'ldap',
          ldap: {
            host: 'ldap.example.org',
            port: 1636,
            encryption: 'simple_tls',
            service_account_hash: { user_dn: 'cn=reader', password: '********' },
          },
        },
      },
    });
    expect(JSON.stringify(view)).not.toMatch(/horse|staple|battery/);
  });

  it.each([
    ['ldap://ldap.example.org', true, 389, 'start_tls'],
    ['ldap://ldap.example.org', false, 389, undefined],
    ['ldaps://ldap.example.org', false, 636, 'simple_tls'],
  ])('tells how %s is asked (StartTLS: %j)', (url, startTls, port, encryption) => {
    const auth = { provider: 'ldap', ldap: { ...ldap, url, startTls } } as const;
    const view = shown(fullConfigurationView(defaultPoolsSettings, { ...face, auth }, [])) as {
      readonly full_config: { readonly auth: { readonly ldap: Readonly<Record<string, unknown>> } };
    };
    expect([view.full_config.auth.ldap.port, view.full_config.auth.ldap.encryption]).toEqual([port, encryption]);
  });
});
