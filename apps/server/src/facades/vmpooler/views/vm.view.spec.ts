import { describe, expect, it } from '@jest/globals';
import type { VmDocument, VmRecordDocument } from '#projections/vms/vms.query';
import { fields, jsonText } from '../json-text.js';
import { RubyTimes } from '../ruby-time.js';
import { vmView } from './vm.view.js';

const start = Date.UTC(2026, 2, 9, 7, 15);
const hours = (count: number): number => start + count * 3_600_000;
const facts = {
  now: hours(1.5),
  vmLifetimeHours: 24,
  domain: 'lab.example.org',
  times: new RubyTimes('Europe/Berlin'),
};

const pending = {
  _id: 'brisk-otter',
  pool: 'alma-9',
  placement: { serviceHost: 'kvm-1' },
  domain: null,
  ip: null,
  readyAt: null,
  checkout: null,
  lifetime: null,
  tags: [],
  snapshots: [],
  disks: [],
  queue: 'pending',
} as unknown as VmDocument;
const ready = { ...pending, readyAt: start, queue: 'ready' } as VmDocument;
const running = { ...ready, checkout: { at: start }, queue: 'running' } as VmDocument;

function shown(vm: VmDocument | VmRecordDocument, version: 1 | 2 | 3 = 3, more: Partial<typeof facts> = {}): unknown {
  const view = JSON.parse(jsonText(fields(vmView(vm, version, { ...facts, ...more })))) as Record<string, unknown>;
  return view['brisk-otter'];
}

describe('a machine as it is shown', () => {
  it('pending', () => {
    expect(shown(pending)).toEqual({
      template: 'alma-9',
      lifetime: 24,
      state: 'pending',
      ip: '',
      fqdn: 'brisk-otter.lab.example.org',
      host: 'kvm-1',
    });
  });

  it('running, with everything, keys in order', () => {
    const vm = {
      ...running,
      domain: 'own.example.org',
      ip: '10.0.0.7',
      tags: [['department', 'chemistry'], ['__proto__', 'x']],
      snapshots: [{ id: 'f0u3', takenAt: 1 }],
      disks: [8, 16],
    } as unknown as VmDocument; // prettier-ignore
    const text = jsonText(fields(vmView(vm, 2, facts)));
    expect(text.replace(/\s+/g, ' ')).toBe(
      '{ "ok": true, "brisk-otter": { "template": "alma-9", "lifetime": 24, "running": 1.5, "remaining": 22.5, ' +
        '"start_time": "2026-03-09T08:15:00+01:00", "end_time": "2026-03-10T08:15:00+01:00", "state": "running", ' +
        '"tags": { "department": "chemistry", "__proto__": "x" }, "snapshots": [ "f0u3" ], "disk": [ "+8gb", "+16gb" ], ' +
        '"ip": "10.0.0.7", "fqdn": "brisk-otter.own.example.org", "host": "kvm-1" } }',
    );
  });

  it('whole hours are floats too', () => {
    expect(jsonText(fields(vmView(running, 3, { ...facts, now: hours(2) })))).toContain('"running": 2.0,');
  });

  it.each<[string, VmDocument | VmRecordDocument, object]>([
    ['ready', ready, { state: 'ready' }],
    ['held, while somebody decides', { ...ready, queue: 'held' }, { state: 'ready' }],
    ['given back, until it is destroyed', { ...running, queue: 'completed' }, { state: 'running', running: 1.5 }],
    ['too old, until it is destroyed', { ...ready, queue: 'completed' }, { state: 'ready' }],
    ['of a lifetime of its own', { ...running, lifetime: 2 }, { lifetime: 2, remaining: 0.5, end_time: '2026-03-09T10:15:00+01:00' }],
    ['over its time', { ...running, lifetime: 1 }, { remaining: -0.5 }],
  ])('%s', (_what, vm, expected) => {
    expect(shown(vm)).toMatchObject(expected);
  }); // prettier-ignore

  it('destroyed: how long it was used, if it was', () => {
    const destroyed = { ...running, queue: 'destroyed', destroyedAt: hours(3) } as unknown as VmRecordDocument;
    expect(shown(destroyed)).toEqual({
      template: 'alma-9',
      lifetime: 24,
      running: 3,
      state: 'destroyed',
      ip: '',
      fqdn: 'brisk-otter.lab.example.org',
      host: 'kvm-1',
    });
    expect(shown({ ...destroyed, checkout: null })).not.toHaveProperty('running');
  });

  it('for ever: without an end', () => {
    const view = shown(running, 3, { vmLifetimeHours: 0 });
    expect(view).toMatchObject({ lifetime: 0, running: 1.5, start_time: '2026-03-09T08:15:00+01:00' });
    expect(view).not.toHaveProperty('end_time');
    expect(view).not.toHaveProperty('remaining');
  });

  it('has a domain in version 1, where one is configured, and a full name later', () => {
    expect(shown(pending, 1)).toMatchObject({ domain: 'lab.example.org' });
    expect(shown(pending, 1)).not.toHaveProperty('fqdn');
    expect(shown({ ...pending, domain: 'own.example.org' }, 1)).toMatchObject({ domain: 'own.example.org' });
    const nowhere = { domain: null } as unknown as Partial<typeof facts>;
    expect(shown(pending, 1, nowhere)).not.toHaveProperty('domain');
    expect(shown(pending, 3, nowhere)).not.toHaveProperty('fqdn');
  });
});
