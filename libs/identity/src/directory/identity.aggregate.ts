import type { AggregateDefinition } from '#kernel';
import type { IdentityRefusal } from '../contracts.js';
import { identityDecider, type IdentityCommand } from './identity.decider.js';
import { identityCatalog, type IdentityEvent } from './identity.events.js';
import { identitySnapshot } from './identity.snapshot.js';
import type { IdentityState } from './identity.state.js';

export const identityStream = 'identity';

export const identityAggregate: AggregateDefinition<IdentityState, IdentityCommand, IdentityEvent, IdentityRefusal> = {
  name: 'identity',
  decider: identityDecider,
  catalog: identityCatalog,
  snapshot: identitySnapshot,
};
