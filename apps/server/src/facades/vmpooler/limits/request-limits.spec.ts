import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { kindOf } from './request-kinds.js';
import { RequestLimits } from './request-limits.js';

describe('the kind of a request', () => {
  it.each([
    ['POST', '/api/v3/vm', false, 'checkouts'],
    ['POST', '/vmpooler/api/v1/vm/a+b', true, 'checkouts'],
    ['POST', '/vm/brisk-otter/snapshot', true, 'checkouts'],
    ['DELETE', '/api/v2/vm/brisk-otter', false, 'deletions'],
    ['GET', '/api/v3/vm/brisk-otter', false, 'others'],
    ['PUT', '/api/v3/vm/brisk-otter', true, 'withToken'],
    ['POST', '/vmpooler/api/v3/token', false, 'others'],
    ['DELETE', '/vmpooler/token/x', false, 'others'],
    ['POST', '/api/v3/ondemandvm', true, 'withToken'],
    ['GET', '/vmpooler/api/v3/status?view=/vm', false, 'others'],
    ['POST', '/api/v3/poolreset?x=/vm', false, 'others'],
  ] as const)('%s %s (token: %j) is %s', (method, url, hasToken, kind) => {
    expect(kindOf(method, url, hasToken)).toBe(kind);
  });
});

const numbers = { checkouts: 2, deletions: 3, withToken: 4, others: 1, periodSeconds: 60 };
const somebody = { token: undefined, address: '192.0.2.1' };
const with_ = (token: string, address = '192.0.2.1') => ({ token, address });

describe('limits', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('let so many through, and tell the rest how long to wait', async () => {
    const limits = new RequestLimits(numbers);
    expect(await limits.take('checkouts', somebody)).toBeUndefined();
    jest.advanceTimersByTime(20_500);
    expect(await limits.take('checkouts', somebody)).toBeUndefined();
    const refused = { limit: 2, periodSeconds: 60, retryAfterSeconds: 40 };
    expect(await limits.take('checkouts', somebody)).toEqual(refused);
    jest.advanceTimersByTime(38_000);
    expect(await limits.take('checkouts', somebody)).toEqual({ ...refused, retryAfterSeconds: 2 });
    jest.advanceTimersByTime(1_600);
    expect(await limits.take('checkouts', somebody)).toBeUndefined();
  });

  it('count each kind, each token and each address apart', async () => {
    const limits = new RequestLimits(numbers);
    const elsewhere = { token: undefined, address: '192.0.2.2' };
    expect(await limits.take('others', somebody)).toBeUndefined();
    expect(await limits.take('others', somebody)).toMatchObject({ limit: 1 });
    expect(await limits.take('others', elsewhere)).toBeUndefined();
    expect(await limits.take('deletions', somebody)).toBeUndefined();
    for (const token of ['a', 'b'])
      for (let time = 0; time < 4; time += 1) expect(await limits.take('withToken', with_(token))).toBeUndefined();
    expect(await limits.take('withToken', with_('a'))).toMatchObject({ limit: 4 });
  });

  it('count a token wherever it comes from', async () => {
    const limits = new RequestLimits(numbers);
    for (const address of ['192.0.2.1', '192.0.2.2'])
      expect(await limits.take('checkouts', with_('a', address))).toBeUndefined();
    expect(await limits.take('checkouts', with_('a', '192.0.2.3'))).toMatchObject({ limit: 2 });
  });

  it('are not met by making tokens up', async () => {
    const limits = new RequestLimits(numbers);
    const refused: string[] = [];
    for (let number = 0; number < 200; number += 1)
      if ((await limits.take('checkouts', with_(String(number)))) !== undefined) refused.push(String(number));
    expect(refused).toHaveLength(98);
    expect(await limits.take('checkouts', with_('5'))).toBeUndefined();
  });

  it('remember a bounded number of clients', async () => {
    const limits = new RequestLimits({ ...numbers, others: 1_000 });
    for (let number = 0; number < 12_000; number += 1)
      await limits.take('others', { token: undefined, address: String(number) });
    const { others } = (limits as unknown as { limiters: { others: { dump(): { storage: readonly unknown[] } } } })
      .limiters;
    expect(others.dump().storage.length).toBeLessThanOrEqual(10_256);
  });
});
