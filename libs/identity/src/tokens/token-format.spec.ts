import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { tokenMethods, type TokenClaims } from './token-claims.js';
import { newAuditId, TokenFormat } from './token-format.js';

const secret = randomBytes(32);
const format = new TokenFormat(secret);

const bytes16 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes));
const hexId = bytes16.map((bytes) => bytes.toString('hex'));
const auditId = bytes16.map((bytes) => bytes.toString('base64url'));
const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const anyClaims: fc.Arbitrary<TokenClaims> = fc.record({
  userId: hexId,
  projectId: fc.option(hexId),
  applicationCredentialId: fc.option(hexId),
  methods: fc.subarray([...tokenMethods]),
  issuedAt: time,
  expiresAt: time,
  auditId,
  chainId: auditId,
  userGeneration: time,
  projectGeneration: time,
});

describe('the text of a token', () => {
  it('is read as it was written, and is short and url-safe', () => {
    fc.assert(
      fc.property(anyClaims, (claims) => {
        const text = format.write(claims);
        expect(text).toMatch(/^[A-Za-z0-9_-]{1,254}$/);
        expect(new TokenFormat(Buffer.from(secret)).read(text)).toEqual(claims);
      }),
    );
  });

  it('is another one each time', () => {
    const [claims] = fc.sample(anyClaims, 1);
    const texts = Array.from({ length: 100 }, () => format.write(claims!));
    expect(new Set(texts).size).toBe(100);
  });

  it('cannot be read with another secret', () => {
    fc.assert(
      fc.property(anyClaims, (claims) => {
        expect(new TokenFormat(randomBytes(32)).read(format.write(claims))).toBeUndefined();
      }),
      { numRuns: fc.readConfigureGlobal().numRuns ?? 20 },
    );
  });

  it('does not survive any change of one character', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    fc.assert(
      fc.property(anyClaims, fc.nat(), fc.nat({ max: 63 }), (claims, place, letter) => {
        const text = format.write(claims);
        const at = place % text.length;
        const changed = text.slice(0, at) + alphabet.charAt(letter) + text.slice(at + 1);
        fc.pre(changed !== text);
        expect(format.read(changed)).toBeUndefined();
      }),
    );
  });

  it('shows nothing of what is in it', () => {
    const [claims] = fc.sample(anyClaims, 1);
    const bytes = Buffer.from(format.write(claims!), 'base64url').toString('latin1');
    expect(bytes).not.toContain(Buffer.from(claims!.userId, 'hex').toString('latin1'));
  });

  it('is refused without a fault when it is anything else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String({ minLength: 190, maxLength: 200 })), (text) => {
        expect(format.read(text)).toBeUndefined();
      }),
    );
  });

  it('has audit ids of 22 url-safe characters', () => {
    expect(newAuditId()).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });
});
