import type { CommandOutcome, DomainEvent, Refused, RuntimeRefusal } from '#kernel';
import type { ReservationsRefusal } from '../../contracts.js';
import type { LeaseFacts } from '../../lease/lease.facts.state.js';

export type LeaseOutcome = CommandOutcome<DomainEvent, ReservationsRefusal, LeaseFacts>;
export type LeaseRefused = Refused<ReservationsRefusal | RuntimeRefusal>;
