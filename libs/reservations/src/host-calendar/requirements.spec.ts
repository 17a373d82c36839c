import { did, stateOf } from './host-calendar.samples.contract.js';
import { hostFactsOf } from './host-calendar.looks.js';
import { firstUnmet, matches, parseRequirements } from './requirements.policy.js';

const nested = (depth: number): string => '["and",'.repeat(depth) + '["=","$a","1"]' + ']'.repeat(depth);

describe('a filter expression', () => {
  it.each([
    ['', []],
    ['[]', []],
    ['[">=", "$vcpus", "16"]', [['>=', 'vcpus', '16']]],
    ['["=", "$a b", "c"]', [['==', 'a b', 'c']]],
    ['["and", ["<", "$a", "1"]]', [['<', 'a', '1']]],
    [
      '["and", ["<", "$a", "1"], ["!=", "$b", "2"]]',
      [
        ['<', 'a', '1'],
        ['!=', 'b', '2'],
      ],
    ],
    [
      '["and", ["and", ["<=", "$a", "1"], [">", "$b", "2"]], ["==", "$c", "3"]]',
      [
        ['<=', 'a', '1'],
        ['==', 'c', '3'],
      ],
    ],
    [nested(30), [['==', 'a', '1']]],
  ])('%s', (text, expected) => {
    const conditions = parseRequirements(text)?.map(({ operator, name, value }) => [operator, name, value]);
    expect(conditions).toEqual(expected);
  });

  it.each([
    ' ',
    '{}',
    'null',
    '5',
    '"x"',
    'nonsense',
    '["and"]',
    '["or", ["=", "$a", "1"], ["=", "$b", "1"]]',
    '["=", "$a"]',
    '["=", "a", "1"]',
    '["=", "$", "1"]',
    '["=", "$a", ""]',
    '["=", "$a", 1]',
    '["=", 1, "1"]',
    '["=~", "$a", "1"]',
    '["=", "$a", "1", "2"]',
    '["and", []]',
    '["and", "x"]',
    '["and", ["and"]]',
    '[["=", "$a", "1"]]',
    '["AND", ["=", "$a", "1"]]',
    '["and", ["=", "$a", "1"], ["and", ["=", "$a", "1"], ["bad"]]]',
    nested(100_000),
  ])('%p is malformed', (text) => {
    expect(parseRequirements(text)).toBeUndefined();
  });

  it.each([undefined, null, 5, true, {}, [5]])('%p is malformed, though no text', (value) => {
    expect(parseRequirements(value)).toBeUndefined();
  });
});

describe('a condition', () => {
  const host = hostFactsOf(
    stateOf(
      did.enrol('12', {
        host: { vcpus: 8, availabilityZone: 'east' },
        has: { level: '10', 'a.b': 'x', toString: 'y' },
      }),
    ),
    '12',
  );

  it.each<[string, string, string, boolean]>([
    // Numbers as numbers …
    ['vcpus', '>', '10', false],
    ['vcpus', '<', '10', true],
    ['vcpus', '>=', '8', true],
    ['vcpus', '==', '8.0', true],
    ['vcpus', '==', 'many', false],
    ['vcpus', '!=', 'many', true],
    ['vcpus', '>', ' ', false],
    ['memory_mb', '>=', '262144', true],
    ['local_gb', '<=', '1999', false],
    ['hypervisor_version', '>', '8001999', true],
    // … texts as texts, ids among them …
    ['id', '<', '2', true],
    ['hypervisor_hostname', '==', 'node-12', true],
    ['service_name', '!=', 'node-12', false],
    ['hypervisor_type', '==', 'qemu', false],
    ['availability_zone', '==', 'east', true],
    ['cpu_info', '==', '{}', true],
    ['trust_id', '>', '0', true],
    // … and moments as they are shown.
    ['created_at', '<', '2031-05-02', true],
    ['created_at', '==', '2031-05-01T08:00:00.000000', true],
    ['created_at', '>', '2031-05-01 08:00:00.000000', false],
    ['reservable', '==', 'True', true],
    ['reservable', '!=', '0', true],
    ['reservable', '==', 'perhaps', false],
    // What is null never matches.
    ['status', '!=', 'up', false],
    ['updated_at', '!=', '2031', false],
    // Capabilities are texts: "10" < "9".
    ['level', '<', '9', true],
    ['level', '==', '10.0', false],
    ['a.b', '==', 'x', true],
    ['toString', '==', 'y', true],
    ['constructor', '!=', 'x', false],
    ['gpu', '!=', 'x', false],
  ])('%s %s %s: %p', (name, operator, value, expected) => {
    const condition = { name, operator, value } as never;
    expect(matches(host!, [condition])).toBe(expected);
    expect(firstUnmet(host!, [condition])).toBe(expected ? undefined : condition);
  });

  it('is one of all that must hold', () => {
    const [yes, no] = ['8', '9'].map((value) => ({ name: 'vcpus', operator: '==', value }) as const);
    expect([matches(host!, []), matches(host!, [yes!, yes!]), matches(host!, [yes!, no!])]).toEqual([
      true,
      true,
      false,
    ]);
    expect(firstUnmet(host!, [yes!, no!])).toBe(no);
  });
});
