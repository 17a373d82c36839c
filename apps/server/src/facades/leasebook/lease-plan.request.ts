import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsObject, IsOptional } from 'class-validator';
import type { RawReservation, WantedLease } from '#reservations';
import { IsMoment, momentForm } from './moment.js';
import { LeasebookProblem } from './problem.js';

/** `POST /leasebook/v1/lease-plans`: a lease that is only thought of. */
export class LeasePlanRequest {
  @ApiPropertyOptional({
    description: 'When it would begin, on a full minute; absent: in the minute that has begun',
    format: 'date-time',
    pattern: momentForm.source,
  })
  @IsOptional()
  @IsMoment()
  startsAt?: string;

  @ApiProperty({
    description: 'When it would end, on a full minute',
    format: 'date-time',
    pattern: momentForm.source,
    example: '2031-05-04T17:30:00Z',
  })
  @IsMoment()
  endsAt!: string;

  @ApiProperty({
    description: 'As in a lease of the reservation API',
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    maxItems: 100,
    example: [{ resource_type: 'physical:host', min: 1, max: 2, hypervisor_properties: '', resource_properties: '' }],
  })
  @IsArray()
  @ArrayMaxSize(100)
  @IsObject({ each: true })
  reservations!: readonly RawReservation[];
}

const minute = 60_000;

/** `now`: milliseconds since 1970. Throws LeasebookProblem. */
export function thoughtOfLease({ startsAt, endsAt, reservations }: LeasePlanRequest, now: number): WantedLease {
  return {
    name: '',
    startsAt: startsAt === undefined ? Math.floor(now / minute) * minute : fullMinute('startsAt', startsAt),
    endsAt: fullMinute('endsAt', endsAt),
    reservations,
  };
}

function fullMinute(name: string, text: string): number {
  const time = Date.parse(text);
  if (time % minute === 0) return time;
  const fault = `${name} must be on a full minute`;
  throw new LeasebookProblem(400, 'invalid-request', fault, [fault]);
}
