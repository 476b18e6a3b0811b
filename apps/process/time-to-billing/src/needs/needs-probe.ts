import { Injectable } from '@nestjs/common';
import { topicOf } from '#events';
import { ExceptionDesk, unmetNeeds } from '#exceptions';
import { type JobLoop, LoopProvider, type Next } from '#jobs';
import { Database, inTransaction, RELEASE } from '#persistence';
import { Assessor } from '../assessment/assessor.js';
import type { Line } from '../lines/line.js';
import { jobLoop } from '../jobs/job-loop.js';
import { needs } from '../needs.js';
import { TimeToBillingConfig } from '../time-to-billing.config.js';

interface Sample {
  need: string;
  id: string;
  kind: Line['kind'];
  entry: Line['entry'];
}

const AT_ONCE = 200;
/** The pace while nothing happens at all. */
const QUIET_MS = 60_000;

// One line of each need, starting after the need that was probed last, so that each need gets its
// turn.
const SAMPLES = `
  select distinct on (n.need) n.need, l.id, l.kind, l.entry
  from (${unmetNeeds(`'time-to-billing'`, `'check'`)}) n join billing.line l on l.id = n.subject and l.exception_id = n.id
  where n.need > $1 and not starts_with(n.need, $3)
  order by n.need, n.opened_at limit $2`;

/**
 * Checks now and then whether what lines need is still missing. What arrived while its line was
 * being assessed released nobody, and some things arrive without an event. Events are the fast way;
 * this is the safety net, as a sweep is for a feed.
 */
@Injectable()
export class NeedsProbe extends LoopProvider {
  protected readonly loop: JobLoop;
  #after = '';

  constructor(
    private readonly dataSource: Database,
    private readonly desk: ExceptionDesk,
    private readonly assessor: Assessor,
    config: TimeToBillingConfig,
  ) {
    super();
    this.loop = jobLoop({
      dataSource,
      leaseMs: config.leaseMs,
      name: 'needs',
      work: () => this.#probeDue(),
      // Any event may have brought what a line needs.
      topics: [topicOf('*')],
      pace: { leastMs: config.probeMs, firstMs: config.probeMs, mostMs: Math.max(config.probeMs, QUIET_MS) },
    });
  }

  async #probeDue(): Promise<Next> {
    const samples = await this.dataSource.query<Sample[]>(SAMPLES, [this.#after, AT_ONCE, needs.release(RELEASE, '')]);
    this.#after = samples.length < AT_ONCE ? '' : samples.at(-1)!.need;
    if (samples.length === 0) return false;
    const lines = [...new Map(samples.map(sample => [sample.id, sample])).values()];
    const assessments = await this.assessor.assess(lines.map(({ id, kind, entry }) => ({ id, kind, entry, counted: true })));
    const met = samples.filter(({ need, id }) => {
      const assessment = assessments.get(id)!;
      return 'priced' in assessment || !assessment.faults.some(fault => fault.need === need);
    });
    if (met.length > 0) await inTransaction(this.dataSource, em => this.desk.satisfy(em, met.map(({ need }) => need).sort()));
    return this.#after !== '';
  }
}
