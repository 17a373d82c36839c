import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, Matches, Max, Min } from 'class-validator';

const kindForm = /^[A-Za-z][A-Za-z0-9-]{0,63}$/;
// Written out, since not every reader of the API's description knows \p{Cc}.
// eslint-disable-next-line no-control-regex
const idForm = /^[^\u0000-\u001f\u007f-\u009f]{1,512}$/u;
const afterForm = /^\d{16}\.\d{4}$/;

/** The path of `GET /leasebook/v1/history/{kind}/{id}`. */
export class HistoryPath {
  @ApiProperty({
    description:
      'Kind of resource: `aggregate`, `hypervisor`, `host`, `user`, `project`, `pool`, `vm`, `checkout`, `on-demand` …',
    pattern: kindForm.source,
    example: 'aggregate',
  })
  @Matches(kindForm, { message: 'kind must be letters, digits and hyphens' })
  kind!: string;

  @ApiProperty({ description: 'Its id in that kind', pattern: idForm.source, example: '1' })
  @Matches(idForm, { message: 'id must be 1 to 512 printable characters' })
  id!: string;
}

/** Its query. */
export class HistoryRequest {
  @ApiPropertyOptional({ description: 'The `next` of the page before', pattern: afterForm.source })
  @IsOptional()
  @Matches(afterForm, { message: 'after must be the `next` of the page before' })
  after?: string;

  @ApiProperty({
    description: 'Most entries of one page',
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
