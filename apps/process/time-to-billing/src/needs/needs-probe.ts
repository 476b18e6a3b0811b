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
/** While nothing happens at all. */
const QUIET_MS = 60_000;

// One line of each need, after the one that was looked at last, so that many needs all get their turn.
const SAMPLES = `
  select distinct on (n.need) n.need, l.id, l.kind, l.entry
  from (${unmetNeeds(`'time-to-billing'`, `'check'`)}) n join billing.line l on l.id = n.subject and l.exception_id = n.id
  where n.need > $1 and not starts_with(n.need, $3)
  order by n.need, n.opened_at limit $2`;

/**
 * Asks now and then whether what lines lack is still lacking: what arrived while its line was being checked had nobody to release, and
 * some things arrive with no event. Events are the quick way; this is the net under them, as a sweep is under a feed.
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
      work: () => this.#some(),
      // What happened anywhere may have brought what a line lacks.
      topics: [topicOf('*')],
      pace: { leastMs: config.probeMs, firstMs: config.probeMs, mostMs: Math.max(config.probeMs, QUIET_MS) },
    });
  }

  async #some(): Promise<Next> {
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
