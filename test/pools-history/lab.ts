import type { PoolShape } from './history.type.js';

/** 50 pools on two hosts; each five of them answer to one alias. */
export const pools: readonly PoolShape[] = Array.from({ length: 50 }, (_, n) => ({
  name: `pool-${String(n).padStart(2, '0')}`,
  size: 2 + (n % 5),
  aliases: [`any-${String(Math.floor(n / 5))}`],
}));

export const aliases: readonly string[] = [...new Set(pools.flatMap((pool) => pool.aliases))];

/** The configuration file of a lab with those pools; machines are there at once. */
export function configuration(): string {
  const lines = pools.map(
    ({ name, size, aliases: also }) =>
      `  - { name: ${name}, size: ${String(size)}, template: t/${name}, aliases: [${also.join(', ')}], hosts: [kvm-1, kvm-2], vcpus: 1, memoryMb: 512, diskGb: 1 }`,
  );
  return `simulatedHosts:
  - { name: kvm-1, vcpus: 4096, memoryMb: 8388608, localGb: 65536 }
  - { name: kvm-2, vcpus: 4096, memoryMb: 8388608, localGb: 65536 }
pools:
${lines.join('\n')}
taskLimit: 64
experimentalFeatures: true
poolHoldSeconds: 3
checkLoopMinSeconds: 1
checkLoopMaxSeconds: 2
`;
}
