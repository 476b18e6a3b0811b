import { canonicalJson, nounOf, Problem, type Effect, type ExternalRef, type FinancialProject, type Milestone, type Money } from '#canonical';
import type { FeedPage, Outcome, Plan, SweepPage } from '#capture';
import { lengthFaults, refusedTogether, type TextFields } from '#connector';
import type { FinancialProjectInErp } from '../../../projects/financial-project-in-erp.js';
import {
  recordsOf,
  scheduleIdOf,
  type CurrentRecords,
  type ProjectRecord,
  type ScheduleRecord,
  type TaskRecord,
} from '../../../projects/project-records.js';
import { projectChanges, projectInErp, recordsAfter, type Change, type ErpOrder } from '../../../projects/project.rules.js';
import type { FinancialProjects } from '../../port/projects.port.js';
import type { NetsuiteApi } from '../netsuite.api.js';
import { NetsuiteChanges, singly, type Followed } from '../netsuite-changes.js';
import type { Codes, NetsuiteReferences } from '../netsuite.references.js';
import { leftOver, milestoneAmountsOf, MILESTONE_WORDS, type MilestoneAmounts } from './milestones.js';
import {
  jobBody,
  milestoneLines,
  projectOf,
  scheduleBody,
  scheduleOf,
  taskBody,
  taskOf,
  type BillingTypeIds,
  type ProjectIds,
  type ProjectSettings,
} from './projects.mapper.js';
import { readBillingSchedule, readJob, readProjectTask, type NetsuiteBillingSchedule, type NetsuiteJob } from './projects.wire.js';

/**
 * A Fixed Bid, Milestone schedule is created within its project. Although it names the project, it
 * is attached by a later edit of the project (NetSuite's help, "Adding a Fixed Bid Milestone
 * Billing Schedule"). The other types may be created before.
 */
const ORDER: ErpOrder = { scheduleNeedsProject: ({ type }) => type === 'fixed-milestone' };

interface CurrentProject extends CurrentRecords {
  scheduleAsItCame: NetsuiteBillingSchedule | null;
  refs: ExternalRef[];
}

/** Projects in NetSuite: a job, its billing schedule and its project tasks. */
export class NetsuiteProjects implements FinancialProjects {
  readonly #changes: NetsuiteChanges<FinancialProjectInErp>;

  constructor(
    private readonly api: NetsuiteApi,
    private readonly references: NetsuiteReferences,
    private readonly types: BillingTypeIds,
    private readonly settings: ProjectSettings & {
      account: string;
      appUrl: string;
      milestoneAmounts: MilestoneAmounts;
      fieldLengths: string[];
      texts: TextFields;
    },
  ) {
    this.#changes = new NetsuiteChanges(api, followed(this));
  }

