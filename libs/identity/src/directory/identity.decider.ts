import { accept, unreachable, type Decider, type Decision } from '#kernel';
import type { IdentityRefusal } from '../contracts.js';
import { decideOnBootstrap, type BootstrapCommand } from './bootstrap.decider.js';
import { decideOnCredential, type CredentialCommand } from './credentials.decider.js';
import { decideOnGrant, type GrantCommand } from './grants.decider.js';
import type { IdentityEvent, TokenRevoked } from './identity.events.js';
import { initialIdentity, type IdentityState } from './identity.state.js';
import { evolveIdentity } from './identity-evolution.state.js';
import { decideOnProject, type ProjectCommand } from './projects.decider.js';
import { decideOnUser, type UserCommand } from './users.decider.js';

/** Everything secret or personal in them is sealed already, and names are digested: the decider sees neither. */
export type IdentityCommand =
  | UserCommand
  | ProjectCommand
  | GrantCommand
  | CredentialCommand
  | BootstrapCommand
  | { readonly kind: 'revoke-token'; readonly token: TokenRevoked['data'] };

type IdentityDecision = Decision<IdentityEvent, IdentityRefusal>;

function decide(command: IdentityCommand, state: Readonly<IdentityState>): IdentityDecision {
  switch (command.kind) {
    case 'create-user':
    case 'change-user':
    case 'set-password':
    case 'delete-user':
      return decideOnUser(command, state);
    case 'create-project':
    case 'change-project':
    case 'delete-project':
      return decideOnProject(command, state);
    case 'create-role':
    case 'delete-role':
    case 'grant-role':
    case 'revoke-role':
      return decideOnGrant(command, state);
    case 'create-credential':
    case 'delete-credential':
      return decideOnCredential(command, state);
    case 'revoke-token':
      return decideOnToken(command.token, state);
    case 'bootstrap':
      return decideOnBootstrap(command, state);
    default:
      return unreachable(command);
  }
}

/** Revoking twice, or what is dead anyway, adds nothing. */
function decideOnToken(token: TokenRevoked['data'], state: Readonly<IdentityState>): IdentityDecision {
  const known = (token.chain ? state.revokedChains : state.revokedTokens).has(token.auditId);
  if (known || token.expiresAt <= token.revokedAt) return accept();
  return accept({ type: 'TokenRevoked', data: token });
}

export const identityDecider: Decider<IdentityState, IdentityCommand, IdentityEvent, IdentityRefusal> = {
  initialState: initialIdentity,
  decide,
  evolve: evolveIdentity,
};
