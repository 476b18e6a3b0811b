import { IsIn, IsNumber, Max, Min } from 'class-validator';
import { Setting } from '#service';
import { OFF_CARD } from './sold-rates/sold-rates.rules.js';

/** Settings of project initiation. */
export class ProjectInitiationConfig {
  @Setting({
    env: 'PROJECT_INITIATION_CLOCK_MS',
    default: 900_000,
    description: 'A deal whose project is not running after this long is an exception although nothing failed.',
  })
  clockMs: number;
  @Setting({ env: 'PROJECT_INITIATION_DUE_MS', default: 28_800_000, description: 'How long a desk has to decide an exception.' }) dueMs: number;
  @Setting({
    env: 'PROJECT_INITIATION_PROBE_MS',
    default: 60_000,
    description: 'How often one of the deals that wait for a back end tries whether it is back.',
  })
  probeMs: number;
  @Setting({
    env: 'PROJECT_INITIATION_SOLD_RATE',
    default: 'refuse',
    description: `What a sold rate is that is not the rate card's: one of ${OFF_CARD.join(', ')}. refuse: it is corrected in the CRM. ask: somebody says whether it holds.`,
  })
  @IsIn(OFF_CARD)
  soldRate: (typeof OFF_CARD)[number];
  @Setting({
    env: 'PROJECT_INITIATION_SOLD_RATE_ASKED_ABOVE',
    default: 0,
    description: "With ask: how far off the card's rate a sold rate may be without a question, in percent of the card's.",
  })
  @IsNumber()
  @Min(0)
  @Max(1000)
  soldRateAskedAbove: number;
  @Setting({ env: 'PROJECT_INITIATION_PLAN_DAYS', default: 90, description: 'How long plans that were not applied are kept, in days.' })
  planDays: number;
}
