import { CreateLeaseHandler } from '../create-lease.handler.js';
import { LeaseAllocationProcess } from '../lease-allocation-process.js';
import { ReservationHealing } from '../reservation-healing.js';
import { UpdateLeaseHandler } from '../update-lease.handler.js';
import { AllocationAttempts } from './allocation-attempts.js';
import { AllocationRounds } from './allocation-rounds.js';
import { AskedReservationsReader } from './asked-reservations.js';
import { AttemptsUnderWay } from './attempts-under-way.js';
import { Candidates } from './candidates.js';
import { ChangeAttempts } from './change-attempts.js';
import { HoldResolution } from './hold-resolution.js';
import { HostPlans } from './host-plans.js';
import { InstanceOutfitter } from './instance-outfitter.js';
import { Settlement } from './settlement.js';
import { StreamHolds } from './stream-holds.js';

/** Creating, changing and healing leases: who gets what, all or nothing. */
export const allocationProviders = [
  AskedReservationsReader,
  AttemptsUnderWay,
  Settlement,
  HoldResolution,
  HostPlans,
  StreamHolds,
  AllocationAttempts,
  AllocationRounds,
  Candidates,
  InstanceOutfitter,
  ChangeAttempts,
  CreateLeaseHandler,
  UpdateLeaseHandler,
  ReservationHealing,
  LeaseAllocationProcess,
];
