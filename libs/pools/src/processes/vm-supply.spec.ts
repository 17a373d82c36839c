import { describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '#kernel';
import { vmSupplySaga } from './vm-supply.saga.js';

const envelope = { event: { type: 'VmsCheckedOut', data: { pool: 'a' } } } as unknown as EventEnvelope;

describe('hints to the supply', () => {
  it('name the pool, and need no memory', () => {
    expect(vmSupplySaga.correlate(envelope)).toEqual({ key: 'a', as: 'alone' });
    expect(vmSupplySaga.react(null, envelope)).toEqual([{ kind: 'do', name: 'nudge', input: { pool: 'a' } }]);
  });

  it('are of what changes what is to be done', () => {
    expect(vmSupplySaga.events).toContain('pools/OnDemandQueued');
    expect(vmSupplySaga.events).not.toContain('pools/VmReady');
  });

  it('are never tried again: the next check sees everything', () => {
    expect(vmSupplySaga.onFailure()).toEqual({ kind: 'skip' });
  });
});
