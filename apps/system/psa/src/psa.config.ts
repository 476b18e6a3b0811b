import { IsIn, IsInt, Min } from 'class-validator';
import { Setting } from '#service';
import { vendors } from './vendors/index.js';

export class PsaConfig {
  @Setting({ env: 'PSA_VENDOR', default: 'kantata', description: `Which PSA it is: ${vendors.map(({ name }) => name).join(', ')}.` })
  @IsIn(vendors.map(({ name }) => name))
  vendor: string;

  @Setting({ env: 'PSA_POLL_MS', default: 1_000, description: 'How often changes are looked for, in ms.' })
  @IsInt()
  @Min(50)
  pollMs: number;

  @Setting({
    env: 'PSA_OVERLAP_MS',
    default: 15_000,
    description: 'How far back each look begins before the last one, for what the PSA shows late, in ms.',
  })
  @IsInt()
  @Min(0)
  overlapMs: number;

  @Setting({
    env: 'PSA_SWEEP_MS',
    default: 900_000,
    description: 'How often everything is compared, in ms: finds what the change feed missed, what was deleted, and what was made twice long ago.',
  })
  @IsInt()
  @Min(1_000)
  sweepMs: number;

  @Setting({
    env: 'PSA_TIME_SWEEP_MS',
    default: 3_600_000,
    description:
      'How often the time and expenses of the newest days are compared with the PSA, in ms: finds what the change feed missed and what was deleted.',
  })
  @IsInt()
  @Min(1_000)
  timeSweepMs: number;

  @Setting({
    env: 'PSA_TIME_SWEEP_DAYS',
    default: 120,
    description:
      'How many days back that goes, and how far back time and expenses are read at first. What is older is followed by the change feed alone.',
  })
  @IsInt()
  @Min(1)
  timeSweepDays: number;

  @Setting({
    env: 'PSA_READER_LEASE_MS',
    default: 15_000,
    description: 'After how long another process goes on reading time and expenses when the one that read them died, in ms.',
  })
  @IsInt()
  @Min(500)
  readerLeaseMs: number;
}