  async plan(desired: FinancialProject): Promise<Plan<FinancialProjectInErp>> {
    const held = await this.#held(desired.id, desired);
    const changes = projectChanges(recordsOf(desired), held, ORDER);
    const effects = changes.map((change): Effect => ({ system: 'erp', account: this.settings.account, ...change }));
    // Missing references are refused now, not in the middle of the writes.
    const project = changes.findLast(({ noun, operation }) => noun === 'financial-project' && operation !== 'archive')?.after;
    await refusedTogether(
      [this.#refuseSchedule(changes, held, desired), project ? this.#ids(as<ProjectRecord>(project)) : Promise.resolve()],
      lengthFaults('NetSuite', this.settings.texts, this.settings.fieldLengths, this.#texts(changes, desired)),
    );
    return { effects, apply: () => this.#apply(desired, held, effects) };
  }

  async get(id: string): Promise<FinancialProjectInErp | null> {
    const held = await this.#held(id);
    return projectInErp(held, held.refs);
  }

  changed(since: string | null): AsyncIterable<FeedPage<FinancialProjectInErp>> {
    return this.#changes.since(since);
  }

  all(): AsyncIterable<SweepPage<FinancialProjectInErp>> {
    return this.#changes.all();
  }

  async #apply(desired: FinancialProject, held: CurrentProject, effects: Effect[]): Promise<Outcome<FinancialProjectInErp>> {
    const nativeIds = new Map<string, string>();
    for (const effect of effects) nativeIds.set(effect.noun, await this.#write(effect, desired));
    const records = recordsAfter(held, effects);
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
        const schedule = as<ScheduleRecord>(after);
        const body = scheduleBody(schedule, before && as<ScheduleRecord>(before), desired, this.types, this.settings.milestoneAmounts);
        const id = await this.api.upsert('billingSchedule', externalId, body, 'milestone' in body ? ['milestone'] : []);
        if ('milestone' in body) await this.#checkSchedule(schedule, desired);
        return id;
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

  /** The texts that the changes write: tasks and milestones at the positions as given. */
  #texts(changes: Change[], desired: FinancialProject): object {
    // A record may be written twice: made, and then attached.
    const written = <T>(wanted: string, body: (after: T, before: T | null) => object, id?: string): object =>
      Object.assign(
        {},
        ...changes
          .filter(({ noun, externalId, after }) => noun === wanted && after && (id === undefined || externalId === id))
          .map(({ after, before }) => body(as<T>(after), as<T | null>(before))),
      ) as object;
    const { milestones } = desired.billingSchedule;
    return {
      job: written<ProjectRecord>('financial-project', (after, before) => jobBody(after, before, {}, this.settings, this.types)),
      billingSchedule: written<ScheduleRecord>('billing-schedule', (after, before) =>
        scheduleBody(after.milestones.length === 0 ? after : { ...after, milestones }, before, desired, this.types, 'amount'),
      ),
      projectTask: desired.tasks.map(({ id }) =>
        written<TaskRecord>('financial-task', (after, before) => taskBody(after, before, this.settings), id),
      ),
    };
  }

  /**
   * Refuses, before anything is written, milestones that can't be sent, and an existing schedule
   * that would be billed in other parts than wanted. Milestones in other units than ours, as an
   * earlier version may have written them, are left as they are, and finance is told which ones.
   */
  async #refuseSchedule(changes: Change[], { scheduleAsItCame: there, project }: CurrentProject, { price, status }: FinancialProject): Promise<void> {
    const { milestoneAmounts } = this.settings;
    const change = changes.find(({ noun }) => noun === 'billing-schedule');
    const [before, after] = [change?.before, change?.after].map(record => (record ? as<ScheduleRecord>(record).milestones : []));
    const differs = canonicalJson(before) !== canonicalJson(after);
    if (differs) milestoneLines(after, price, milestoneAmounts);
    if (!there || there.milestone.length === 0 || status === 'archived') return;
    const holds = milestoneAmountsOf(there, numberOf(project?.price ?? price), milestoneAmounts);
    const name = `The billing schedule ${there.externalId} in NetSuite`;
    if (differs && holds !== milestoneAmounts)
      throw refusedSchedule(
        'schedule-units',
        `${name} holds its milestones as ${MILESTONE_WORDS[holds]}, NETSUITE_MILESTONE_AMOUNTS says ${MILESTONE_WORDS[milestoneAmounts]}; it was left as it is`,
      );
    if (!differs && there.initialAmountPercent)
      throw refusedSchedule(
        'schedule-left-over',
        `${name}, read as ${MILESTONE_WORDS[holds]}, leaves ${there.initialAmountPercent} % of the project's amount to be billed at once; it was left as it is`,
      );
  }

  /** Reads back: each milestone gives its amount, and nothing is left to be billed at once. */
  async #checkSchedule({ id, milestones }: ScheduleRecord, { currency, price }: FinancialProject): Promise<void> {
    const { milestoneAmounts } = this.settings;
    const there = readBillingSchedule(await this.api.get('billingSchedule', `eid:${id}`));
    const left = leftOver(there, numberOf(price), milestoneAmounts);
    const told = (some: Milestone[]) => some.map(({ amount }) => amount.amount).join(', ');
    const read = told(scheduleOf(there, { currency, price, milestoneAmounts }, this.types).milestones);
    if (left === 0 && read === told(milestones)) return;
    throw refusedSchedule(
      'schedule-differs',
      `The billing schedule ${id} in NetSuite, read back as ${MILESTONE_WORDS[milestoneAmounts]}, has milestones of ${read} for ${told(milestones)} ${currency}, and leaves ${left} % of the project's amount to be billed at once; vendor:check says whether NETSUITE_MILESTONE_AMOUNTS fits the account`,
    );
  }

  async #ids(project: ProjectRecord): Promise<ProjectIds> {
    const { dimensions, currency } = project;
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

  async #held(id: string, wanted?: FinancialProject): Promise<CurrentProject> {
    const [jobJson, scheduleJson] = await Promise.all([this.api.get('job', `eid:${id}`), this.api.get('billingSchedule', `eid:${scheduleIdOf(id)}`)]);
    const schedule = scheduleJson === null ? null : readBillingSchedule(scheduleJson);
    const job = jobJson === null ? null : readJob(jobJson, this.settings);
    const attached = job?.billingSchedule && schedule?.id === job.billingSchedule.id ? schedule.externalId : job?.billingSchedule?.id;
    const project = job && projectOf(withSchedule(job, attached), await this.#codes(job), this.types, this.settings.closedStatus);
    return {
      project,
      schedule: schedule && this.#scheduleOf(schedule, project, wanted),
      scheduleAsItCame: schedule,
      tasks: job ? await this.#tasks(job.id, id) : [],
      refs: [...(job ? [this.#ref('job', job.id)] : []), ...(schedule ? [this.#ref('billingSchedule', schedule.id)] : [])],
    };
  }

  /**
   * Percentages refer to the project's amount, current or wanted. Percentages that give the wanted
   * amounts are right, even while the project's amount is still to be written.
   */
  #scheduleOf(schedule: NetsuiteBillingSchedule, project: ProjectRecord | null, wanted: FinancialProject | undefined): ScheduleRecord {
    const read = ({ currency = '', price }: { currency?: string; price?: Money }) =>
      scheduleOf(schedule, { currency, price, milestoneAmounts: this.settings.milestoneAmounts }, this.types);
    if (!wanted || !project) return read(project ?? wanted ?? {});
    const asWanted = read(wanted);
    return canonicalJson(asWanted.milestones) === canonicalJson(recordsOf(wanted).schedule.milestones) ? asWanted : read(project);
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

const numberOf = (price: Money | undefined): number | undefined => price && Number(price.amount);

const refusedSchedule = (code: string, message: string): Problem =>
  new Problem('unprocessable', `${message}.`, { code, fields: [{ field: 'billingSchedule.milestones', rule: code, message }] });

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

/** Projects with our ids; read again when their customer changes: it may have got our id. */
const followed = (projects: NetsuiteProjects): Followed<FinancialProjectInErp> => ({
  name: 'jobs',
  from: 'job r LEFT JOIN customer c ON c.id = r.parent',
  where: 'r.externalid IS NOT NULL',
  changed: 'GREATEST(r.lastmodifieddate, NVL(c.lastmodifieddate, r.lastmodifieddate))',
  ...singly({
    // Only rows with an external id were requested, so one that shows none may be ours.
    idOf: ({ externalid }) => (externalid === undefined || nounOf(externalid) === 'project' ? externalid : null),
    get: id => projects.get(id),
  }),
});
