import { randomBytes } from 'node:crypto';
import { deriveUuid, leasebookNamespace, systemContext } from '#runtime';
import type { BootstrapAccount } from './directory/bootstrap.decider.js';
import { isAdministrator } from './directory/effective-roles.policy.js';
import { builtInRoles } from './directory/role-implication.policy.js';
import type { IdentityServices } from './services.js';

export interface BootstrapWishes {
  /** The configured password of `admin`; undefined: one is made when `admin` is made. */
  readonly adminPassword?: string;
  /** Also `demo`, password `demo`, member of the project `demo`. */
  readonly demo: boolean;
  /**
   * Called with a password that was made, before the administrator exists, so that it is kept by then. Where several
   * processes may start at once, configure the password instead: each would keep its own, and one of them counts.
   */
  readonly keepPassword: (password: string) => Promise<void>;
}

/** `made`: the administrator's password was made at this start; it is nowhere but there and where `keepPassword` put it. */
export interface Bootstrapped {
  readonly made: string | undefined;
}

/** Ids of what every server has are the same everywhere. 32 hex digits. */
export function builtInId(kind: 'role' | 'user' | 'project', name: string): string {
  return deriveUuid(leasebookNamespace, `identity\n${kind}\n${name}`).replaceAll('-', '');
}

/**
 * Makes what a server needs to be used; at every start, and what is there stays. The administrator is made, or put
 * back in force, while nobody has the role admin. A configured password that differs from the one configured last is
 * set (so a lost password is replaced by changing the setting); one that was changed since by other means stays, as
 * long as the setting does.
 */
export async function bootstrapIdentity(services: IdentityServices, wishes: BootstrapWishes): Promise<Bootstrapped> {
  const at = services.settings.clock.now();
  const adminDigest = await services.texts.nameDigest('admin');
  const before = await services.look((state) => ({
    adminNeeded: !somebodyIsAdmin(state),
    admin: state.users.get(state.userIdsByName.get(adminDigest) ?? ''),
    roles: builtInRoles.every((name) => state.roleIdsByName.has(name)),
  }));
  const making = before.adminNeeded && before.admin === undefined;
  const made = making && wishes.adminPassword === undefined ? randomBytes(18).toString('base64url') : undefined;
  if (made !== undefined) await wishes.keepPassword(made);
  const accounts: BootstrapAccount[] = [];
  if (before.adminNeeded) {
    const password = making ? (wishes.adminPassword ?? made ?? null) : null;
    accounts.push(await account(services, { name: 'admin', password, roleName: 'admin', when: 'nobody-has-role', at }));
  }
  if (wishes.demo && !(await knows(services, 'demo')))
    accounts.push(
      await account(services, { name: 'demo', password: 'demo', roleName: 'member', when: 'user-missing', at }),
    );
  const users = accounts.length > 0 || !before.roles ? await bootstrap(services, accounts, at) : [];
  if (!making && wishes.adminPassword !== undefined) await applySetting(services, wishes.adminPassword, at);
  // Another process may have been quicker; then its password is the one.
  return { made: users.includes(builtInId('user', 'admin')) ? made : undefined };
}

/** Ids of the users that were made. */
async function bootstrap(
  services: IdentityServices,
  accounts: readonly BootstrapAccount[],
  at: number,
): Promise<readonly string[]> {
  const roles = builtInRoles.map((name) => ({ id: builtInId('role', name), name, description: '' }));
  const outcome = await services.execute(
    { kind: 'bootstrap', roles, accounts, at },
    systemContext(at),
    () => undefined,
  );
  if (outcome.kind === 'refused') throw new Error(`the administrator could not be made: ${outcome.code}`);
  return outcome.events.flatMap((event) => (event.type === 'UserCreated' ? [event.data.id] : []));
}

function somebodyIsAdmin(state: Parameters<Parameters<IdentityServices['look']>[0]>[0]): boolean {
  for (const userId of state.grants.keys())
    if (state.users.get(userId)?.enabled === true && isAdministrator(state, userId)) return true;
  return false;
}

async function knows(services: IdentityServices, name: string): Promise<boolean> {
  const digest = await services.texts.nameDigest(name);
  return services.look((state) => state.userIdsByName.has(digest));
}

async function account(
  { texts, passwords }: IdentityServices,
  wanted: Pick<BootstrapAccount, 'roleName' | 'when'> & {
    readonly name: string;
    readonly password: string | null;
    readonly at: number;
  },
): Promise<BootstrapAccount> {
  const { name, password, roleName, when, at } = wanted;
  const id = builtInId('user', name);
  const project = { id: builtInId('project', name), name };
  return {
    user: {
      id,
      nameDigest: await texts.nameDigest(name),
      sealedName: await texts.seal(id, name),
      sealedEmail: null,
      sealedDescription: null,
      sealedPassword: password === null ? null : await texts.seal(id, await passwords.hash(password)),
      passwordSource: 'setting',
      defaultProjectId: project.id,
      enabled: true,
      createdAt: at,
    },
    project,
    roleName,
    when,
  };
}

async function applySetting(services: IdentityServices, password: string, at: number): Promise<void> {
  const { texts, passwords } = services;
  const digest = await texts.nameDigest('admin');
  const admin = await services.look((state) => state.users.get(state.userIdsByName.get(digest) ?? ''));
  if (admin === undefined) return;
  const { id, sealedSettingPassword } = admin;
  const last = sealedSettingPassword === null ? undefined : await texts.openSecret(id, sealedSettingPassword);
  if (await passwords.verify(`setting:${id}`, password, last)) return;
  const sealedPassword = await texts.seal(id, await passwords.hash(password));
  await services.execute(
    { kind: 'set-password', id, sealedPassword, source: 'setting', changedAt: at },
    systemContext(at),
    () => undefined,
  );
}
