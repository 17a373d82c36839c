import { BlockList, isIP } from 'node:net';
import type { Settings } from './settings.type.js';

/** What is wrong with reservations although each setting alone is right. */
export function reservationContradictions(settings: Settings): readonly string[] {
  return [...partitions(settings), ...networks(settings), ...flavors(settings)];
}

function repeated(values: readonly string[]): readonly string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}

function partitions({ calendarPartitions }: Settings): readonly string[] {
  return repeated(calendarPartitions.map(({ name }) => name)).map(
    (name) => `calendarPartitions: ${name} stands there twice`,
  );
}

function flavors({ flavors: all }: Settings): readonly string[] {
  return (['id', 'name'] as const).flatMap((key) =>
    repeated(all.map((flavor) => flavor[key])).map((value) => `flavors: ${key} ${value} stands there twice`),
  );
}

function networks({ networks: all }: Settings): readonly string[] {
  const subnets = all.flatMap(({ name, subnets: its }) => its.map((subnet) => ({ name, ...subnet })));
  const ids = [...all.map(({ id }) => id), ...subnets.map(({ id }) => id)];
  return [
    ...repeated(ids).map((id) => `networks: ${id} stands there twice`),
    ...subnets.flatMap(({ name, cidr, gateway, pools }) => {
      const within = membership(cidr);
      if (within === undefined) return [`networks: ${name}: ${cidr} is no network in CIDR form`];
      const addresses = [
        ...(gateway === undefined ? [] : [gateway]),
        ...pools.flatMap(({ start, end }) => [start, end]),
      ];
      return addresses
        .filter((address) => !within(address))
        .map((address) => `networks: ${name}: ${address} is not in ${cidr}`);
    }),
  ];
}

/** Undefined: no CIDR form. */
function membership(cidr: string): ((address: string) => boolean) | undefined {
  const [base = '', prefix = '', more] = cidr.split('/');
  const family = isIP(base);
  const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (family === 0 || more !== undefined || !(bits <= (family === 4 ? 32 : 128))) return undefined;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(base, bits, type);
  return (address) => isIP(address) === family && list.check(address, type);
}
