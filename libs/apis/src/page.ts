import { ApiProperty } from '@nestjs/swagger';
import { Type as Convert } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

/** A part of a list. `nextCursor` asks for the next one; null when this is the last. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** How many items a page has at most. */
export const LARGEST_PAGE = 200;

/** How a list is asked for. Extend it with filters. */
export class PageQuery {
  @ApiProperty({ type: 'string', required: false, maxLength: 2000, description: 'From the page before; opaque.' })
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  cursor?: string;

  @ApiProperty({
    type: 'integer',
    format: 'int32',
    required: false,
    minimum: 1,
    maximum: LARGEST_PAGE,
    default: 50,
    description: 'At most so many items.',
  })
  @IsOptional()
  @Convert(() => Number)
  @IsInt()
  @Min(1)
  @Max(LARGEST_PAGE)
  limit?: number;
}
