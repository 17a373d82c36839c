import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length } from 'class-validator';

/** The optional body of `POST /leasebook/v1/hypervisors/{id}/disable`. */
export class DisableRequest {
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'Why, as Nova shows it in `disabled_reason`',
    minLength: 1,
    maxLength: 255,
    example: 'fan swap',
  })
  @IsOptional()
  @IsString()
  @Length(1, 255)
  reason?: string | null;
}

/** For routes that take none: an empty object passes, any member is a fault. */
export class NoBody {}
