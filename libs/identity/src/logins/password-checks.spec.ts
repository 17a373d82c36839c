import { describe, expect, it } from '@jest/globals';
import { MemoryEventStore } from '#event-store/adapters/memory';
import type { CommandContext } from '#kernel';
import { MemoryVault, StoreCommandExecutor } from '#runtime';
import { sampleContext, VirtualClock } from '#specs';
import { bootstrapIdentity, builtInId } from '../bootstrap.js';
import {
  CheckPassword,
  DeleteUser,
  GrantRole,
  RevokeRole,
  ShowUserStanding,
  UpdateProject,
  UpdateUser,
  type UserRef,
} from '../contracts.js';
import { IdentityServices } from '../services.js';
import type { IdentitySettings } from '../settings.js';
import { ShowUserStandingHandler } from '../use-cases/directory-queries.handler.js';
import { UpdateProjectHandler } from '../use-cases/projects.handler.js';
import { GrantRoleHandler, RevokeRoleHandler } from '../use-cases/roles.handler.js';
import { CheckPasswordHandler } from '../use-cases/tokens.handler.js';
import { DeleteUserHandler, UpdateUserHandler } from '../use-cases/users.handler.js';

const [demo, admin] = ['demo', 'admin'].map((name) => builtInId('user', name)) as [string, string];
const demoProject = builtInId('project', 'demo');
const adminRole = builtInId('role', 'admin');

async function world() {
  const clock = new VirtualClock();
  const store = new MemoryEventStore({ clock });
  const executor = new StoreCommandExecutor({ store, vault: new MemoryVault() });
  const settings: IdentitySettings = {
    ...{ mode: 'builtin', tokenSeconds: 3600, loginFailures: 3, loginWindowSeconds: 60 },
    ...{ clock, passwordCost: { log2N: 4, r: 8, p: 1 } },
  };
  const services = new IdentityServices(executor, new MemoryVault(), settings);
  await bootstrapIdentity(services, { adminPassword: 'secret', demo: true, keepPassword: async () => undefined });
  let commands = 0;
  const context = (clientAddress = '192.0.2.1'): CommandContext => {
    commands += 1;
    return sampleContext({ commandId: `command-${commands}`, time: clock.now(), clientAddress });
  };
  const check = (user: UserRef, password: string, address?: string) =>
    new CheckPasswordHandler(services).execute(new CheckPassword(context(address), user, password));
  return {
    clock,
    store,
    services,
    context,
    check,
    standing: (userId: string) => new ShowUserStandingHandler(services).execute(new ShowUserStanding(userId)),
    change: (id: string, change: UpdateUser['change']) =>
      new UpdateUserHandler(services).execute(new UpdateUser(context(), id, change)),
    grant: (userId: string, projectId: string, roleId: string) =>
      new GrantRoleHandler(services).execute(new GrantRole(context(), { userId, projectId, roleId })),
    revoke: (userId: string, projectId: string, roleId: string) =>
      new RevokeRoleHandler(services).execute(new RevokeRole(context(), { userId, projectId, roleId })),
    enableProject: (id: string, enabled: boolean) =>
      new UpdateProjectHandler(services).execute(new UpdateProject(context(), id, { enabled })),
    remove: (id: string) => new DeleteUserHandler(services).execute(new DeleteUser(context(), id)),
  };
}

