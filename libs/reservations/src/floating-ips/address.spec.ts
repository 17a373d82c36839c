import { isIP } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { NetworkSettings } from '../reservations.settings.js';
import { canonicalAddress, parseAddress, placeIn } from './address.policy.js';

const network: NetworkSettings = {
  id: 'net',
  name: 'public',
  subnets: [
    {
      id: 'v4',
      cidr: '203.0.113.0/24',
      gateway: '203.0.113.1',
      pools: [
        { start: '203.0.113.10', end: '203.0.113.99' },
        { start: '203.0.113.200', end: '203.0.113.200' },
      ],
    },
    { id: 'v6', cidr: '2001:db8::/64', gateway: '2001:DB8::1', pools: [{ start: '2001:db8::10', end: '2001:db8::ff' }] },
    { id: 'small', cidr: '198.51.100.4/30', gateway: null, pools: [] },
  ],
}; // prettier-ignore

describe('an IP address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['::', '::'],
    ['::1', '::1'],
    ['2001:DB8::0001', '2001:db8::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['1:2:3:4:5:6:7:0', '1:2:3:4:5:6:7:0'],
    ['1:2:3:4:5:6:0:0', '1:2:3:4:5:6::'],
    ['1:0:3:4:5:6:7::', '1:0:3:4:5:6:7:0'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['0:0:0:0:0:ffff:c000:201', '::ffff:192.0.2.1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304'],
  ])('%s is written %s', (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical);
  });

  it.each([
    '', ' ', '1.2.3', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '1.2.3.4 ', '1.2.3.4/24', '0x1.2.3.4', '-1.2.3.4', '1..3.4',
    ':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8::', '12345::', 'g::', ':1:2:3:4:5:6:7',
    '::1%eth0', '::1/64', '::1.2.3', '1.2.3.4::', '1:2:3:4:5:6:7:1.2.3.4', '::1.2.3.4:5', 'localhost',
  ])('%p is none', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  }); // prettier-ignore

  it('is told from other text as the platform does', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-f.:]{1,20}$/), (text) => {
        expect(parseAddress(text) !== undefined).toBe(isIP(text) !== 0);
      }),
    );
  });

  it('is the same however it is written', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV6(), fc.ipV4()), (text) => {
        const canonical = canonicalAddress(text) ?? '';
        expect(isIP(canonical)).toBe(isIP(text));
        expect(parseAddress(canonical)).toEqual(parseAddress(text));
        expect(canonicalAddress(canonical)).toBe(canonical);
      }),
    );
  });

  it('has the shortest form of IPv6 that there is', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const canonical = canonicalAddress(text) ?? '';
        fc.pre(!canonical.includes('.'));
        expect(canonical).toBe(new URL(`http://[${text}]/`).hostname.slice(1, -1));
      }),
    );
  });
});

describe('an address in a network', () => {
  it.each([
    ['203.0.113.100', 'v4', '203.0.113.100'],
    ['203.0.113.9', 'v4', '203.0.113.9'],
    ['203.0.113.0', 'v4', '203.0.113.0'],
    ['203.0.113.255', 'v4', '203.0.113.255'],
    ['2001:DB8:0:0::FFFF', 'v6', '2001:db8::ffff'],
    ['198.51.100.5', 'small', '198.51.100.5'],
  ])('%s can be reserved', (text, subnetId, address) => {
    expect(placeIn(network, text)).toEqual({ kind: 'usable', subnetId, address });
  });

  it.each([
    ['203.0.113.10', 'in-pool'],
    ['203.0.113.99', 'in-pool'],
    ['203.0.113.200', 'in-pool'],
    ['2001:db8::a0', 'in-pool'],
    ['203.0.113.1', 'gateway'],
    ['2001:db8:0::1', 'gateway'],
    ['203.0.114.1', 'outside'],
    ['198.51.100.8', 'outside'],
    ['198.51.100.3', 'outside'],
    ['2001:db8:0:1::1', 'outside'],
    // Another family, though the same number.
    ['::203.0.113.100', 'outside'],
    ['203.0.113', 'malformed'],
  ])('%s cannot: %s', (text, kind) => {
    expect(placeIn(network, text)).toEqual({ kind });
  });

  it('of any length of prefix', () => {
    const of = (cidr: string) => ({ ...network, subnets: [{ id: 's', cidr, gateway: null, pools: [] }] });
    expect(placeIn(of('0.0.0.0/0'), '255.1.2.3').kind).toBe('usable');
    expect(placeIn(of('192.0.2.7/32'), '192.0.2.7').kind).toBe('usable');
    expect(placeIn(of('192.0.2.7/32'), '192.0.2.6').kind).toBe('outside');
    expect(placeIn(of('::/0'), 'ffff::1').kind).toBe('usable');
    expect(placeIn({ ...network, subnets: [] }, '192.0.2.6').kind).toBe('outside');
  });
});
