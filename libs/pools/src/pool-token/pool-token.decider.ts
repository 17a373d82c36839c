import { accept, refuse, unreachable, type AggregateDefinition, type Decision } from '#kernel';
import { poolTokenCatalog, type PoolTokenEvent, type PoolTokenIssued } from './pool-token.events.js';

export type PoolTokenCommand =
  /** Refused as `token-taken` where that token was issued before. */
  | ({ readonly type: 'issue' } & PoolTokenIssued['data'])
  /** Refused as `token-unknown`. */
  | { readonly type: 'delete'; readonly at: number };

export type PoolTokenRefusal = 'token-taken' | 'token-unknown';

/** Undefined: never issued. */
export type PoolTokenState =
  | {
      readonly tokenHash: string;
      readonly userId: string;
      readonly projectId: string | null;
      readonly deleted: boolean;
    }
  | undefined;

function decide(
  command: PoolTokenCommand,
  state: Readonly<PoolTokenState>,
): Decision<PoolTokenEvent, PoolTokenRefusal> {
  switch (command.type) {
    case 'issue': {
      const { type: _type, ...data } = command;
      return state === undefined ? accept<PoolTokenEvent>({ type: 'PoolTokenIssued', data }) : refuse('token-taken');
    }
    case 'delete': {
      if (state === undefined || state.deleted) return refuse('token-unknown');
      return accept({ type: 'PoolTokenDeleted', data: { tokenHash: state.tokenHash, at: command.at } });
    }
    default:
      return unreachable(command);
  }
}

function evolve(state: PoolTokenState, event: PoolTokenEvent): PoolTokenState {
  if (event.type === 'PoolTokenDeleted') return state && { ...state, deleted: true };
  const { tokenHash, userId, projectId } = event.data;
  return { tokenHash, userId, projectId, deleted: false };
}

/** Whose token it is; undefined: nobody's (any more). */
export function holderOf(
  state: Readonly<PoolTokenState>,
): { readonly userId: string; readonly projectId: string | null } | undefined {
  return state === undefined || state.deleted ? undefined : { userId: state.userId, projectId: state.projectId };
}

export function poolTokenStream(tokenHash: string): string {
  return `poolToken-${tokenHash}`;
}

export const poolToken: AggregateDefinition<PoolTokenState, PoolTokenCommand, PoolTokenEvent, PoolTokenRefusal> = {
  name: 'poolToken',
  decider: { initialState: () => undefined, decide, evolve },
  catalog: poolTokenCatalog,
};
