import { IsIn, IsInt, Min } from 'class-validator';
import { Setting } from '#service';
import { vendors } from './vendors/index.js';

const names = vendors.map(vendor => vendor.name);

export class CrmConfig {
  @Setting({ env: 'CRM_VENDOR', default: names[0], description: `Which CRM it is: ${names.join(', ')}.` })
  @IsIn(names)
  vendor: string;

  @Setting({ env: 'CRM_POLL_MS', default: 1_000, description: 'How often changed deals and customers are looked for, in ms.' })
  @IsInt()
  @Min(50)
  pollMs: number;

  @Setting({
    env: 'CRM_OVERLAP_MS',
    default: 10_000,
    description: 'How far back each look begins before the newest change seen, in ms: the CRM may show a change some seconds late.',
  })
  @IsInt()
  @Min(0)
  overlapMs: number;

  @Setting({
    env: 'CRM_RATE_CARD_POLL_MS',
    default: 60_000,
    description: 'How often all rate cards are read, in ms: one call or a few, since a changed rate leaves no trace on its card.',
  })
  @IsInt()
  @Min(50)
  rateCardPollMs: number;

  @Setting({ env: 'CRM_SWEEP_MS', default: 3_600_000, description: 'How often everything is read, in ms, to find what was deleted or missed.' })
  @IsInt()
  @Min(1_000)
  sweepMs: number;
}
