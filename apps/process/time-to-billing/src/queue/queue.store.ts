import { Injectable } from '@nestjs/common';
import { maySeeRows, type Principal } from '#auth';
import { addMoney, money, type BillingQueue, type Money, type SetAsideNoun } from '#canonical';
import { namedByStop, setAsideByPlace, stopNaming, stoppedPlaces, visibleSetAside } from '#events';
import { Database } from '#persistence';
import { UNUSABLE } from '../lines/line-faults.rules.js';

interface Group {
  state: string;
  currency: string | null;
  lines: string;
  amount: string | null;
  oldest: Date | null;
}

/** Waiting lines of one kind: how many, their worth, and since when the oldest waits. */
export interface Waiting {
  lines: number;
  oldest: string | null;
  money: Money[];
}

// Lines in a lasting state (billed, paid, withdrawn, skipped) wait for nothing and are many, so
// they are left out.
const waiting = (seen: string): string => `
  select state, currency, count(*) lines, sum(amount - coalesce(overage_amount, 0))::text amount, min(coalesce(approved_at, since)) oldest
  from billing.line where state in ('received', 'ready', 'blocked', 'correcting', 'needs-credit') and ${seen}
  group by state, currency order by state, currency`;

/** Whose lines are summed; metrics sum all. */
type Viewer = Pick<Principal, 'legalEntities' | 'seesUnassigned'>;
const EVERYBODYS: Viewer = { legalEntities: '*', seesUnassigned: true };

/**
 * The readers, feeds and jobs on a line's way: a line that is set aside or stopped there is missing
 * from what waits.
 */
const ON_THE_WAY = /^(feed [a-z]+\/(time-entries|expenses)|reader time-to-billing\..*|job time-to-billing\.(assessor|postings|removals))$/;

/** Lines that failed while they were assessed are set aside as rows of their own. */
const unusable = (seen: string): string => `
  select coalesce(faults -> 0 -> 'reason' -> 'params' ->> 'noun', kind) noun
  from billing.line where state = 'blocked' and faults -> 0 -> 'reason' ->> 'code' = '${UNUSABLE}' and ${seen}`;

const byNoun = (nouns: string): string => `select noun, count(*)::int records from (${nouns}) aside group by noun order by noun`;

/** What waits on its way to the ERP, and why nothing is sent when nothing is. */
@Injectable()
export class QueueStore {
  constructor(private readonly dataSource: Database) {}

  /**
   * What the viewer may see: lines that are priced or still to be assessed. Lines that people hold
   * up are not in the queue.
   */
  async queue(viewer: Viewer): Promise<BillingQueue> {
    const [groups, [hold], apart, stopped] = await Promise.all([
      this.#groups(viewer),
      this.dataSource.query<{ reason: string }[]>(`select reason from billing.hold where name = 'erp'`),
      this.#aside(viewer),
      this.#stopped(viewer),
    ]);
    const setAside = apart.length > 0 ? { setAside: apart.reduce((sum, { records }) => sum + records, 0), setAsideNouns: apart } : {};
    const sum = sumOf(groups.filter(({ state }) => state !== 'blocked' && state !== 'needs-credit'));
    const reason = hold?.reason ?? stopped;
    return reason === null ? { state: 'flowing', ...setAside, waiting: sum } : { state: 'held', reason, ...setAside, waiting: sum };
  }

  /** Per state, for metrics. */
  async byState(): Promise<Map<string, Waiting>> {
    const groups = await this.#groups(EVERYBODYS);
    return new Map([...Map.groupBy(groups, ({ state }) => state)].map(([state, rows]) => [state, sumOf(rows)]));
  }

  async postedNotBilled(): Promise<Waiting> {
    const groups = await this.dataSource.query<Group[]>(
      `select 'posted' state, currency, count(*) lines, sum(amount)::text amount, min(posted_at) oldest
       from billing.posting
       where state = 'posted' and billing = 'unbilled' and (transaction -> 'billable')::boolean group by currency order by currency`,
    );
    return sumOf(groups);
  }

  /** Lines of all legal entities that failed while they were assessed. */
  unusable(): Promise<SetAsideNoun[]> {
    return this.dataSource.query<SetAsideNoun[]>(byNoun(unusable('true')));
  }

  /**
   * What is set aside on the way, with what waits behind it, and lines that failed while they were
   * assessed.
   */
  async #aside(viewer: Viewer): Promise<SetAsideNoun[]> {
    const values: unknown[] = [];
    const seen = maySeeRows(viewer, 'legal_entities', value => `$${values.push(value)}`);
    const [byPlace, lines] = await Promise.all([
      setAsideByPlace(this.dataSource, viewer),
      this.dataSource.query<SetAsideNoun[]>(byNoun(unusable(seen)), values),
    ]);
    const nouns = [...lines, ...[...byPlace].flatMap(([place, own]) => (ON_THE_WAY.test(place) ? own : []))];
    const sums = [...Map.groupBy(nouns, ({ noun }) => noun)].map(([noun, own]) => ({
      noun,
      records: own.reduce((sum, { records }) => sum + records, 0),
    }));
    return sums.sort((one, other) => (one.noun < other.noun ? -1 : 1));
  }

  /**
   * Which job on the way is stopped and why. Records that the viewer may not see are counted but
   * not named.
   */
  async #stopped(viewer: Viewer): Promise<string | null> {
    const stop = (await stoppedPlaces(this.dataSource)).find(({ place }) => ON_THE_WAY.test(place));
    if (!stop) return null;
    const says = (what: string): string => `${stop.place} is stopped: ${what}`;
    if (viewer.legalEntities === '*' && viewer.seesUnassigned) return says(stop.what);
    const names = namedByStop(stop.what);
    const visible = new Set([...(await visibleSetAside(this.dataSource, stop.place, names, viewer)), ...(await this.#visibleLines(names, viewer))]);
    return says(
      stopNaming(
        stop.what,
        [...new Set(names)].filter(name => visible.has(name)),
      ),
    );
  }

  async #visibleLines(ids: string[], viewer: Viewer): Promise<string[]> {
    const values: unknown[] = [ids];
    const seen = maySeeRows(viewer, 'legal_entities', value => `$${values.push(value)}`);
    const rows = await this.dataSource.query<{ id: string }[]>(`select id from billing.line where id = any($1) and ${seen}`, values);
    return rows.map(({ id }) => id);
  }

  #groups(viewer: Viewer): Promise<Group[]> {
    const values: unknown[] = [];
    const seen = maySeeRows(viewer, 'legal_entities', value => `$${values.push(value)}`);
    return this.dataSource.query<Group[]>(waiting(seen), values);
  }
}

function sumOf(groups: Group[]): Waiting {
  const oldest = groups.flatMap(group => (group.oldest ? [group.oldest.toISOString()] : [])).sort()[0] ?? null;
  const currencies = Map.groupBy(
    groups.filter(group => group.currency !== null && group.amount !== null),
    group => group.currency!,
  );
  return {
    lines: groups.reduce((sum, group) => sum + Number(group.lines), 0),
    oldest,
    money: [...currencies].map(([currency, rows]) => totalOf(rows, currency)),
  };
}

const totalOf = (rows: Group[], currency: string): Money => addMoney(money(0, currency), ...rows.map(row => money(row.amount!, currency)));
