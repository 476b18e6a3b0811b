import { Readable, rowName, type SweepPage, type Unreadable } from '#capture';
import { inParallel, namePairs } from '#connector';
import type { WorkerHistory } from '../../../workers/worker-record.js';
import type { Workers } from '../../port/workers.port.js';
import type { WorkdayCostRates } from '../cost-rates/cost-rates.js';
import type { CostRateRow } from '../cost-rates/cost-rates.wire.js';
import type { WorkdayApi } from '../workday.api.js';
import { workerIdOf } from '../workday.references.js';
import { unfit } from '../workday.wire.js';
import { readingDays, spansOf, type Span } from '../../port/timeline.js';
import { historyOf, type OrganizationTypes, type Snapshot } from './workers.mapper.js';
import type { GetWorkersAnswer, Group, WorkdayWorker } from './workers.wire.js';

/** The parts of a worker's snapshot. */
const PARTS: Group[] = [
  'Include_Reference',
  'Include_Personal_Information',
  'Include_Employment_Information',
  'Include_Organizations',
  'Include_Skills',
];
const LOG: Group[] = ['Include_Reference', 'Include_Transaction_Log_Data'];

const CHUNK = 500;
const FAR_YEARS = 10;
/** The cursor of a first reading that isn't complete: it begins again. */
const INCOMPLETE = 'incomplete';

/**
 * Reads a tenant by Get_Workers and a report. The transaction log tells on which days something
 * about a worker takes effect. The history is composed of one reading between any two of these
 * days, preferring today and a far future day. All readings use one moment of entry, so that they
 * agree. What the log doesn't tell is visible in today's reading.
 */
export class WorkdayWorkers implements Workers {
  /** The parts of a worker to request. */
  readonly #snapshot: Group[];
  readonly #types: OrganizationTypes;
  /** Log entries of the last reading, which an overlapping one shows again. */
  #taken: ReadonlySet<string> = new Set();

  constructor(
    private readonly api: WorkdayApi,
    private readonly costRates: WorkdayCostRates,
    private readonly historyYears: number,
    private readonly now: () => Date,
  ) {
    const { manager, companyType, costCentreType, agencyType, extensions } = api.config;
    this.#snapshot = manager === 'management-chain' ? [...PARTS, 'Include_Management_Chain_Data'] : PARTS;
    this.#types = { legalEntity: companyType, costCentre: costCentreType, agency: agencyType, extensions: namePairs(extensions) };
  }

