import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsOptional, IsString, MaxLength } from 'class-validator';
import type { Interval } from '#kernel';
import { IsMoment, momentForm } from './moment.js';
import { LeasebookProblem } from './problem.js';

/** `GET /leasebook/v1/host-availabilities`. */
export class HostAvailabilityRequest {
  @ApiProperty({ description: 'Begin of the window', format: 'date-time', pattern: momentForm.source })
  @IsMoment()
  from!: string;

  @ApiProperty({ description: 'Its end', format: 'date-time', pattern: momentForm.source })
  @IsMoment()
  to!: string;

  @ApiPropertyOptional({
    description: 'Id of a host, as in the reservation API; may come again; absent: all hosts',
    type: [String],
    maxItems: 50,
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => [value].flat())
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @MaxLength(64, { each: true })
  host?: readonly string[];
}

/** Throws LeasebookProblem. */
export function windowOf({ from, to }: HostAvailabilityRequest): Interval {
  const window = { from: Date.parse(from), to: Date.parse(to) };
  if (window.from < window.to) return window;
  throw new LeasebookProblem(400, 'invalid-request', 'to must be after from', ['to must be after from']);
}
