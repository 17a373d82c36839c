import { ApiProperty } from '@nestjs/swagger';
import type { HypervisorDocument } from '#projections/hypervisors/hypervisors.query';

class OccupantView {
  @ApiProperty({ format: 'uuid' })
  readonly leaseId!: string;

  @ApiProperty({ format: 'uuid' })
  readonly reservationId!: string;

  @ApiProperty({ description: 'Rises with every reservation that moves in: an older one is out of date' })
  readonly fencingToken!: number;
}

/** What a hypervisor is for, and who is on it. */
export class HypervisorView {
  @ApiProperty({ description: 'The integer id' })
  readonly id!: number;

  @ApiProperty({ format: 'uuid' })
  readonly uuid!: string;

  @ApiProperty()
  readonly hypervisorHostname!: string;

  @ApiProperty({ description: 'Host of the compute service' })
  readonly serviceHost!: string;

  @ApiProperty({ type: String, nullable: true, description: 'The calendar of reservations that has it; null: none' })
  readonly partition!: string | null;

  @ApiProperty({ type: OccupantView, nullable: true, description: 'The reservation that is on it; null: none' })
  readonly takenBy!: OccupantView | null;
}

export function hypervisorView(hypervisor: HypervisorDocument): HypervisorView {
  const { number, _id: uuid, hypervisorHostname, service, partition, takenBy } = hypervisor;
  return { id: number, uuid, hypervisorHostname, serviceHost: service.host, partition, takenBy };
}