  async *all(): AsyncIterable<SweepPage<WorkerHistory>> {
    yield* pagesOf(await this.#everybody(this.now()));
  }

  async *changed(since: string | null): AsyncIterable<SweepPage<WorkerHistory> & { cursor: string }> {
    const moment = this.now();
    if (since === null || since === INCOMPLETE) {
      const pages = [...pagesOf(await this.#everybody(moment))];
      const cursor = this.#readTo(moment);
      for (const [index, page] of pages.entries()) yield { ...page, cursor: index === pages.length - 1 ? cursor : INCOMPLETE };
      if (pages.length === 0) yield { items: [], cursor };
      return;
    }
    // Our clock fell behind what was read: request nothing until it has caught up.
    if (moment.toISOString() <= since) return yield { items: [], cursor: since };
    const { wids, entries, unnamed } = await this.#touched(since, moment);
    const { items, unreadable } = wids.length === 0 ? new Readable<WorkerHistory>() : await this.#histories(wids, moment);
    yield { items, unreadable: [...unreadable, ...unnamed], cursor: this.#readTo(moment) };
    this.#taken = new Set(entries); // the page was taken, else nobody would ask for the next
  }

  /**
   * The time up to which a reading as of `moment` shows every entry. Entries are stamped by
   * Workday's clock: while that clock is behind, an entry made after the reading is stamped before
   * the moment. The reading itself may have shown us that.
   */
  #readTo(moment: Date): string {
    return new Date(moment.getTime() + this.api.clock.behindMs).toISOString();
  }

  /** For the check: one page of workers as of today, with every requested part. */
  first(): Promise<GetWorkersAnswer> {
    const moment = this.now();
    return this.api.workersPage({ asOfDate: dayOf(moment), groups: [...this.#snapshot, 'Include_Transaction_Log_Data'] }, moment, 1, 20);
  }

  async #everybody(moment: Date): Promise<Readable<WorkerHistory>> {
    const days = daysOf(moment, this.historyYears);
    const present = await this.api.workers({ asOfDate: days.today, groups: this.#snapshot }, moment);
    const future = await this.api.workers({ asOfDate: days.far, groups: this.#snapshot }, moment);
    const logged = await this.api.workers({ log: { effectiveFrom: days.start }, asOfDate: days.far, groups: LOG }, moment);
    return this.#compose(days, present, future, logged, await this.costRates.all(), moment);
  }

  async #histories(wids: string[], moment: Date): Promise<Readable<WorkerHistory>> {
    const days = daysOf(moment, this.historyYears);
    const present = await this.api.workersOf(wids, { asOfDate: days.today, groups: this.#snapshot }, moment);
    const future = await this.api.workersOf(wids, { asOfDate: days.far, groups: [...this.#snapshot, 'Include_Transaction_Log_Data'] }, moment);
    return this.#compose(days, present, future, future, await this.costRates.of(future.map(worker => worker.employeeId)), moment);
  }

  /**
   * Workers with entries since, or with changes that took effect on a day since; including
   * yesterday, for last days of employment.
   */
  async #touched(since: string, moment: Date): Promise<{ wids: string[]; entries: string[]; unnamed: Unreadable[] }> {
    const { today, far } = daysOf(moment, 0);
    const entered = await this.api.workers({ asOfDate: far, groups: LOG, log: { updatedFrom: since, updatedThrough: moment.toISOString() } }, moment);
    const fresh = entered.filter(({ logEntries }) => logEntries.length === 0 || logEntries.some(entry => !this.#taken.has(entry)));
    const dueSince = since.slice(0, 10);
    const log = { effectiveFrom: dueSince, effectiveThrough: today };
    const cameDue = dueSince < today ? await this.api.workers({ asOfDate: far, groups: ['Include_Reference'], log }, moment) : [];
    const touched = [...fresh, ...cameDue];
    // They are requested by their WID.
    const isNamed = ({ broken }: WorkdayWorker) => !broken.some(({ field }) => field === 'WID');
    return {
      wids: [...new Set(touched.filter(isNamed).map(worker => worker.wid))],
      entries: entered.flatMap(worker => worker.logEntries),
      unnamed: touched.filter(worker => !isNamed(worker)).map(worker => this.#unreadable(worker)),
    };
  }

  /**
   * Composes histories: reads each worker once between any two days on which something about them
   * changes.
   */
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
      for (const { id, from } of group) if (read.has(id)) snapshots.push({ from, readOn, worker: read.get(id)! });
    };
    await inParallel([...readingDays(spans, [days.today, days.far])], this.api.config.concurrency, async ([day, group]) => {
      const workers =
        day === days.today
          ? present
          : day === days.far
            ? future
            : await this.api.workersOf([...new Set(group.map(({ id }) => id))], { asOfDate: day, groups: this.#snapshot }, moment);
      take(group, workers, day);
    });
    const byWorker = Map.groupBy(snapshots, ({ worker }) => worker.wid);
    const ratesByWorker = Map.groupBy(rates, rate => rate.employeeId);
    const histories = new Readable<WorkerHistory>();
    // A worker with an unreadable reading has no history.
    for (const worker of broken.values())
      histories.unreadable.push(this.#unreadable({ ...worker, employeeId: worker.employeeId || (known.get(worker.wid)?.employeeId ?? '') }));
    const aside = new Set(histories.unreadable.map(({ id }) => id));
    for (const own of byWorker.values()) {
      const nativeId = own[0].worker.employeeId;
      const id = workerIdOf(this.api.config.tenant, nativeId);
      if (aside.has(id)) continue;
      const ownRates = ratesByWorker.get(nativeId) ?? [];
      await histories.take({ id, nativeId }, () => {
        for (const rate of ownRates) if (rate.broken.length > 0) throw unfit(rate.broken).within('the report of cost rates');
        return [historyOf(own, ownRates, { tenant: this.api.config.tenant, today: days.today, types: this.#types })];
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
    return employeeId === '' ? { nativeId: wid, error } : { id: workerIdOf(this.api.config.tenant, employeeId), nativeId: employeeId, error };
  }
}

const dayOf = (moment: Date): string => moment.toISOString().slice(0, 10);

/**
 * The days of a history: its beginning, today, and a day by which everything entered has taken
 * effect.
 */
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

/** Unreadable workers go to the first page. */
function* pagesOf({ items, unreadable }: SweepPage<WorkerHistory>): Iterable<SweepPage<WorkerHistory>> {
  for (let at = 0; at < Math.max(items.length, unreadable?.length ? 1 : 0); at += CHUNK)
    yield { items: items.slice(at, at + CHUNK), ...(at === 0 ? { unreadable } : {}) };
}
