import { Problem } from '#canonical';
import { checkResult, type CheckResult } from '#connector';
import type { CostRateRow } from './cost-rates/cost-rates.wire.js';
import type { WorkdayConfig } from './workday.config.js';
import type { GetWorkersAnswer, WorkdayWorker } from './workers/workers.wire.js';

interface Reads {
  /** A page of workers as of today, with everything that we ask for. */
  workers(): Promise<GetWorkersAnswer>;
  costRates: (() => Promise<CostRateRow[]>) | null;
}

interface Need {
  what: string;
  present: (worker: WorkdayWorker) => boolean;
  mend: string;
}

/**
 * Workday silently omits what the user's security group has no right to. So a part that no worker
 * has counts as a missing right.
 */
const needs = (config: WorkdayConfig): Need[] => [
  { what: 'names', present: worker => worker.name !== undefined, mend: "the domain 'Worker Data: Public Worker Reports' or 'Person Data: Name'" },
  { what: 'work e-mail addresses', present: worker => worker.workEmail !== undefined, mend: "the domain 'Person Data: Work Email'" },
  { what: 'hire and termination dates, leave', present: worker => worker.hireDate !== undefined, mend: "the domain 'Worker Data: Employment Data'" },
  {
    what: 'job profiles (the roles)',
    present: worker => worker.jobProfileId !== undefined,
    mend: "the domain 'Worker Data: Current Staffing Information'",
  },
  {
    what: 'countries of their locations',
    present: worker => worker.country !== undefined,
    mend: "the domain 'Worker Data: Current Staffing Information', or the locations no address; until then public holidays count as working days",
  },
  {
    what: 'shares of full time',
    present: worker => worker.fullTimeShare !== undefined,
    mend: "the domain 'Worker Data: Current Staffing Information'; until then everybody counts as full-time",
  },
  {
    what: 'legal entities',
    present: has(config.companyType),
    mend: `the domain 'Worker Data: Organization Information', or set WORKDAY_COMPANY_TYPE (now ${config.companyType})`,
  },
  {
    what: 'cost centres',
    present: has(config.costCentreType),
    mend: `the domain 'Worker Data: Organization Information', or set WORKDAY_COST_CENTRE_TYPE (now ${config.costCentreType})`,
  },
  {
    what: 'managers',
    present: worker => worker.managerId !== undefined,
    mend: "the domain 'Worker Data: Organization Information', or set WORKDAY_MANAGER",
  },
  { what: 'skills', present: worker => worker.skills.length > 0, mend: "the domain 'Worker Data: Skills'" },
  {
    what: 'the transaction log',
    present: worker => worker.effectiveDays.length > 0,
    mend: "the domain 'Worker Data: Workers' with the transaction log",
  },
  ...config.extensions.map(entry => ({
    what: `extension ${entry}`,
    present: has(entry.split('=')[1]),
    mend: 'organisations of that type, or change WORKDAY_EXTENSIONS',
  })),
];

const has = (type: string) => (worker: WorkdayWorker) => worker.organizations.some(organization => organization.type === type);

/** Logs in and reads a page of each thing; says in plain words what a person has to fix. */
export async function checkTenant(config: WorkdayConfig, reads: Reads): Promise<CheckResult[]> {
  let workers: WorkdayWorker[] = [];
  const read = await checkResult(
    'logs in and runs Get_Workers',
    async () => `${({ workers } = await reads.workers()).totalResults} workers as of today`,
    told,
  );
  const parts = read.ok ? needs(config).map(need => findingOf(need, workers)) : [];
  const { costRates } = reads;
  if (!costRates) return [read, ...parts, { what: 'cost rates', ok: true, say: 'not read: WORKDAY_COST_RATE_REPORT is none' }];
  let rows: CostRateRow[] | undefined;
  const report = await checkResult(`reads the report ${config.costRateReport}`, async () => `${(rows = await costRates()).length} cost rates`, told);
  return [read, ...parts, emptyReport(rows) ?? report];
}

function findingOf({ what, present, mend }: Need, workers: WorkdayWorker[]): CheckResult {
  const count = workers.filter(present).length;
  if (count > 0) return { what, ok: true, say: `${count} of ${workers.length} workers show them` };
  return { what, ok: false, say: `none of ${workers.length} workers shows them; the integration user's security group needs Get on ${mend}` };
}

const emptyReport = (rows: CostRateRow[] | undefined): CheckResult | undefined =>
  rows?.length === 0
    ? { what: 'cost rates', ok: false, say: 'the report has no rows; its data source or filter leaves out what the integration user may see' }
    : undefined;

function told(error: unknown): string {
  if (error instanceof Problem) return error.detail;
  throw error;
}
