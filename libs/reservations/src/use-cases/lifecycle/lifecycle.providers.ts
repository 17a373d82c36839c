import type { RunningProcess } from '#runtime';
import { HostHealth } from '../health/host-health.js';
import { EnrolHostHandler } from '../hosts/enrol-host.handler.js';
import { FreePool } from '../hosts/free-pool.js';
import { HostEnrolments } from '../hosts/host-enrolments.js';
import { HostPartitions } from '../hosts/host-partitions.js';
import { SetHostCapabilitiesHandler } from '../hosts/set-host-capabilities.handler.js';
import { WithdrawHostHandler } from '../hosts/withdraw-host.handler.js';
import { DeleteLeaseHandler } from './delete-lease.handler.js';
import { LeaseAnnouncement } from './lease-announcement.js';
import { LeaseDecisions } from './lease-decisions.js';
import { LeaseEnd } from './lease-end.js';
import { LeaseLifecycleProcess } from './lease-lifecycle-process.js';
import { LeaseLifecycle } from './lease-lifecycle.js';
import { LeaseStart } from './lease-start.js';
import { ReservationHosts } from './reservation-hosts.js';
import { StepPatience } from './step-patience.js';

/** From a host's enrolment and a lease's start to their end. */
export const lifecycleProviders = [
  HostPartitions,
  FreePool,
  HostEnrolments,
  EnrolHostHandler,
  SetHostCapabilitiesHandler,
  WithdrawHostHandler,
  HostHealth,
  ReservationHosts,
  LeaseDecisions,
  LeaseStart,
  LeaseAnnouncement,
  LeaseEnd,
  LeaseLifecycle,
  LeaseLifecycleProcess,
  StepPatience,
  DeleteLeaseHandler,
];

/** Nest injection token: `readonly RunningProcess[]` of these. */
export const lifecycleProcesses = Symbol('LifecycleProcesses');

export const lifecycleProcessesProvider = {
  provide: lifecycleProcesses,
  useFactory: (
    leases: LeaseLifecycleProcess,
    enrolments: HostEnrolments,
    health: HostHealth,
  ): readonly RunningProcess[] => [leases.lifecycle, leases.occupancy, enrolments.running, health.running],
  inject: [LeaseLifecycleProcess, HostEnrolments, HostHealth],
};
