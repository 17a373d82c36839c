import type { CommandContext, Refused, RuntimeRefusal } from '#kernel';
import { Command } from '@nestjs/cqrs';
import type { CheckedOutVm } from './pool/pool.events.js';
import type { PoolRefusal, Toucher } from './pool/pool.commands.js';

export type { PoolRefusal, Toucher } from './pool/pool.commands.js';

/** Why the pools refuse. Facts are named behind each (those of one pool: pool.commands.ts). */
export type PoolsRefusal =
  | Exclude<PoolRefusal, 'held-by-others' | 'vm-not-wanted' | 'vm-held' | 'attempt-decided'>
  | 'names-unknown' // names: neither pool nor alias, in order of asking
  | 'pools-empty' // wanted: {name: count}, short: {name, pools, ready}: not enough ready machines; nothing is held or taken
  | 'lifetime-invalid' // lifetime
  | 'lifetime-too-long' // lifetime, limit
  | 'tags-not-allowed' // tags: those that are not
  | 'size-invalid' // pool
  | 'too-many-instances' // limit
  | 'request-id-taken' // requestId
  | 'request-unknown' // requestId
  | 'token-unknown';

export interface Done<Answer> {
  readonly kind: 'accepted';
  readonly answer: Answer;
}

export type PoolsOutcome<Answer> = Done<Answer> | Refused<PoolsRefusal | RuntimeRefusal>;

/** The user behind a valid token. */
export interface PoolHolder extends Toucher {
  readonly tokenHash: string;
  readonly userId: string;
  readonly projectId: string | null;
  /** As it was when the token was issued, for histories; null when its key was destroyed. Never in data of events (C20). */
  readonly name: string | null;
}

/** So many machines under one name, a pool's or an alias. */
export interface WantedVms {
  readonly name: string;
  readonly count: number;
}

export interface TakenVms {
  /** As asked for. */
  readonly name: string;
  readonly vms: readonly (CheckedOutVm & {
    readonly pool: string;
    /** `<epoch>-<counter>` (C7). */
    readonly fencingToken: string;
  })[];
}

/**
 * All or nothing. One pool: one append; more, or a command that may come again: a saga (design §6). In order of asking;
 * names may repeat and are then merged at their first place. Refused: names-unknown, pools-empty.
 */
export class CheckOutVms extends Command<
  PoolsOutcome<{ readonly checkoutId: string; readonly taken: readonly TakenVms[] }>
> {
  constructor(
    readonly context: CommandContext,
    readonly wanted: readonly WantedVms[],
    readonly holder: PoolHolder | null,
  ) {
    super();
  }
}

/** DELETE of a running machine: it goes to the completed queue. Refused: vm-unknown, vm-not-running, token-required, not-the-owner. */
export class ReturnVm extends Command<PoolsOutcome<{ readonly pool: string }>> {
  constructor(
    readonly context: CommandContext,
    readonly name: string,
    readonly toucher: Toucher | null,
  ) {
    super();
  }
}

/** In any state, as long as there is a record. Atomic. Tags pass the tag filter here. Refused: vm-unknown, lifetime-…, tags-not-allowed, not-the-owner. */
export class ModifyVm extends Command<PoolsOutcome<undefined>> {
  constructor(
    readonly context: CommandContext,
    readonly name: string,
    readonly change: { readonly lifetime?: number; readonly tags?: Readonly<Record<string, string>> },
    readonly toucher: Toucher | null,
  ) {
    super();
  }
}

/** Answered when the wish is durable; carried out in the background. Refused: vm-unknown, not-the-owner. */
export class AddDisk extends Command<PoolsOutcome<undefined>> {
  constructor(
    readonly context: CommandContext,
    readonly name: string,
    readonly gb: number,
    readonly toucher: Toucher | null,
  ) {
    super();
  }
}

export class SnapshotVm extends Command<PoolsOutcome<{ readonly snapshotId: string }>> {
  constructor(
    readonly context: CommandContext,
    readonly name: string,
    readonly toucher: Toucher | null,
  ) {
    super();
  }
}

/** Refused besides: snapshot-unknown. */
export class RevertVm extends Command<PoolsOutcome<undefined>> {
  constructor(
    readonly context: CommandContext,
    readonly name: string,
    readonly snapshotId: string,
    readonly toucher: Toucher | null,
  ) {
    super();
  }
}