describe('a check of a password', () => {
  it('says whose it is, by name or id, and changes nothing', async () => {
    const { check, store } = await world();
    const before = store.log.events.length;
    const right = { kind: 'right', user: { id: demo, name: 'demo', projectId: demoProject } };
    expect(await check({ name: 'demo' }, 'demo')).toEqual(right);
    expect(await check({ id: demo }, 'demo')).toEqual(right);
    expect(store.log.events).toHaveLength(before);
  });

  it.each<[string, UserRef, string]>([
    ['another password', { name: 'demo' }, 'Demo'],
    ['no password', { name: 'demo' }, ''],
    ['nobody', { name: 'nobody' }, 'demo'],
    ['no name', { name: '' }, ''],
    ['somebody elsewhere', { elsewhere: 'demo' }, 'demo'],
  ])('says the same of %s, and records it', async (_, user, password) => {
    const { check, store } = await world();
    expect(await check(user, password)).toEqual({ kind: 'wrong' });
    expect(store.log.events.at(-1)?.type).toBe('identity/LoginRefused@1');
    expect(JSON.stringify(store.log.events.at(-1))).not.toContain('nobody');
  });

  it('says no of a user who is disabled', async () => {
    const { check, change } = await world();
    await change(demo, { enabled: false });
    expect(await check({ name: 'demo' }, 'demo')).toEqual({ kind: 'wrong' });
    await change(demo, { enabled: true });
    expect(await check({ name: 'demo' }, 'demo')).toMatchObject({ kind: 'right' });
  });

  it('knows the new password at once and the old one never again', async () => {
    const { check, change } = await world();
    await check({ name: 'demo' }, 'demo');
    await change(demo, { password: 'another' });
    expect(await check({ name: 'demo' }, 'demo')).toEqual({ kind: 'wrong' });
    expect(await check({ name: 'demo' }, 'another')).toMatchObject({ kind: 'right' });
  });

  it('names no project that is disabled or has no role for the user', async () => {
    const { check, enableProject, revoke } = await world();
    const projectOf = async () => {
      const verdict = await check({ name: 'demo' }, 'demo');
      return verdict.kind === 'right' ? verdict.user.projectId : undefined;
    };
    await enableProject(demoProject, false);
    expect(await projectOf()).toBeNull();
    await enableProject(demoProject, true);
    expect(await projectOf()).toBe(demoProject);
    await revoke(demo, demoProject, builtInId('role', 'member'));
    expect(await projectOf()).toBeNull();
  });

  it('is limited as log-ins are, together with them, for this user and address', async () => {
    const { check, services, context, clock } = await world();
    await check({ name: 'demo' }, 'a');
    await check({ name: 'demo' }, 'b');
    const login = { password: { user: { name: 'demo' }, password: 'c' }, scope: { kind: 'unscoped' } } as const;
    expect(await services.login.run(login, context())).toEqual({ kind: 'unauthenticated' });
    expect(await check({ name: 'demo' }, 'demo')).toEqual({ kind: 'too-many-attempts', retryAfterSeconds: 60 });
    expect(await check({ name: 'admin' }, 'secret')).toMatchObject({ kind: 'right' });
    expect(await check({ name: 'demo' }, 'demo', '192.0.2.2')).toMatchObject({ kind: 'right' });
    await clock.advance(60_000);
    expect(await check({ name: 'demo' }, 'demo')).toMatchObject({ kind: 'right' });
  });
});

describe('a check by somebody outside', () => {
  it('is limited for each of them and address; what is undecided does not count', async () => {
    const { services, context, clock, store } = await world();
    const { outsideChecks } = services;
    let asked = 0;
    const check = (owner: string, verdict: 'right' | 'wrong' | 'undecided', address?: string) =>
      outsideChecks.run(owner, context(address), async () => {
        asked += 1;
        return verdict;
      });
    for (let n = 0; n < 5; n += 1) expect(await check('ada', 'undecided')).toBe('undecided');
    for (let n = 0; n < 3; n += 1) expect(await check('ada', 'wrong')).toBe('wrong');
    asked = 0;
    expect(await check('ada', 'right')).toEqual({ retryAfterSeconds: 60 });
    expect(asked).toBe(0);
    expect(await check('ada', 'right', '192.0.2.2')).toBe('right');
    expect(await check('eve', 'right')).toBe('right');
    await clock.advance(60_000);
    expect(await check('ada', 'right')).toBe('right');
    expect(store.log.events.filter(({ type }) => type === 'identity/LoginRefused@1').length).toBeGreaterThan(0);
    expect(JSON.stringify(store.log.events)).not.toContain('"ada"');
  });

  it('that fails is not counted, and its failure is told', async () => {
    const { services, context } = await world();
    const broken = () => services.outsideChecks.run('ada', context(), () => Promise.reject(new Error('no server')));
    for (let n = 0; n < 5; n += 1) await expect(broken()).rejects.toThrow('no server');
    expect(await services.outsideChecks.run('ada', context(), async () => 'right')).toBe('right');
  });

  it('many at once do not get past the limit', async () => {
    const { services, context } = await world();
    let asked = 0;
    const check = async () => {
      asked += 1;
      await new Promise((resolve) => setImmediate(resolve));
      return 'wrong' as const;
    };
    await Promise.all(Array.from({ length: 20 }, () => services.outsideChecks.run('ada', context(), check)));
    expect(asked).toBe(3);
  });
});

describe("a user's standing", () => {
  it('is that of an administrator with the role admin in a project that is enabled', async () => {
    const { standing, grant, revoke, enableProject } = await world();
    expect(await standing(admin)).toEqual({ administrator: true });
    expect(await standing(demo)).toEqual({ administrator: false });
    await grant(demo, demoProject, adminRole);
    expect(await standing(demo)).toEqual({ administrator: true });
    await enableProject(demoProject, false);
    expect(await standing(demo)).toEqual({ administrator: false });
    await enableProject(demoProject, true);
    await revoke(demo, demoProject, adminRole);
    expect(await standing(demo)).toEqual({ administrator: false });
  });

  it('is none for who is not there, disabled or deleted', async () => {
    const { standing, change, remove } = await world();
    expect(await standing('nobody')).toBeUndefined();
    await change(demo, { enabled: false });
    expect(await standing(demo)).toBeUndefined();
    await change(demo, { enabled: true });
    expect(await standing(demo)).toEqual({ administrator: false });
    await remove(demo);
    expect(await standing(demo)).toBeUndefined();
  });
});
