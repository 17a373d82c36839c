import type { NetworkSettings } from '../reservations.settings.js';

type Family = 4 | 6;

/** An IP address as a number of 32 or 128 bits. */
interface Address {
  readonly family: Family;
  readonly value: bigint;
}

const bitsOf: Readonly<Record<Family, number>> = { 4: 32, 6: 128 };
/** Decimal, without the leading zeros that some read as octal. */
const octet = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const ipv4Form = new RegExp(`^${octet}\\.${octet}\\.${octet}\\.${octet}$`);
const groupForm = /^[0-9a-fA-F]{1,4}$/;
const groups = 8;

/** Undefined: no IP address. Zones (`%eth0`) and lengths (`/24`) are none either. */
export function parseAddress(text: string): Address | undefined {
  const value = text.includes(':') ? parseIpv6(text) : parseIpv4(text);
  return value === undefined ? undefined : { family: text.includes(':') ? 6 : 4, value };
}

/** The one form in which an address is stored and compared (IPv6: RFC 5952). Undefined: no IP address. */
export function canonicalAddress(text: string): string | undefined {
  const address = parseAddress(text);
  if (address === undefined) return undefined;
  return address.family === 4 ? ipv4Text(address.value) : ipv6Text(address.value);
}

/** What an address is to a network: whether it can be reserved there (contracts/blazar §10). */
export type Place =
  | { readonly kind: 'usable'; readonly subnetId: string; readonly address: string }
  | { readonly kind: 'malformed' | 'in-pool' | 'gateway' | 'outside' };

export function placeIn({ subnets }: NetworkSettings, text: string): Place {
  const address = parseAddress(text);
  if (address === undefined) return { kind: 'malformed' };
  const subnet = subnets.find(({ cidr }) => isInSubnet(address, cidr));
  if (subnet === undefined) return { kind: 'outside' };
  if (subnet.pools.some((pool) => isInPool(address, pool))) return { kind: 'in-pool' };
  const gateway = subnet.gateway === null ? undefined : parseAddress(subnet.gateway);
  if (gateway !== undefined && isSame(gateway, address)) return { kind: 'gateway' };
  return { kind: 'usable', subnetId: subnet.id, address: canonicalAddress(text) ?? text };
}

function isInSubnet(address: Address, cidr: string): boolean {
  const [base = '', length = ''] = cidr.split('/');
  const network = parseAddress(base);
  if (network?.family !== address.family) return false;
  const shift = BigInt(bitsOf[address.family] - Number(length));
  return network.value >> shift === address.value >> shift;
}

function isInPool(address: Address, { start, end }: { readonly start: string; readonly end: string }): boolean {
  const [first, last] = [parseAddress(start), parseAddress(end)];
  if (first?.family !== address.family || last?.family !== address.family) return false;
  return first.value <= address.value && address.value <= last.value;
}

function isSame(one: Address, other: Address): boolean {
  return one.family === other.family && one.value === other.value;
}

function parseIpv4(text: string): bigint | undefined {
  const parts = ipv4Form.exec(text)?.slice(1);
  return parts?.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function parseIpv6(text: string): bigint | undefined {
  const [head = '', tail, more] = withoutDottedEnd(text)?.split('::') ?? [];
  if (more !== undefined) return undefined;
  const [before, after] = [groupsOf(head), groupsOf(tail ?? '')];
  const missing = groups - before.length - after.length;
  // `::` stands for at least one group.
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...before, ...Array<string>(missing).fill('0'), ...after];
  if (!all.every((group) => groupForm.test(group))) return undefined;
  return all.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':');
}

/** `::ffff:192.0.2.1` with its last 32 bits as two groups. Undefined: these are no IPv4 address. */
function withoutDottedEnd(text: string): string | undefined {
  if (!text.includes('.')) return text;
  const start = text.lastIndexOf(':') + 1;
  const value = parseIpv4(text.slice(start));
  if (value === undefined) return undefined;
  return `${text.slice(0, start)}${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
}

function ipv4Text(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join('.');
}

function ipv6Text(value: bigint): string {
  if (value >> 32n === 0xffffn) return `::ffff:${ipv4Text(value & 0xffffffffn)}`;
  const all = Array.from({ length: groups }, (_, index) => (value >> BigInt(16 * (groups - 1 - index))) & 0xffffn);
  const texts = all.map((group) => group.toString(16));
  const { start, length } = longestZeros(all);
  if (length < 2) return texts.join(':');
  return `${texts.slice(0, start).join(':')}::${texts.slice(start + length).join(':')}`;
}

/** The first of the longest. */
function longestZeros(all: readonly bigint[]): { readonly start: number; readonly length: number } {
  let longest = { start: 0, length: 0 };
  let length = 0;
  for (const [index, group] of all.entries()) {
    length = group === 0n ? length + 1 : 0;
    if (length > longest.length) longest = { start: index - length + 1, length };
  }
  return longest;
}
