import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { HostObstacle, LeasePlan, PlannedReservation } from '#reservations';

export class PlannedHostView {
  @ApiProperty({ description: 'As in the reservation API', example: '3' })
  id!: string;

  @ApiProperty({ example: 'compute-3' })
  hostname!: string;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Instances that it has room for; null: the whole host' })
  slots!: number | null;
}

export class ObstacleView {
  @ApiProperty({ example: '3' })
  hostId!: string;

  @ApiProperty({ example: 'compute-3' })
  hostname!: string;

  @ApiProperty({ enum: ['not-reservable', 'filter', 'busy', 'too-small'] })
  kind!: HostObstacle['kind'];

  @ApiPropertyOptional({ description: 'filter: the condition that it does not meet' })
  condition?: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'date-time',
    description: 'busy: until when without a break; null: no end is known',
  })
  until?: string | null;

  @ApiPropertyOptional({ type: [String], description: 'busy: the leases in the way, for administrators' })
  leases?: readonly string[];

  @ApiPropertyOptional({ description: 'too-small: what there is not enough of' })
  resource?: string;
}

export class PlannedReservationView {
  @ApiProperty({ example: 'physical:host' })
  resourceType!: string;

  @ApiProperty()
  fits!: boolean;

  @ApiProperty({ type: 'integer', description: 'Hosts, instances or addresses at least' })
  wanted!: number;

  @ApiProperty({ type: 'integer', description: 'How many there are for it' })
  available!: number;

  @ApiProperty({ type: [PlannedHostView], description: 'Those that it would get' })
  hosts!: readonly PlannedHostView[];

  @ApiProperty({ type: [String], description: 'Addresses that it would get' })
  addresses!: readonly string[];

  @ApiProperty({ type: [ObstacleView], description: 'Why others are not among them: the first hundred' })
  obstacles!: readonly ObstacleView[];
}

export class LeasePlanView {
  @ApiProperty({ description: 'Would the whole lease fit?' })
  fits!: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'date-time',
    description: 'The earliest start at which it would, as things are; null: never',
  })
  nextStartAt!: string | null;

  @ApiProperty({ type: [PlannedReservationView] })
  reservations!: readonly PlannedReservationView[];
}

const momentText = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString());

/** `namesLeases`: whoever asks may know whose leases are in the way. */
export function leasePlanView({ fits, nextStartAt, reservations }: LeasePlan, namesLeases: boolean): LeasePlanView {
  return {
    fits,
    nextStartAt: momentText(nextStartAt),
    reservations: reservations.map((reservation) => reservationView(reservation, namesLeases)),
  };
}

function reservationView(planned: PlannedReservation, namesLeases: boolean): PlannedReservationView {
  const { resourceType, fits, wanted, available, hosts, addresses, obstacles } = planned;
  return {
    resourceType,
    fits,
    wanted,
    available,
    hosts: hosts.map(({ hostId: id, hostname, slots }) => ({ id, hostname, slots })),
    addresses,
    obstacles: obstacles.map(({ hostId, hostname, obstacle }) => ({
      hostId,
      hostname,
      ...obstacleView(obstacle, namesLeases),
    })),
  };
}

function obstacleView(obstacle: HostObstacle, namesLeases: boolean): Omit<ObstacleView, 'hostId' | 'hostname'> {
  if (obstacle.kind !== 'busy') return obstacle;
  const { kind, until, leaseIds } = obstacle;
  return { kind, until: momentText(until), ...(namesLeases ? { leases: leaseIds } : {}) };
}
