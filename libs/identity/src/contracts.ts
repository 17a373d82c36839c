import { Command, Query } from '@nestjs/cqrs';
import type { CommandContext, CommandOutcome, DomainEvent } from '#kernel';
import type { AccessRule, Principal, RoleRef, Verification } from './principal.js';

export * from './actor-names.js';
export * from './principal.js';

/** Why identity refuses. Facts are named behind each; names of persons are never among them. */
export type IdentityRefusal =
  | 'user-unknown' // id
  | 'user-name-taken'
  | 'project-unknown' // id
  | 'project-name-taken' // name
  | 'role-unknown' // id
  | 'role-name-taken' // name
  | 'role-built-in' // name
  | 'grant-unknown' // userId, projectId, roleId
  | 'credential-unknown' // id
  | 'credential-name-taken' // name
  | 'credential-expired' // id: it would end before it begins
  | 'too-many-credentials' // limit
  | 'role-not-held' // id: of the first role asked for that its user does not have, null when none is asked for
  | 'password-wrong' // id: of the user whose old password it is not
  | 'token-unknown';

type Outcome<Answer> = CommandOutcome<DomainEvent, IdentityRefusal, Answer>;

/** Ids are 32 hex digits, times milliseconds since 1970. */
export interface UserFacts {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly description: string | null;
  readonly enabled: boolean;
  readonly defaultProjectId: string | null;
}

export interface ProjectFacts {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
}

export interface RoleFacts {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

export interface AssignmentFacts {
  readonly user: { readonly id: string; readonly name: string };
  readonly project: { readonly id: string; readonly name: string };
  readonly role: RoleRef;
}

export interface ApplicationCredentialFacts {
  readonly id: string;
  readonly userId: string;
  readonly projectId: string;
  readonly name: string;
  readonly description: string | null;
  readonly roles: readonly RoleRef[];
  readonly expiresAt: number | null;
  readonly unrestricted: boolean;
  readonly accessRules: readonly AccessRule[] | null;
}

/** By id, or by name in the one domain. */
export type Ref = { readonly id: string } | { readonly name: string };

/** `elsewhere`: of a domain that this server does not have, so nobody; it costs as much as a wrong password. */
export type UserRef = Ref | { readonly elsewhere: string };

export class CreateUser extends Command<Outcome<UserFacts>> {
  constructor(
    readonly context: CommandContext,
    readonly wanted: {
      readonly name: string;
      readonly email: string | null;
      readonly description: string | null;
      /** Null: cannot log in with a password. */
      readonly password: string | null;
      readonly defaultProjectId: string | null;
      readonly enabled: boolean;
    },
  ) {
    super();
  }
}

/** What is left out stays. A new password or disabling ends all tokens of the user. */
export class UpdateUser extends Command<Outcome<UserFacts>> {
  constructor(
    readonly context: CommandContext,
    readonly id: string,
    readonly change: {
      readonly name?: string;
      readonly email?: string | null;
      readonly description?: string | null;
      readonly password?: string;
      readonly defaultProjectId?: string | null;
      readonly enabled?: boolean;
    },
  ) {
    super();
  }
}

/** By the user themself; guessing the original is limited like logging in. Ends all tokens of the user. */
export class ChangeOwnPassword extends Command<Outcome<undefined> | TooManyAttempts> {
  constructor(
    readonly context: CommandContext,
    readonly id: string,
    readonly original: string,
    readonly password: string,
  ) {
    super();
  }
}

/** Destroys the user's key as well: nothing personal of them can be read any more, also not from the log. */
export class DeleteUser extends Command<Outcome<undefined>> {
  constructor(
    readonly context: CommandContext,
    readonly id: string,
  ) {
    super();
  }
}

export class CreateProject extends Command<Outcome<ProjectFacts>> {
  constructor(
    readonly context: CommandContext,
    readonly wanted: { readonly name: string; readonly description: string; readonly enabled: boolean },
  ) {
    super();
  }
}

export class UpdateProject extends Command<Outcome<ProjectFacts>> {
  constructor(
    readonly context: CommandContext,
    readonly id: string,
    readonly change: { readonly name?: string; readonly description?: string; readonly enabled?: boolean },
  ) {
    super();
  }
}

export class DeleteProject extends Command<Outcome<undefined>> {
  constructor(
    readonly context: CommandContext,
    readonly id: string,
  ) {
    super();
  }
}

export class CreateRole extends Command<Outcome<RoleFacts>> {
  constructor(
    readonly context: CommandContext,
    readonly wanted: { readonly name: string; readonly description: string },
  ) {
    super();
  }
}

export class DeleteRole extends Command<Outcome<undefined>> {
  constructor(
    readonly context: CommandContext,
    readonly id: string,
  ) {
    super();
  }
}

export interface Assignment {
  readonly userId: string;
  readonly projectId: string;
  readonly roleId: string;
}

export class GrantRole extends Command<Outcome<undefined>> {
  constructor(
    readonly context: CommandContext,
    readonly assignment: Assignment,
  ) {
    super();
  }
}

export class RevokeRole extends Command<Outcome<undefined>> {
  constructor(
    readonly context: CommandContext,
    readonly assignment: Assignment,
  ) {
    super();
  }
}

/** `secret` is in this answer and never again. */
export class CreateApplicationCredential extends Command<
  Outcome<{ readonly credential: ApplicationCredentialFacts; readonly secret: string }>
> {
  constructor(
    readonly context: CommandContext,
    readonly wanted: {
      readonly userId: string;
      readonly projectId: string;
      readonly name: string;
      readonly description: string | null;
      /** Null: one is made. */
      readonly secret: string | null;
      readonly roles: readonly Ref[];
      readonly expiresAt: number | null;
      readonly unrestricted: boolean;
      readonly accessRules: readonly Omit<AccessRule, 'id'>[] | null;
    },
  ) {
    super();
  }
}

export class DeleteApplicationCredential extends Command<Outcome<undefined>> {
  constructor(
    readonly context: CommandContext,
    readonly userId: string,
    readonly id: string,
  ) {
    super();
  }
}

/** `chain`: with it all tokens that were made from one another. Refused as `token-unknown` when it is not a live one. */
export class RevokeToken extends Command<Outcome<undefined>> {
  constructor(
    readonly context: CommandContext,
    readonly token: string,
    readonly chain: boolean,
  ) {
    super();
  }
}

export interface TooManyAttempts {
  readonly kind: 'too-many-attempts';
  readonly retryAfterSeconds: number;
}

export type LoginScope =
  | { readonly kind: 'default' }
  | { readonly kind: 'unscoped' }
  | { readonly kind: 'project'; readonly project: Ref }
  /** A domain other than the built-in one, the system, a trust: nobody has roles there. */
  | { readonly kind: 'elsewhere' };

export interface LoginRequest {
  /** At least one; all must succeed and mean the same user. */
  readonly password?: { readonly user: UserRef; readonly password: string };
  readonly token?: { readonly id: string };
  readonly applicationCredential?: {
    readonly credential: { readonly id: string } | { readonly name: string; readonly user: UserRef };
    readonly secret: string;
  };
  readonly scope: LoginScope;
}

export type LoginOutcome =
  | { readonly kind: 'accepted'; readonly token: string; readonly principal: Principal }
  /** Always the same, whatever was wrong: nothing leaks. */
  | { readonly kind: 'unauthenticated' }
  | TooManyAttempts;

/** Changes nothing when it succeeds; refusals are recorded, coalesced. */
export class LogIn extends Command<LoginOutcome> {
  constructor(
    readonly context: CommandContext,
    readonly request: LoginRequest,
  ) {
    super();
  }
}

export type PasswordVerdict =
  /** `projectId`: the user's default project, where they have a role there; null: none. */
  | {
      readonly kind: 'right';
      readonly user: { readonly id: string; readonly name: string; readonly projectId: string | null };
    }
  /** Always the same, whatever was wrong: nothing leaks. */
  | { readonly kind: 'wrong' }
  | TooManyAttempts;

/** A log-in that issues no token: the same limits, the same record of refusals. */
export class CheckPassword extends Command<PasswordVerdict> {
  constructor(
    readonly context: CommandContext,
    readonly user: UserRef,
    readonly password: string,
  ) {
    super();
  }
}

/** `administrator`: has the role admin in a project that is enabled. */
export interface UserStanding {
  readonly administrator: boolean;
}

/** A look at what is known in memory. Undefined: the user is gone or disabled. */
export class ShowUserStanding extends Query<UserStanding | undefined> {
  constructor(readonly userId: string) {
    super();
  }
}

/** Who stands behind a token of this server. `allowExpired`: also for up to two days after its end. */
export class ShowToken extends Query<Verification> {
  constructor(
    readonly token: string,
    readonly allowExpired: boolean,
  ) {
    super();
  }
}

/** One page, in order of ids. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** The `marker` of the next page; null: this is the last. */
  readonly next: string | null;
}

