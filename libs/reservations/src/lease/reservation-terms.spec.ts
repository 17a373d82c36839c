import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addressTerms, hostTerms, instanceTerms } from './lease.samples.contract.js';
import { termsOf } from './reservation-terms.policy.js';

type Raw = Readonly<Record<string, unknown>>;

const hosts: Raw = {
  resource_type: 'physical:host',
  min: 1,
  max: 2,
  hypervisor_properties: '',
  resource_properties: '["==", "$gpu", "a100"]',
};
const instances: Raw = {
  resource_type: 'virtual:instance',
  amount: 3,
  vcpus: 2,
  memory_mb: 4096,
  disk_gb: 20,
  affinity: null,
  resource_properties: '',
};
const flavor: Raw = { resource_type: 'flavor:instance', amount: 2, flavor_id: 'm1', affinity: null };
const addresses: Raw = {
  resource_type: 'virtual:floatingip',
  network_id: 'net',
  amount: 2,
  required_floatingips: ['203.0.113.9'],
};

const without = (raw: Raw, ...names: readonly string[]): Raw =>
  Object.fromEntries(Object.entries(raw).filter(([name]) => !names.includes(name)));
const taken = (raw: Raw, terms: object) => expect(termsOf(raw)).toEqual({ kind: 'terms', terms });
const refused = (raw: Raw, code: string, facts: object) =>
  expect(termsOf(raw)).toEqual({ kind: 'refused', code, facts });
const malformed = (raw: Raw, name: string) => refused(raw, 'parameter-malformed', { name });
const missing = (raw: Raw, ...names: readonly string[]) => refused(raw, 'parameters-missing', { names });

describe('a reservation of any type', () => {
  it('has a type that is known', () => {
    missing({}, 'resource_type');
    missing({ resource_type: null }, 'resource_type');
    malformed({ resource_type: 7 }, 'resource_type');
    refused({ resource_type: 'virtual:moon' }, 'resource-type-unsupported', { resourceType: 'virtual:moon' });
    refused({ resource_type: '__proto__' }, 'resource-type-unsupported', { resourceType: '__proto__' });
  });

  it('asked for in any JSON is refused or taken, never a crash', () => {
    const value = fc.oneof(
      ...[fc.jsonValue(), fc.integer(), fc.constantFrom('1', '', 'None', 'true', '[]', '{}', '1e3', '1.5', '0x10')],
    );
    const keys = [hosts, instances, flavor, addresses].flatMap(Object.keys).concat('before_end', 'unknown');
    const whole = fc.constantFrom(hosts, instances, flavor, addresses);
    const changes = fc.dictionary(fc.constantFrom(...keys.filter((key) => key !== 'resource_type')), value);
    fc.assert(
      fc.property(whole, changes, (raw, changed) => {
        const result = termsOf({ ...raw, ...changed });
        if (result.kind === 'refused') return;
        const terms = result.terms as unknown as Raw;
        expect(terms.resourceType).toBe(raw.resource_type);
        for (const key of ['min', 'max', 'amount', 'vcpus', 'memoryMb'])
          expect(terms[key] === undefined || (Number.isSafeInteger(terms[key]) && Number(terms[key]) >= 1)).toBe(true);
      }),
    );
  });
});

describe('physical:host', () => {
  it('is taken as it is asked for', () => {
    taken(hosts, hostTerms);
    taken({ ...hosts, before_end: '', extra: 1 }, { ...hostTerms, beforeEnd: '' });
    taken({ ...hosts, before_end: 'snapshot' }, { ...hostTerms, beforeEnd: 'snapshot' });
    taken({ ...hosts, min: '2', max: '10' }, { ...hostTerms, min: 2, max: 10 });
    taken({ ...hosts, resource_properties: '[]' }, { ...hostTerms, resourceProperties: '[]' });
  });

  it('names all that is missing', () => {
    missing({ resource_type: 'physical:host' }, 'min', 'max', 'hypervisor_properties', 'resource_properties');
    missing({ ...without(hosts, 'max'), min: null }, 'min', 'max');
  });

  it.each([1.5, 'one', '', '1.0', '01', '+1', ' 1', '1e1', true, [], {}, 2 ** 60])('has no min of %p', (value) => {
    malformed({ ...hosts, min: value }, 'min');
    malformed({ ...hosts, max: value }, 'max');
  });

  it('has a range of at least one', () => {
    for (const range of [{ min: 0 }, { max: 0 }, { min: -1 }, { min: '-1' }, { min: 5, max: -2 }])
      refused({ ...hosts, ...range }, 'range-below-one', {});
    refused({ ...hosts, min: 3 }, 'range-inverted', {});
    taken({ ...hosts, min: 2 }, { ...hostTerms, min: 2 });
  });

  it.each([null, 'email', 'SNAPSHOT', 7, undefined])('has no action %p before its end', (value) => {
    malformed({ ...hosts, before_end: value }, 'before_end');
  });

  it.each(['hypervisor_properties', 'resource_properties'])('has filters in %s that can be read', (name) => {
    refused({ ...hosts, [name]: '["==", "$gpu", 5]' }, 'requirements-malformed', { expression: '["==", "$gpu", 5]' });
    for (const value of [7, [], ['==', '$gpu', 'a100'], {}, false]) malformed({ ...hosts, [name]: value }, name);
  });

  it('is checked in the order of the contract', () => {
    const wrong = { min: 'x', max: 'y', before_end: 'z', hypervisor_properties: '{', resource_properties: '}' };
    const raw = { ...hosts, ...wrong };
    missing(without(raw, 'resource_properties'), 'resource_properties');
    malformed(raw, 'min');
    malformed({ ...raw, min: 5 }, 'max');
    refused({ ...raw, min: 5, max: 0 }, 'range-below-one', {});
    refused({ ...raw, min: 5, max: 4 }, 'range-inverted', {});
    malformed({ ...raw, min: 5, max: 5 }, 'before_end');
    refused({ ...raw, min: 5, max: 5, before_end: '' }, 'requirements-malformed', { expression: '{' });
    const last = { ...raw, min: 5, max: 5, before_end: '', hypervisor_properties: '' };
    refused(last, 'requirements-malformed', { expression: '}' });
  });
});

