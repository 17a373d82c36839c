import { accept, refuse, unreachable, type Decision } from '#kernel';
import type { IdentityRefusal } from '../contracts.js';
import type { IdentityEvent, PasswordSource, UserChanged, UserCreated } from './identity.events.js';
import type { IdentityState, UserState } from './identity.state.js';

export type UserCommand =
  | { readonly kind: 'create-user'; readonly user: UserCreated['data'] }
  | {
      readonly kind: 'change-user';
      readonly change: UserChanged['data'];
      /** Changed together with the rest, or not at all. */
      readonly sealedPassword?: string;
    }
  | {
      readonly kind: 'set-password';
      readonly id: string;
      readonly sealedPassword: string;
      readonly source: PasswordSource;
      /** The hash against which the old password was verified: another one by now means that it is no longer the password. */
      readonly expectedSealedPassword?: string;
      readonly changedAt: number;
    }
  | { readonly kind: 'delete-user'; readonly id: string; readonly deletedAt: number };

type UserDecision = Decision<IdentityEvent, IdentityRefusal>;

export function decideOnUser(command: UserCommand, state: Readonly<IdentityState>): UserDecision {
  switch (command.kind) {
    case 'create-user':
      return createUser(command.user, state);
    case 'change-user':
      return changeUser(command, state);
    case 'set-password':
      return setPassword(command, state);
    case 'delete-user': {
      const { id, deletedAt } = command;
      return state.users.has(id)
        ? accept({ type: 'UserDeleted', data: { id, deletedAt } })
        : refuse('user-unknown', { id });
    }
    default:
      return unreachable(command);
  }
}

function createUser(user: UserCreated['data'], state: Readonly<IdentityState>): UserDecision {
  if (state.userIdsByName.has(user.nameDigest) || state.users.has(user.id)) return refuse('user-name-taken');
  if (user.defaultProjectId !== null && !state.projects.has(user.defaultProjectId))
    return refuse('project-unknown', { id: user.defaultProjectId });
  return accept({ type: 'UserCreated', data: user });
}

function changeUser(command: UserCommand & { kind: 'change-user' }, state: Readonly<IdentityState>): UserDecision {
  const { change, sealedPassword } = command;
  const user = state.users.get(change.id);
  if (user === undefined) return refuse('user-unknown', { id: change.id });
  const { nameDigest, defaultProjectId } = change;
  if (nameDigest !== undefined && (state.userIdsByName.get(nameDigest) ?? user.id) !== user.id)
    return refuse('user-name-taken');
  if (typeof defaultProjectId === 'string' && !state.projects.has(defaultProjectId))
    return refuse('project-unknown', { id: defaultProjectId });
  const events: IdentityEvent[] = [];
  const data = onlyWhatChanges(change, user);
  if (Object.keys(data).length > 2) events.push({ type: 'UserChanged', data });
  if (sealedPassword !== undefined)
    events.push({
      type: 'UserPasswordChanged',
      data: { id: user.id, sealedPassword, source: 'administrator', changedAt: change.changedAt },
    });
  return accept(...events);
}

/** Sealed texts differ at each sealing, so whoever commands leaves out those whose clear text stays; a name goes by its digest. */
function onlyWhatChanges(change: UserChanged['data'], user: UserState): UserChanged['data'] {
  const { nameDigest, sealedName, ...rest } = change;
  const kept = Object.entries(rest).filter(
    ([key, value]) => key === 'id' || key === 'changedAt' || user[key as keyof UserState] !== value,
  );
  const named = nameDigest !== undefined && sealedName !== undefined && nameDigest !== user.nameDigest;
  return {
    ...(Object.fromEntries(kept) as Omit<UserChanged['data'], 'nameDigest' | 'sealedName'>),
    ...(named ? { nameDigest, sealedName } : {}),
  };
}

function setPassword(command: UserCommand & { kind: 'set-password' }, state: Readonly<IdentityState>): UserDecision {
  const { id, sealedPassword, source, expectedSealedPassword, changedAt } = command;
  const user = state.users.get(id);
  if (user === undefined) return refuse('user-unknown', { id });
  if (expectedSealedPassword !== undefined && user.sealedPassword !== expectedSealedPassword)
    return refuse('password-wrong', { id });
  return accept({ type: 'UserPasswordChanged', data: { id, sealedPassword, source, changedAt } });
}