/** One setting of several pools. Every pool is checked before any is changed. `changed`: did any differ? Refused: pool-unknown, size-invalid. */
export class OverridePools extends Command<PoolsOutcome<{ readonly changed: boolean }>> {
  constructor(
    readonly context: CommandContext,
    readonly overrides:
      | { readonly setting: 'size'; readonly values: ReadonlyMap<string, number> }
      | { readonly setting: 'template' | 'cloneTarget'; readonly values: ReadonlyMap<string, string> },
  ) {
    super();
  }
}

/** Back to what the file says. `before` is null when nothing was overridden: the value in effect, and what the file says. */
export class ResetPoolOverride extends Command<
  PoolsOutcome<{ readonly before: { readonly reset: number | string; readonly overrides: number | string } | null }>
> {
  constructor(
    readonly context: CommandContext,
    readonly pool: string,
    readonly setting: 'size' | 'template',
  ) {
    super();
  }
}

/** Ready and pending machines of these pools are replaced. */
export class ResetPools extends Command<PoolsOutcome<undefined>> {
  constructor(
    readonly context: CommandContext,
    readonly pools: readonly string[],
  ) {
    super();
  }
}

/** Refused: names-unknown, too-many-instances, request-id-taken. `requestId` null: one is made. */
export class RequestOnDemandVms extends Command<PoolsOutcome<{ readonly requestId: string }>> {
  constructor(
    readonly context: CommandContext,
    readonly wanted: readonly WantedVms[],
    readonly requestId: string | null,
    readonly holder: PoolHolder | null,
  ) {
    super();
  }
}

/** Refused: request-unknown, not-the-owner (strict ownership). */
export class DeleteOnDemandRequest extends Command<PoolsOutcome<{ readonly alreadyDeleted: boolean }>> {
  constructor(
    readonly context: CommandContext,
    readonly requestId: string,
    readonly toucher: Toucher | null,
  ) {
    super();
  }
}

/** A user that Basic credentials have proved. */
export interface PoolUser {
  readonly userId: string;
  readonly name: string;
  readonly projectId: string | null;
}

/** 32 characters of a-z0-9, the first of a…y; shown to its user only. */
export class IssuePoolToken extends Command<PoolsOutcome<{ readonly token: string }>> {
  constructor(
    readonly context: CommandContext,
    readonly user: PoolUser,
  ) {
    super();
  }
}

/** Refused: token-unknown. */
export class DeletePoolToken extends Command<PoolsOutcome<undefined>> {
  constructor(
    readonly context: CommandContext,
    readonly token: string,
  ) {
    super();
  }
}

/** Who Basic credentials belong to, and whether a token's user is still there. Bound by the server to its provider. */
export abstract class PoolUsers {
  /** `unavailable`: the provider does not answer (503). `limited`: too many failures, so many seconds to wait. */
  abstract check(
    user: string,
    password: string,
    context: CommandContext,
  ): Promise<
    | { readonly kind: 'known'; readonly user: PoolUser }
    | { readonly kind: 'unknown' }
    | { readonly kind: 'unavailable' }
    | { readonly kind: 'limited'; readonly retryAfterSeconds: number }
  >;
  /** Undefined: the user is gone or disabled, so its tokens are not valid. `administrator`: may touch everybody's machines. */
  abstract standing(userId: string): Promise<{ readonly administrator: boolean } | undefined>;
}

/** When a token was last used: volatile, never an event (C13). Written at most once a minute for each token. */
export abstract class TokenUses {
  /** Does not wait for anything. */
  abstract note(tokenHash: string, at: number): void;
  abstract last(tokenHashes: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** After a token was deleted. */
  abstract forget(tokenHash: string): Promise<void>;
}

/** Checks and reads tokens; in the pools' module. */
export abstract class PoolTokens {
  /** Decided on the token's own stream. Notes the use. Undefined: not valid. */
  abstract verify(token: string): Promise<PoolHolder | undefined>;
  /** What is sealed in a token's document; undefined when its key was destroyed. */
  abstract open(document: {
    readonly userId: string;
    readonly sealed: string;
  }): Promise<{ readonly token: string; readonly user: string } | undefined>;
  abstract hash(token: string): string;
}
