import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { BusyTime, HostAvailability } from '#reservations';

export class IntervalView {
  @ApiProperty({ format: 'date-time' })
  from!: string;

  @ApiProperty({ format: 'date-time' })
  to!: string;
}

export class BusyTimeView extends IntervalView {
  @ApiProperty({ type: 'integer', nullable: true, description: 'Instances that are booked; null: the whole host' })
  slots!: number | null;

  @ApiPropertyOptional({ description: 'Whose it is, for administrators' })
  lease?: string;

  @ApiPropertyOptional({ description: 'For administrators' })
  reservation?: string;
}

export class HostAvailabilityView {
  @ApiProperty({ description: 'As in the reservation API', example: '3' })
  id!: string;

  @ApiProperty({ example: 'compute-3' })
  hostname!: string;

  @ApiProperty({ description: 'May it be reserved at the moment?' })
  reservable!: boolean;

  @ApiProperty({ type: [BusyTimeView], description: 'Wholly taken, or in part by instances' })
  busy!: readonly BusyTimeView[];

  @ApiProperty({ type: [IntervalView], description: 'Gaps in which nothing is booked, inside the window' })
  free!: readonly IntervalView[];
}

export class HostAvailabilitiesView {
  @ApiProperty({ type: [HostAvailabilityView], description: 'In order of their ids' })
  hosts!: readonly HostAvailabilityView[];
}

/** `namesLeases`: whoever asks may know whose leases they are. */
export function hostAvailabilitiesView(
  hosts: readonly HostAvailability[],
  namesLeases: boolean,
): HostAvailabilitiesView {
  const moments = new Moments();
  return {
    hosts: hosts.map(({ hostId: id, hostname, reservable, busy, free }) => ({
      id,
      hostname,
      reservable,
      busy: busy.map((time) => busyView(time, moments, namesLeases)),
      free: free.map(({ from, to }) => ({ from: moments.text(from), to: moments.text(to) })),
    })),
  };
}

function busyView(time: BusyTime, moments: Moments, namesLeases: boolean): BusyTimeView {
  const { slots, leaseId: lease, reservationId: reservation } = time;
  const [from, to] = [moments.text(time.from), moments.text(time.to)];
  return namesLeases ? { from, to, slots, lease, reservation } : { from, to, slots };
}

/** Moments as text, each made once: of a hundred thousand bookings most begin or end when others do. */
class Moments {
  private readonly texts = new Map<number, string>();

  text(time: number): string {
    let text = this.texts.get(time);
    if (text === undefined) this.texts.set(time, (text = new Date(time).toISOString()));
    return text;
  }
}
