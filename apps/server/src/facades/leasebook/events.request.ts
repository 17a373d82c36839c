import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';
import type { EventSearch } from '#projections/audit-trail/audit-trail.query';
import { IsMoment, momentForm } from './moment.js';

// eslint-disable-next-line no-control-regex -- what may not be in an id of history.request.ts
const resourceForm = /^[A-Za-z][A-Za-z0-9]*\/[^\u0000-\u001f\u007f-\u009f]{1,512}$/u;
const typeForm = /^[A-Za-z][A-Za-z/]*(@[1-9]\d*)?$/;

/** `GET /leasebook/v1/events`. */
export class EventsRequest {
  @ApiPropertyOptional({
    description: 'Exact name of a stream',
    minLength: 1,
    maxLength: 512,
    example: 'hostAggregates',
  })
  @IsOptional()
  @IsString()
  @Length(1, 512)
  stream?: string;

  @ApiPropertyOptional({ description: '`kind/id` of a resource', pattern: resourceForm.source, example: 'aggregate/1' })
  @IsOptional()
  @Matches(resourceForm, { message: 'resource must be kind/id, such as aggregate/1' })
  resource?: string;

  @ApiPropertyOptional({
    description: 'Type of event, with or without context and version',
    pattern: typeForm.source,
    example: 'AggregateCreated',
  })
  @IsOptional()
  @Matches(typeForm, {
    message: 'type must be like AggregateCreated or inventory/AggregateCreated@1',
  })
  type?: string;

  @ApiPropertyOptional({ description: 'Id of the user who acted', minLength: 1, maxLength: 255 })
  @IsOptional()
  @IsString()
  @Length(1, 255)
  actor?: string;

  @ApiPropertyOptional({ description: 'Id of the project acted for', minLength: 1, maxLength: 255 })
  @IsOptional()
  @IsString()
  @Length(1, 255)
  project?: string;

  @ApiPropertyOptional({ description: 'Through which face', minLength: 1, maxLength: 64, example: 'nova' })
  @IsOptional()
  @IsString()
  @Length(1, 64)
  facade?: string;

  @ApiPropertyOptional({ description: 'All that one request led to', minLength: 1, maxLength: 255 })
  @IsOptional()
  @IsString()
  @Length(1, 255)
  correlation?: string;

  @ApiPropertyOptional({ description: 'Recorded at or after', format: 'date-time', pattern: momentForm.source })
  @IsOptional()
  @IsMoment()
  from?: string;

  @ApiPropertyOptional({ description: 'Recorded before', format: 'date-time', pattern: momentForm.source })
  @IsOptional()
  @IsMoment()
  to?: string;

  @ApiProperty({ description: 'Which comes first', enum: ['oldest', 'newest'], default: 'newest', required: false })
  @IsIn(['oldest', 'newest'])
  order: 'oldest' | 'newest' = 'newest';

  @ApiPropertyOptional({
    description: 'Position of the last event of the page before (its `next`)',
    type: 'integer',
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  after?: number;

  @ApiProperty({
    description: 'Most events of one page',
    type: 'integer',
    minimum: 1,
    maximum: 1000,
    default: 100,
    required: false,
  })
  @Transform(({ value }) => (value === '' ? Number.NaN : Number(value)))
  @IsInt()
  @Min(1)
  @Max(1000)
  limit = 100;
}

/** `onlyProject`: who is no administrator sees what their own project did. */
export function toEventSearch(request: EventsRequest, onlyProject: string | undefined): EventSearch {
  const { from, to, project, ...rest } = request;
  const within = onlyProject ?? project;
  return {
    ...rest,
    ...(within === undefined ? {} : { project: within }),
    ...(from === undefined ? {} : { from: Date.parse(from) }),
    ...(to === undefined ? {} : { to: Date.parse(to) }),
  };
}
