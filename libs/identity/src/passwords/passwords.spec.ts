import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '#specs';
import { LoginLimiter } from './login-limiter.js';
import { PasswordChecker, PasswordCheckerBusy } from './password-checker.js';
import { defaultScryptCost, scryptHash, scryptVerify } from './scrypt.js';

const cheap = { log2N: 1, r: 1, p: 1 };

describe('hashes of passwords', () => {
  it('verify the password and no other, with the cost that stands in them', async () => {
    const hash = await scryptHash('correct horse', { log2N: 3, r: 2, p: 1 });
    expect(hash).toMatch(/^\$scrypt\$ln=3,r=2,p=1\$/);
    expect(hash).not.toContain('horse');
    expect(await scryptVerify('correct horse', hash)).toBe(true);
    expect(await scryptVerify('correct hors', hash)).toBe(false);
  });

  it('differ for one password', async () => {
    expect(await scryptHash('a', cheap)).not.toBe(await scryptHash('a', cheap));
  });

  it('do not mind how an accent was typed', async () => {
    expect(await scryptVerify('caf\u00e9', await scryptHash('cafe\u0301', cheap))).toBe(true);
  });

  it('are no match when they are none', async () => {
    expect(await scryptVerify('a', 'a')).toBe(false);
  });

  it('are as costly as recommended: at least 32 MiB and three passes', () => {
    expect(128 * defaultScryptCost.r * 2 ** defaultScryptCost.log2N).toBeGreaterThanOrEqual(32 * 1024 * 1024);
    expect(defaultScryptCost.p).toBeGreaterThanOrEqual(3);
  });
});

describe('checking passwords', () => {
  const clock = new VirtualClock();
  const checker = (more = {}) => new PasswordChecker({ cost: cheap, ...more }, () => clock.now());

  it('remembers a right one for minutes, for its owner and hash only', async () => {
    const passwords = checker({ rememberMs: 60_000 });
    const hash = await passwords.hash('p');
    expect(passwords.remembers('u', 'p', hash)).toBe(false);
    expect(await passwords.verify('u', 'p', hash)).toBe(true);
    expect(passwords.remembers('u', 'p', hash)).toBe(true);
    expect(passwords.remembers('v', 'p', hash)).toBe(false);
    expect(passwords.remembers('u', 'q', hash)).toBe(false);
    expect(passwords.remembers('u', 'p', await passwords.hash('p'))).toBe(false);
    await clock.advance(60_001);
    expect(passwords.remembers('u', 'p', hash)).toBe(false);
  });

  it('does not remember a wrong one, nor one of nobody', async () => {
    const passwords = checker();
    const hash = await passwords.hash('p');
    expect(await passwords.verify('u', 'x', hash)).toBe(false);
    expect(await passwords.verify('u', 'p', undefined)).toBe(false);
    expect(passwords.remembers('u', 'x', hash)).toBe(false);
    expect(passwords.remembers('u', 'p', undefined)).toBe(false);
  });

  it('makes one check of several alike, also of nobody', async () => {
    const passwords = checker();
    const hash = await passwords.hash('p');
    const first = passwords.verify('u', 'p', hash);
    expect(passwords.isUnderWay('u', 'p', hash)).toBe(true);
    expect(passwords.verify('u', 'p', hash)).toBe(first);
    const nobody = passwords.verify('n', 'p', undefined);
    expect(passwords.verify('n', 'p', undefined)).toBe(nobody);
    await Promise.all([first, nobody]);
    expect(passwords.isUnderWay('u', 'p', hash)).toBe(false);
  });

  it('turns away what exceeds the queue, and serves the rest', async () => {
    const passwords = checker({ concurrency: 1, maxWaiting: 2 });
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map((n) => passwords.hash(String(n))));
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect((outcomes[3] as PromiseRejectedResult).reason).toBeInstanceOf(PasswordCheckerBusy);
    await expect(passwords.hash('5')).resolves.toContain('$scrypt$');
  });
});

describe('limiting logins', () => {
  function limiter(more = {}) {
    const clock = new VirtualClock();
    const limits = { failures: 3, failuresOfAddress: 5, windowMs: 60_000, counters: 100, ...more };
    return { clock, limiter: new LoginLimiter(limits, () => clock.now()) };
  }
  const fail = (on: LoginLimiter, user: string, address: string, times = 1): void => {
    for (let n = 0; n < times; n += 1) on.begin(user, address).settle('failed');
  };

  it('after the last failure allowed, the user waits at that address until the window is over', async () => {
    const { clock, limiter: on } = limiter();
    fail(on, 'u', 'a', 2);
    expect(on.blockedFor('u', 'a')).toBeUndefined();
    await clock.advance(10_000);
    fail(on, 'u', 'a');
    expect(on.blockedFor('u', 'a')).toBe(50);
    expect(on.blockedFor('u', 'b')).toBeUndefined();
    expect(on.blockedFor('v', 'a')).toBeUndefined();
    await clock.advance(49_999);
    expect(on.blockedFor('u', 'a')).toBe(1);
    await clock.advance(1);
    expect(on.blockedFor('u', 'a')).toBeUndefined();
  });

  it('an address waits for its failures with whatever users', () => {
    const { limiter: on } = limiter();
    for (const user of ['1', '2', '3', '4', '5']) fail(on, user, 'a');
    expect(on.blockedFor('6', 'a')).toBe(60);
    expect(on.blockedFor('6', 'b')).toBeUndefined();
  });

  it('a success clears the failures of the user, not those of the address', () => {
    const { limiter: on } = limiter();
    fail(on, 'u', 'a', 2);
    on.begin('u', 'a').settle('succeeded');
    fail(on, 'u', 'a', 2);
    expect(on.blockedFor('u', 'a')).toBeUndefined();
    fail(on, 'v', 'a');
    expect(on.blockedFor('w', 'a')).toBe(60);
  });

  it('attempts under way count until they are settled, once', () => {
    const { limiter: on } = limiter();
    const attempts = [1, 2, 3].map(() => on.begin('u', 'a'));
    expect(on.blockedFor('u', 'a')).toBe(1);
    attempts[0]!.settle('undecided');
    attempts[0]!.settle('failed');
    expect(on.blockedFor('u', 'a')).toBeUndefined();
    attempts[1]!.settle('failed');
    attempts[2]!.settle('failed');
    expect(on.blockedFor('u', 'a')).toBeUndefined();
    fail(on, 'u', 'a');
    expect(on.blockedFor('u', 'a')).toBe(60);
  });

  it('keeps so many counters and no more', () => {
    const { limiter: on } = limiter({ counters: 4 });
    fail(on, 'u', 'a', 3);
    for (const address of ['b', 'c', 'd']) fail(on, 'v', address);
    expect(on.blockedFor('u', 'a')).toBeUndefined();
  });
});
