import { Global, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';

/** Nest injection token: `readonly RunningProcess[]`, for the runtime to run. */
export const reservationProcesses = Symbol('ReservationProcesses');

/** Hosts, leases and floating IPs. */
@Global()
@Module({
  imports: [CqrsModule],
  providers: [{ provide: reservationProcesses, useValue: [] }],
  exports: [reservationProcesses],
})
export class ReservationsModule {}
