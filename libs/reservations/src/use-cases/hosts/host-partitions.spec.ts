import { partitionFor, partitionNames } from './host-partitions.policy.js';

describe('partition of a host', () => {
  it.each([
    [['node-1'], 'node-1', true],
    [['node-1'], 'node-11', false],
    [['node-*'], 'node-', true],
    [['node-*'], 'a-node-1', false],
    [['*'], 'anything', true],
    [['*-gpu'], 'rack-1-gpu', true],
    [['*-gpu'], 'rack-1-gpu2', false],
    [['rack-*-gpu'], 'rack-gpu', false],
    [['rack-*-gpu'], 'rack-7-gpu', true],
    [['a*b*c'], 'a-b-b-c', true],
    [['a*b*c'], 'a-c-b', false],
    [['a*a'], 'a', false],
    [['node.1'], 'node-1', false],
    [['x', 'node-*'], 'node-2', true],
    [[], 'node-1', false],
  ])('with the patterns %j, %p belongs to it: %p', (hosts, hostname, belongs) => {
    expect(partitionFor([{ name: 'p', hosts }], hostname)).toBe(belongs ? 'p' : 'default');
  });

  it('is the first that names it', () => {
    const partitions = [
      { name: 'a', hosts: ['node-*'] },
      { name: 'b', hosts: ['*'] },
    ];
    expect(['node-1', 'rack-1'].map((name) => partitionFor(partitions, name))).toEqual(['a', 'b']);
    expect(partitionNames(partitions)).toEqual(['a', 'b', 'default']);
    expect(partitionNames([{ name: 'default', hosts: [] }])).toEqual(['default']);
  });
});
