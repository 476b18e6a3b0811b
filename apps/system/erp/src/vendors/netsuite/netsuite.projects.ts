import { Problem, type Effect, type ExternalRef, type FinancialProject } from '#canonical';
import type { Outcome, Plan } from '#capture';
import { refusedTogether } from '#connector';
import type { FinancialProjectInErp } from '../../projects/financial-project-in-erp.js';
import {
  recordsOf,
  scheduleIdOf,
  type CurrentRecords,
  type ProjectRecord,
  type ScheduleRecord,
  type TaskRecord,
} from '../../projects/project-records.js';
import { projectChanges, projectInErp, type Change, type ErpOrder } from '../../projects/project.rules.js';
import type { NetsuiteApi } from './netsuite.api.js';
import {
  jobBody,
  projectOf,
  scheduleBody,
  scheduleOf,
  taskBody,
  taskOf,
  type BillingTypeIds,
  type Codes,
  type ProjectIds,
  type ProjectSettings,
} from './netsuite.mapper.js';
import type { NetsuiteReferences } from './netsuite.references.js';
import { readBillingSchedule, readJob, readProjectTask, type NetsuiteJob } from './netsuite.wire.js';

/**
 * A Fixed Bid, Milestone schedule is made within its project and, though it names the project, attached to it by a later edit of the
 * project (NetSuite's help, "Adding a Fixed Bid Milestone Billing Schedule"). The other types may be made before.
 */
const ORDER: ErpOrder = { scheduleNeedsProject: ({ type }) => type === 'fixed-milestone' };

interface Held extends CurrentRecords {
  refs: ExternalRef[];
}

/** Projects in NetSuite: a job, its billing schedule and its project tasks. */
export class NetsuiteProjects {
  constructor(
    private readonly api: NetsuiteApi,
    private readonly references: NetsuiteReferences,
    private readonly types: BillingTypeIds,
    private readonly settings: ProjectSettings & { account: string; appUrl: string },
  ) {}

