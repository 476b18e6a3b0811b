import { Problem } from '#canonical';
import { Readable, rowName, type SweepPage, type Unreadable } from '#capture';
import { basic, Connector, inParallel, none, Paging, QuotaGate, type Finding, type VendorClock } from '#connector';
import type { WorkerHistory } from '../../workers/worker-record.js';
import type { HcmAbility } from '#apis/hcm';
import type { HcmVendor, HcmVendorDefinition } from '../hcm-vendor.js';
import { checkTenant } from './workday.check.js';
import { workdayCodes } from './workday.codes.js';
import { WorkdayConfig } from './workday.config.js';
import { historyOf, workerIdOf, type OrganizationTypes, type Snapshot } from './workday.mapper.js';
import { readingDays, spansOf, type Span } from './workday.timeline.js';
import {
  getWorkersEnvelope,
  readCostRates,
  readGetWorkers,
  unfit,
  type CostRateRow,
  type GetWorkersAnswer,
  type GetWorkersRequest,
  type Group,
  type WorkdayWorker,
} from './workday.wire.js';

export const workday: HcmVendorDefinition<WorkdayConfig> = {
  name: 'workday',
  config: WorkdayConfig,
  connect: ({ config, dataSource, metrics, history, now = () => new Date() }) => {
    const { baseUrl, tenant } = config;
    const gate = new QuotaGate({ dataSource, vendor: 'workday', account: tenant, limit: config.concurrency });
    const common = {
      vendor: 'workday',
      account: tenant,
      baseUrl,
      concurrency: config.concurrency,
      timeoutMs: config.timeoutMs,
      dataSource,
      metrics,
      codes: workdayCodes,
      gate,
    };
    const soap = new Connector({ ...common, auth: none([config.password]) });
    const reports = new Connector({ ...common, auth: basic(userOf(config), config.password) });
    return new Workday(config, soap, reports, history.years, now);
  },
};

const userOf = ({ username }: WorkdayConfig): string => username.split('@')[0];

/** What a snapshot of a worker is made of. */
const PARTS: Group[] = [
  'Include_Reference',
  'Include_Personal_Information',
  'Include_Employment_Information',
  'Include_Organizations',
  'Include_Skills',
];
const LOG: Group[] = ['Include_Reference', 'Include_Transaction_Log_Data'];

const CHUNK = 500;
const REPORT_WORKERS = 50;
const FAR_YEARS = 10;
/** The cursor of a first reading that isn't complete: it begins again. */
const INCOMPLETE = 'incomplete';

type Query = Pick<GetWorkersRequest, 'workers' | 'log' | 'asOfDate' | 'groups'>;

/**
 * A tenant read by Get_Workers and a report. The transaction log tells on which days something about a worker takes effect; the history
 * is put together from one read between any two of them, today's and a far day's before others. All are of one moment of entry, so that
 * they fit. What the log doesn't tell shows in what holds today.
 */
class Workday implements HcmVendor {
  readonly account: string;
  readonly abilities: HcmAbility[];
  readonly #types: OrganizationTypes;
  readonly #snapshot: Group[];
  /** Log entries of the last reading, which an overlapping one shows again. */
  #taken: ReadonlySet<string> = new Set();