/** `marker`: the last id of the page before. */
export interface Paging {
  readonly limit: number;
  readonly marker: string | null;
}

export class ListUsers extends Query<Page<UserFacts>> {
  constructor(
    readonly filter: { readonly name?: string; readonly enabled?: boolean; readonly projectId?: string },
    readonly paging: Paging,
  ) {
    super();
  }
}

export class ShowUser extends Query<UserFacts | undefined> {
  constructor(readonly id: string) {
    super();
  }
}

export class ListProjects extends Query<Page<ProjectFacts>> {
  constructor(
    /** `userId`: those in which the user has a role. */
    readonly filter: { readonly name?: string; readonly enabled?: boolean; readonly userId?: string },
    readonly paging: Paging,
  ) {
    super();
  }
}

export class ShowProject extends Query<ProjectFacts | undefined> {
  constructor(readonly id: string) {
    super();
  }
}

export class ListRoles extends Query<readonly RoleFacts[]> {
  constructor(readonly filter: { readonly name?: string }) {
    super();
  }
}

/** `effective`: implied roles too. Ids that mean nothing give nothing. */
export class ListAssignments extends Query<readonly AssignmentFacts[]> {
  constructor(readonly filter: Partial<Assignment> & { readonly effective: boolean }) {
    super();
  }
}

export class ListApplicationCredentials extends Query<readonly ApplicationCredentialFacts[]> {
  constructor(
    readonly userId: string,
    readonly filter: { readonly name?: string; readonly id?: string },
  ) {
    super();
  }
}