  async plan(desired: FinancialProject): Promise<Plan<FinancialProjectInErp>> {
    const held = await this.#held(desired.id, desired.currency);
    const changes = projectChanges(recordsOf(desired), held, ORDER);
    const effects = changes.map((change): Effect => ({ system: 'erp', account: this.settings.account, ...change }));
    // What can't be referred to is refused now, not in the middle of the writes.
    const project = changes.findLast(({ noun, operation }) => noun === 'financial-project' && operation !== 'archive')?.after;
    if (project) await this.#ids(as<ProjectRecord>(project));
    return { effects, apply: () => this.#apply(desired, held, effects) };
  }

  async read(id: string): Promise<FinancialProjectInErp | null> {
    const held = await this.#held(id);
    return projectInErp(held, held.refs);
  }

  async #apply(desired: FinancialProject, held: Held, effects: Effect[]): Promise<Outcome<FinancialProjectInErp>> {
    const nativeIds = new Map<string, string>();
    for (const effect of effects) nativeIds.set(effect.noun, await this.#write(effect, desired));
    const records = applied(held, effects);
    const refs = [
      ...(nativeIds.has('financial-project')
        ? [this.#ref('job', nativeIds.get('financial-project')!)]
        : held.refs.filter(({ type }) => type === 'job')),
      ...(nativeIds.has('billing-schedule')
        ? [this.#ref('billingSchedule', nativeIds.get('billing-schedule')!)]
        : held.refs.filter(({ type }) => type === 'billingSchedule')),
    ];
    const state = projectInErp(records, refs);
    return { effects, refs: state ? refs : [], state };
  }

  async #write({ noun, externalId, before, after }: Change, desired: FinancialProject): Promise<string> {
    switch (noun) {
      case 'financial-project': {
        const project = as<ProjectRecord>(after);
        return this.api.upsert(
          'job',
          externalId,
          jobBody(project, before && as<ProjectRecord>(before), await this.#ids(project), this.settings, this.types),
        );
      }
      case 'billing-schedule': {
        const body = scheduleBody(as<ScheduleRecord>(after), before && as<ScheduleRecord>(before), desired, this.types);
        return this.api.upsert('billingSchedule', externalId, body, 'milestone' in body ? ['milestone'] : []);
      }
      case 'financial-task': {
        if (after)
          return this.api.upsert('projectTask', externalId, taskBody(as<TaskRecord>(after), before && as<TaskRecord>(before), this.settings));
        await this.api.delete('projectTask', externalId);
        return externalId;
      }
      default:
        throw new Problem('internal', `NetSuite has no ${noun}`);
    }
  }

  async #ids({ dimensions, currency }: ProjectRecord): Promise<ProjectIds> {
    const { legalEntity, costCentre, taxCode } = dimensions;
    const id = async (kind: Parameters<NetsuiteReferences['idOf']>[0], code: string | undefined, field: string) =>
      code === undefined ? undefined : this.references.idOf(kind, code, field);
    const [subsidiary, department, taxItem, currencyId] = await refusedTogether([
      id('legal-entity', legalEntity, 'dimensions.legalEntity'),
      id('cost-centre', costCentre, 'dimensions.costCentre'),
      id('tax-code', taxCode, 'dimensions.taxCode'),
      id('currency', currency, 'currency'),
    ]);
    return { subsidiary, department, taxItem, currency: currencyId };
  }

  /** What is there. A schedule's currency is its project's, or the wanted one's while there is no project. */
  async #held(id: string, wantedCurrency = ''): Promise<Held> {
    const [jobJson, scheduleJson] = await Promise.all([this.api.get('job', `eid:${id}`), this.api.get('billingSchedule', `eid:${scheduleIdOf(id)}`)]);
    const schedule = scheduleJson === null ? null : readBillingSchedule(scheduleJson);
    const job = jobJson === null ? null : readJob(jobJson, this.settings);
    const attached = job?.billingSchedule && schedule?.id === job.billingSchedule.id ? schedule.externalId : job?.billingSchedule?.id;
    const project = job && projectOf(withSchedule(job, attached), await this.#codes(job), this.types, this.settings.closedStatus);
    return {
      project,
      schedule: schedule && scheduleOf(schedule, project?.currency ?? wantedCurrency, this.types),
      tasks: job ? await this.#tasks(job.id, id) : [],
      refs: [...(job ? [this.#ref('job', job.id)] : []), ...(schedule ? [this.#ref('billingSchedule', schedule.id)] : [])],
    };
  }

  #codes(job: NetsuiteJob): Promise<Codes> {
    return this.references.codes(
      { 'legal-entity': job.subsidiary, 'cost-centre': job.costCentre, 'tax-code': job.taxCode, currency: job.currency },
      job.parent,
    );
  }

  /** Those that bear our ids. SuiteQL shows few of a task's fields, so each is read. */
  async #tasks(jobId: string, projectId: string): Promise<TaskRecord[]> {
    const rows = await this.api.rows('query-project-tasks', `SELECT id FROM projecttask WHERE project = ${Number(jobId)} ORDER BY id`);
    const read = await Promise.all(rows.flatMap(({ id }) => (id ? [this.api.get('projectTask', id)] : [])));
    return read
      .filter(json => json !== null)
      .map(json => readProjectTask(json, this.settings))
      .filter(({ externalId }) => externalId !== undefined)
      .map(task => taskOf(task, { ...NO_CODES, project: () => projectId }));
  }

  #ref(type: 'job' | 'billingSchedule', nativeId: string): ExternalRef {
    const { account, appUrl } = this.settings;
    const page = type === 'job' ? 'accounting/project/project.nl' : 'accounting/otherlists/billingschedule.nl';
    return { system: 'netsuite', account, type, nativeId, url: `${appUrl}/app/${page}?id=${nativeId}` };
  }
}

/** The record of an effect, as the rules put it there. */
const as = <T>(record: Record<string, unknown> | null): T => record as T;

const withSchedule = (job: NetsuiteJob, externalId: string | undefined): NetsuiteJob =>
  job.billingSchedule && externalId !== undefined ? { ...job, billingSchedule: { ...job.billingSchedule, externalId } } : job;

const nothing = () => undefined;
const NO_CODES: Codes = {
  legalEntity: nothing,
  costCentre: nothing,
  taxCode: nothing,
  terms: nothing,
  currency: nothing,
  customer: nothing,
  schedule: nothing,
  project: nothing,
};

/** The records once the changes are made. */
function applied(current: CurrentRecords, changes: Change[]): CurrentRecords {
  const last = <T>(noun: string): T | undefined => changes.findLast(change => change.noun === noun)?.after as T | undefined;
  const tasks = new Map(current.tasks.map(task => [task.id, task]));
  for (const { noun, externalId, after } of changes) {
    if (noun !== 'financial-task') continue;
    if (after) tasks.set(externalId, as<TaskRecord>(after));
    else tasks.delete(externalId);
  }
  return {
    project: last<ProjectRecord>('financial-project') ?? current.project,
    schedule: last<ScheduleRecord>('billing-schedule') ?? current.schedule,
    tasks: [...tasks.values()],
  };
}
