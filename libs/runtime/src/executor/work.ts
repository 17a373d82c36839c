import type { CommandContext, CommandOutcome, DomainEvent } from '#kernel';
import type { SealedPersonalFields } from '../envelope.js';
import type { AnyState } from '../any-state.js';

export interface CommandWork {
  readonly kind: 'command';
  readonly command: unknown;
  readonly context: CommandContext;
  readonly answer: ((state: AnyState, events: readonly DomainEvent[]) => unknown) | undefined;
  /** Sealed while it waits; awaited before anything is decided. */
  sealed: SealedPersonalFields | Promise<SealedPersonalFields>;
  /** Conflicts met so far. */
  conflicts: number;
  readonly resolve: (outcome: CommandOutcome<DomainEvent, string, unknown>) => void;
  readonly reject: (error: Error) => void;
}

/** Looking takes its turn among the commands, so that it sees only what is durable when it is answered. */
export interface LookWork {
  readonly kind: 'look';
  readonly look: (state: AnyState) => unknown;
  conflicts: number;
  readonly resolve: (seen: unknown) => void;
  readonly reject: (error: Error) => void;
}

export type Work = CommandWork | LookWork;