  constructor(
    private readonly config: WorkdayConfig,
    private readonly soap: Connector,
    private readonly reports: Connector,
    private readonly historyYears: number,
    private readonly now: () => Date,
  ) {
    this.account = config.tenant;
    this.abilities = config.costRateReport === 'none' ? [] : ['cost-rates'];
    this.#snapshot = config.manager === 'management-chain' ? [...PARTS, 'Include_Management_Chain_Data'] : PARTS;
    this.#types = {
      legalEntity: config.companyType,
      costCentre: config.costCentreType,
      extensions: Object.fromEntries(config.extensions.map(entry => entry.split('='))) as Record<string, string>,
    };
  }

  get clock(): VendorClock {
    return this.soap.clock;
  }

  async *all(): AsyncIterable<SweepPage<WorkerHistory>> {
    yield* chunks(await this.#everybody(this.now()));
  }

  async *changed(since: string | null): AsyncIterable<SweepPage<WorkerHistory> & { cursor: string }> {
    const moment = this.now();
    if (since === null || since === INCOMPLETE) {
      const pages = [...chunks(await this.#everybody(moment))];
      const cursor = this.#readTo(moment);
      for (const [index, page] of pages.entries()) yield { ...page, cursor: index === pages.length - 1 ? cursor : INCOMPLETE };
      if (pages.length === 0) yield { items: [], cursor };
      return;
    }
    // Our clock fell back behind what was read: nothing to ask for until it has caught up.
    if (moment.toISOString() <= since) return yield { items: [], cursor: since };
    const { wids, entries, unnamed } = await this.#touched(since, moment);
    const { items, unreadable } = wids.length === 0 ? new Readable<WorkerHistory>() : await this.#histories(wids, moment);
    yield { items, unreadable: [...unreadable, ...unnamed], cursor: this.#readTo(moment) };
    this.#taken = new Set(entries); // the page was taken, else nobody would ask for the next
  }

  /**
   * Up to when a reading as of `moment` shows all that was entered. Entries are stamped by Workday's clock: one made after the reading
   * lies before the moment while that clock is behind, which the reading itself may have taught us.
   */
  #readTo(moment: Date): string {
    return new Date(moment.getTime() + this.clock.behindMs).toISOString();
  }

  check(): Promise<Finding[]> {
    const { costRateReport } = this.config;
    return checkTenant(this.config, {
      workers: () => this.#page({ asOfDate: dayOf(this.now()), groups: [...this.#snapshot, 'Include_Transaction_Log_Data'] }, this.now(), 1, 20),
      costRates: costRateReport === 'none' ? null : async () => each(await this.#report({})),
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.soap.close(), this.reports.close()]);
  }

  async #everybody(moment: Date): Promise<Readable<WorkerHistory>> {
    const days = daysOf(moment, this.historyYears);
    const present = await this.#read({ asOfDate: days.today, groups: this.#snapshot }, moment);
    const future = await this.#read({ asOfDate: days.far, groups: this.#snapshot }, moment);
    const logged = await this.#read({ log: { effectiveFrom: days.start }, asOfDate: days.far, groups: LOG }, moment);
    return this.#compose(days, present, future, logged, await this.#report({}), moment);
  }

  async #histories(wids: string[], moment: Date): Promise<Readable<WorkerHistory>> {
    const days = daysOf(moment, this.historyYears);
    const present = await this.#readThese(wids, { asOfDate: days.today, groups: this.#snapshot }, moment);
    const future = await this.#readThese(wids, { asOfDate: days.far, groups: [...this.#snapshot, 'Include_Transaction_Log_Data'] }, moment);
    return this.#compose(days, present, future, future, await this.#ratesOf(future.map(worker => worker.employeeId)), moment);
  }

  /** Who was entered about since, or whose changes took effect on a day that came since; yesterday's too, for last days of employment. */
  async #touched(since: string, moment: Date): Promise<{ wids: string[]; entries: string[]; unnamed: Unreadable[] }> {
    const { today, far } = daysOf(moment, 0);
    const entered = await this.#read({ asOfDate: far, groups: LOG, log: { updatedFrom: since, updatedThrough: moment.toISOString() } }, moment);
    const fresh = entered.filter(({ logEntries }) => logEntries.length === 0 || logEntries.some(entry => !this.#taken.has(entry)));
    const dueSince = since.slice(0, 10);
    const log = { effectiveFrom: dueSince, effectiveThrough: today };
    const cameDue = dueSince < today ? await this.#read({ asOfDate: far, groups: ['Include_Reference'], log }, moment) : [];
    const touched = [...fresh, ...cameDue];
    // By their WID they are asked for.
    const isNamed = ({ broken }: WorkdayWorker) => !broken.some(({ field }) => field === 'WID');
    return {
      wids: [...new Set(touched.filter(isNamed).map(worker => worker.wid))],
      entries: entered.flatMap(worker => worker.logEntries),
      unnamed: touched.filter(worker => !isNamed(worker)).map(worker => this.#unreadable(worker)),
    };
  }

  /** Puts histories together: reads each worker once between any two days on which something about them changes. */
  async #compose(
    days: Days,
    present: WorkdayWorker[],
    future: WorkdayWorker[],
    logged: WorkdayWorker[],
    rates: CostRateRow[],
    moment: Date,
  ): Promise<Readable<WorkerHistory>> {
    const broken = new Map<string, WorkdayWorker>();
    const fit = (workers: WorkdayWorker[]) => {
      for (const worker of workers) if (worker.broken.length > 0) broken.set(worker.wid, worker);
      return workers.filter(worker => worker.broken.length === 0);
    };
    const changeDays = new Map(fit(logged).map(worker => [worker.wid, worker.effectiveDays]));
    const known = new Map([...fit(future), ...fit(present)].map(worker => [worker.wid, worker]));
    const spans = [...known.values()].flatMap(worker =>
      spansOf(worker.wid, changeDays.get(worker.wid) ?? [], days.start, days.far).filter(span => span.until >= (worker.originalHireDate ?? '')),
    );
    const snapshots: Snapshot[] = [];
    const take = (group: Span[], workers: WorkdayWorker[], readOn: string) => {
      const read = new Map(fit(workers).map(worker => [worker.wid, worker]));
      for (const { wid, from } of group) if (read.has(wid)) snapshots.push({ from, readOn, worker: read.get(wid)! });
    };
    await inParallel([...readingDays(spans, [days.today, days.far])], this.config.concurrency, async ([day, group]) => {
      const workers =
        day === days.today
          ? present
          : day === days.far
            ? future
            : await this.#readThese([...new Set(group.map(({ wid }) => wid))], { asOfDate: day, groups: this.#snapshot }, moment);
      take(group, workers, day);
    });
    const byWorker = Map.groupBy(snapshots, ({ worker }) => worker.wid);
    const ratesByWorker = Map.groupBy(rates, rate => rate.employeeId);
    const histories = new Readable<WorkerHistory>();
    // Whoever one of the readings shows otherwise than is needed has no history.
    for (const worker of broken.values())
      histories.unreadable.push(this.#unreadable({ ...worker, employeeId: worker.employeeId || (known.get(worker.wid)?.employeeId ?? '') }));
    const aside = new Set(histories.unreadable.map(({ id }) => id));
    for (const own of byWorker.values()) {
      const nativeId = own[0].worker.employeeId;
      const id = workerIdOf(this.account, nativeId);
      if (aside.has(id)) continue;
      const ownRates = ratesByWorker.get(nativeId) ?? [];
      await histories.take({ id, nativeId }, () => {
        for (const rate of ownRates) if (rate.broken.length > 0) throw unfit(rate.broken).within('the report of cost rates');
        return [historyOf(own, ownRates, { tenant: this.account, today: days.today, types: this.#types })];
      });
    }
    for (const [index, rate] of rates.entries())
      if (rate.employeeId === '') {
        const nativeId = `${rowName(index)} of the report of cost rates`;
        histories.unreadable.push({ id: nativeId, nativeId, error: unfit(rate.broken) });
      }
    histories.items.sort((a, b) => (a.id < b.id ? -1 : 1));
    return histories;
  }

  #unreadable({ wid, employeeId, broken }: WorkdayWorker): Unreadable {
    const error = unfit(broken);
    return employeeId === '' ? { nativeId: wid, error } : { id: workerIdOf(this.account, employeeId), nativeId: employeeId, error };
  }

  async #readThese(wids: string[], query: Omit<Query, 'workers' | 'log'>, moment: Date): Promise<WorkdayWorker[]> {
    const found: WorkdayWorker[] = [];
    for (let at = 0; at < wids.length; at += this.config.pageSize)
      found.push(...(await this.#read({ ...query, workers: wids.slice(at, at + this.config.pageSize) }, moment)));
    return found;
  }

  /** Every page. What is short of the total it announced is no answer: the rest would be taken for deleted. */
  async #read(query: Query, moment: Date): Promise<WorkdayWorker[]> {
    const found: WorkdayWorker[] = [];
    const paging = new Paging('Workday');
    for (let page = 1; ; page++) {
      const answer = await this.#page(query, moment, page, this.config.pageSize);
      found.push(...answer.workers);
      paging.page(answer.workers.length, page < answer.totalPages);
      if (page < answer.totalPages) continue;
      if (found.length === answer.totalResults) return found;
      throw new Problem('vendor-unavailable', `Workday announced ${answer.totalResults} workers and showed ${found.length}`, {
        code: 'incomplete-answer',
      });
    }
  }

  async #page(query: Query, moment: Date, page: number, count: number): Promise<GetWorkersAnswer> {
    const { tenant, version, password } = this.config;
    const login = { username: `${userOf(this.config)}@${tenant}`, password };
    const answer = await this.soap.send({
      operation: 'get-workers',
      kind: 'read',
      method: 'POST',
      path: `/ccx/service/${tenant}/Human_Resources/${version}`,
      headers: { 'content-type': 'text/xml;charset=UTF-8', accept: 'text/xml', soapaction: '' },
      body: getWorkersEnvelope({ ...query, version, asOfMoment: moment.toISOString(), page, count }, login),
    });
    return readGetWorkers(answer.text);
  }

  async #ratesOf(employeeIds: string[]): Promise<CostRateRow[]> {
    const rows: CostRateRow[] = [];
    for (let at = 0; at < employeeIds.length; at += REPORT_WORKERS) {
      rows.push(...(await this.#report({ [this.config.costRatePrompt]: employeeIds.slice(at, at + REPORT_WORKERS).join('!') })));
    }
    return rows;
  }

  async #report(prompts: Record<string, string>): Promise<CostRateRow[]> {
    const { costRateReport } = this.config;
    if (costRateReport === 'none') return [];
    const path = `/ccx/service/customreport2/${this.account}/${costRateReport}`;
    const answer = await this.reports.send({
      operation: 'cost-rate-report',
      kind: 'read',
      method: 'GET',
      path,
      query: { format: 'json', ...prompts },
    });
    return readCostRates(answer.json());
  }
}

/** The rows, of which each has to have our columns. */
function each(rows: CostRateRow[]): CostRateRow[] {
  for (const { broken } of rows) if (broken.length > 0) throw unfit(broken);
  return rows;
}

const dayOf = (moment: Date): string => moment.toISOString().slice(0, 10);

/** The days a history is about: where it begins, today, and one by which everything that is entered has taken effect. */
interface Days {
  start: string;
  today: string;
  far: string;
}

const daysOf = (moment: Date, historyYears: number): Days => ({
  start: `${moment.getUTCFullYear() - historyYears}-01-01`,
  today: dayOf(moment),
  far: `${moment.getUTCFullYear() + FAR_YEARS}-12-31`,
});

/** What can't be read is of the first page. */
function* chunks({ items, unreadable }: SweepPage<WorkerHistory>): Iterable<SweepPage<WorkerHistory>> {
  for (let at = 0; at < Math.max(items.length, unreadable?.length ? 1 : 0); at += CHUNK)
    yield { items: items.slice(at, at + CHUNK), ...(at === 0 ? { unreadable } : {}) };
}