describe('virtual:instance', () => {
  it('is taken as it is asked for', () => {
    taken(instances, instanceTerms);
    const numerals = { amount: '3', vcpus: '2', memory_mb: '4096', disk_gb: '20' };
    taken({ ...instances, ...numerals, affinity: 'None' }, instanceTerms);
    for (const disk of [0, '0', -0]) taken({ ...instances, disk_gb: disk }, { ...instanceTerms, diskGb: 0 });
  });

  it.each([
    [true, [true, 'true', 'True', 'yes', 'Y', 'on', 't', '1', 1, ' true ']],
    [false, [false, 'false', 'no', 'n', 'OFF', 'f', '0', 0]],
    [null, [null, 'None', 'none']],
  ])('knows affinity %p', (affinity, values) => {
    for (const value of values) taken({ ...instances, affinity: value }, { ...instanceTerms, affinity });
  });

  it.each(['maybe', '', 2, [], {}])('knows no affinity %p', (affinity) => {
    refused({ ...instances, affinity }, 'affinity-malformed', {});
  });

  it('names all that is missing', () => {
    const six = ['amount', 'vcpus', 'memory_mb', 'disk_gb', 'affinity', 'resource_properties'];
    missing({ resource_type: 'virtual:instance' }, ...six);
    missing({ ...without(instances, 'affinity'), vcpus: null }, 'vcpus', 'affinity');
  });

  it('is checked in the order of the contract', () => {
    const wrong = { amount: 'x', affinity: 'x', vcpus: 0, memory_mb: 0, disk_gb: -1, resource_properties: '{' };
    const raw = { ...instances, ...wrong };
    malformed(raw, 'amount');
    refused({ ...raw, amount: 0 }, 'amount-below-one', {});
    refused({ ...raw, amount: 1 }, 'affinity-malformed', {});
    malformed({ ...raw, amount: 1, affinity: null }, 'vcpus');
    malformed({ ...raw, amount: 1, affinity: null, vcpus: 1 }, 'memory_mb');
    malformed({ ...raw, amount: 1, affinity: null, vcpus: 1, memory_mb: 1 }, 'disk_gb');
    const last = { ...instances, resource_properties: '{' };
    refused(last, 'requirements-malformed', { expression: '{' });
    malformed({ ...instances, resource_properties: [] }, 'resource_properties');
  });
});

describe('flavor:instance', () => {
  it('is taken as it is asked for, its flavor unseen', () => {
    const terms = { resourceType: 'flavor:instance', amount: 2, flavorId: 'm1' };
    taken(flavor, terms);
    taken({ ...flavor, amount: '2', affinity: 'None' }, terms);
    taken({ ...flavor, flavor_id: 7 }, { ...terms, flavorId: '7' });
  });

  it('is checked in the order of the contract', () => {
    missing({ resource_type: 'flavor:instance' }, 'amount', 'flavor_id', 'affinity');
    const raw = { ...flavor, affinity: true, amount: 'x', flavor_id: [] };
    refused(raw, 'affinity-unsupported', {});
    refused({ ...raw, affinity: 'maybe' }, 'affinity-unsupported', {});
    malformed({ ...raw, affinity: null }, 'amount');
    refused({ ...raw, affinity: null, amount: 0 }, 'amount-below-one', {});
    malformed({ ...raw, affinity: null, amount: 1 }, 'flavor_id');
  });
});

describe('virtual:floatingip', () => {
  it('is taken as it is asked for', () => {
    taken(addresses, addressTerms);
    taken({ ...addresses, amount: '2' }, addressTerms);
    taken(without(addresses, 'required_floatingips'), { ...addressTerms, requiredFloatingIps: [] });
    const twice = ['2001:db8::7', '2001:db8::7'];
    taken(
      { ...addresses, amount: 1, required_floatingips: twice },
      { ...addressTerms, amount: 1, requiredFloatingIps: ['2001:db8::7'] },
    );
  });

  it('is checked in the order of the contract', () => {
    missing({ resource_type: 'virtual:floatingip' }, 'network_id', 'amount');
    const raw = { ...addresses, network_id: 7, amount: 'x', required_floatingips: 'y' };
    malformed(raw, 'network_id');
    malformed({ ...raw, network_id: 'net' }, 'amount');
    refused({ ...raw, network_id: 'net', amount: 0 }, 'amount-below-one', {});
    malformed({ ...raw, network_id: 'net', amount: 1 }, 'required_floatingips');
    for (const [address, named] of [
      ['203.0.113', '203.0.113'],
      [7, '7'],
      [null, 'null'],
    ])
      refused({ ...addresses, required_floatingips: [address] }, 'address-malformed', { address: named });
    const many = ['203.0.113.1', '203.0.113.2', '203.0.113.3'];
    refused({ ...addresses, required_floatingips: many }, 'required-addresses-too-many', {});
  });
});
