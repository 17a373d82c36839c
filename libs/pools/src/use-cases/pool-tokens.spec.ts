import { beforeEach, describe, expect, it } from '@jest/globals';
import { DeletePoolToken, IssuePoolToken } from '../contracts.js';
import { PoolsBed } from './pools-bed.contract.js';

const ada = { userId: 'u-ada', name: 'ada', projectId: 'engines' };
let bed: PoolsBed;
let server: ReturnType<PoolsBed['process']>;

beforeEach(() => {
  bed = new PoolsBed();
  bed.users.set('u-ada', { administrator: true });
  server = bed.process();
});

const issue = async () => {
  const outcome = await server.issueToken.execute(new IssuePoolToken(bed.context(), ada));
  if (outcome.kind === 'refused') throw new Error(outcome.code);
  return outcome.answer.token;
};
const remove = (token: string) => server.deleteToken.execute(new DeletePoolToken(bed.context(), token));

describe('a pool token', () => {
  it('has 32 characters, and begins with a letter before z', async () => {
    const tokens = await Promise.all(Array.from({ length: 50 }, issue));
    for (const token of tokens) expect(token).toMatch(/^[a-y][a-z0-9]{31}$/);
    expect(new Set(tokens).size).toBe(50);
  });

  it('is nowhere in the log, and can be opened until its key is destroyed', async () => {
    const token = await issue();
    const [{ data }] = (await bed.log()) as unknown as [{ data: { sealed: string; userId: string } }];
    expect(JSON.stringify(await bed.store.readAll())).not.toContain(token);
    expect(await server.tokens.open(data)).toEqual({ token, user: 'ada' });
    await bed.vault.destroy('user:u-ada');
    expect(await server.tokens.open(data)).toBeUndefined();
  });

  it('tells who holds it, on any server, and notes the use', async () => {
    const token = await issue();
    bed.clock.jump(5);
    const tokenHash = server.tokens.hash(token);
    const expected = { tokenHash, userId: 'u-ada', projectId: 'engines', name: 'ada', administrator: true };
    expect(await bed.process().tokens.verify(token)).toEqual(expected);
    expect([...bed.uses]).toEqual([[tokenHash, bed.clock.now()]]);
  });

  it('whose key was destroyed tells no name on a server that had not opened it', async () => {
    const token = await issue();
    await bed.vault.destroy('user:u-ada');
    expect(await server.tokens.verify(token)).toMatchObject({ userId: 'u-ada', name: null });
  });

  it('of a user who is gone is not valid', async () => {
    const token = await issue();
    bed.users.clear();
    expect(await server.tokens.verify(token)).toBeUndefined();
    expect(bed.uses.size).toBe(0);
  });

  it('is not valid when it is deleted, and its use is forgotten', async () => {
    const token = await issue();
    await server.tokens.verify(token);
    expect(await remove(token)).toEqual({ kind: 'accepted', answer: undefined });
    expect(await server.tokens.verify(token)).toBeUndefined();
    expect(bed.uses.size).toBe(0);
    expect(await remove(token)).toMatchObject({ code: 'token-unknown' });
  });

  it.each(['', 'x', 'A'.repeat(32), 'a'.repeat(33), `${'a'.repeat(31)}\n`, '\ud800'.repeat(32)])(
    'is none when it is not written as one: %p',
    async (text) => {
      expect(await server.tokens.verify(text)).toBeUndefined();
      expect(await remove(text)).toMatchObject({ code: 'token-unknown' });
    },
  );

  it('is none when nobody issued it', async () => {
    expect(await server.tokens.verify('a'.repeat(32))).toBeUndefined();
    expect(await remove('a'.repeat(32))).toMatchObject({ code: 'token-unknown' });
  });
});
