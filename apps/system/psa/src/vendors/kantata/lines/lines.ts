import type { ExternalRef, Shape } from '#canonical';
import { Readable, type SweepPage } from '#capture';
import { ahead, chunksOf, dayPeriods, numberedPages, pagesAhead, pagesByChange, SeenChanges, WholeLook } from '#connector';
import type { LineFeed, LinePage, ReadWindow } from '../../port/lines.port.js';
import { every, PER_PAGE, unreadableOf, type KantataApi, type Page, type Query } from '../kantata.api.js';
import { unfit as unfitFor, type Associations, type KantataEvent, type KantataReference, type Rows } from '../kantata-envelope.js';
import type { KantataPlaces, Place } from '../kantata-places.js';
import { byReference, ourId } from '../kantata.references.js';
import type { KantataLine, KantataSubmission, KantataSubmissionWithLines } from './lines.wire.js';

/** How one kind of line is requested and mapped. */
export interface LineKind<N extends KantataLine, T> {
  plural: 'time_entries' | 'expenses';
  /** Under which lines that we put bear our id. */
  model: 'time-entry' | 'expense';
  submissions: 'timesheet_submissions' | 'expense_report_submissions';
  /** Under which the submissions side-load the lines' ids. */
  idsOf(submission: KantataSubmissionWithLines): string[];
  /** Further parameters without which submissions, or lines, are left out. */
  everySubmission: Query;
  everyLine: Query;
  /** The filter by day, `A:B`. */
  between: string;
  /** The filter by the last submission, rejected and cancelled ones too. */
  ofSubmissions: string;
  /** The order by last change; absent: there is none, so that pages are read by number. */
  byChange?: string;
  byDay: string;
  include: string;
  associations: Associations;
  shape: Shape<N>;
  deleted: string;
  idOf(nativeId: string): string;
  map(line: N, place: Place): T;
}

/** Lines that we put, of which a lost attempt may have made a second. */
export interface OurLines {
  /** Our ids of these lines, as far as they were put here. */
  keysOf(nativeIds: string[]): Promise<Map<string, string>>;
  /** Of these lines with our ids, those that are duplicates; they are taken out of use. */
  duplicates(lines: { id: string; key: string }[]): Promise<Set<string>>;
}

/** A line as it came, and what it is. */
export interface LineThere<N, T> {
  row: N;
  line: T;
}

/**
 * A change during the listing becomes visible a little later. What becomes visible later than this
 * is found by a reading of the whole overlap.
 */
const SHORT_OVERLAP_MS = 2_000;
/** Times are stated in whole seconds. */
const SETTLED_MS = 2_000;
/** Kantata keeps events for nine days; the sweep finds earlier deletions. */
const EVENTS_KEPT_MS = 8 * 24 * 3_600_000;
const CLOCK_MARGIN_MS = 600_000;
const CALLS_AHEAD = 4;
const SUBMISSIONS_A_CALL = 50;
const DAYS_A_PIECE = 28;

/**
 * Lines and their approval. Approving changes the submission, and may leave the line's own time of
 * change as it was. So changes are read from the submissions first, from the lines for corrections
 * outside of a submission, and from the events for deletions.
 */
export class KantataLines<N extends KantataLine, T extends { id: string; projectId: string; refs: ExternalRef[] }> implements LineFeed<T> {
  /**
   * Submissions whose lines were read as of this change, so that the overlap of two readings costs
   * one call.
   */
  readonly #handled = new SeenChanges(SETTLED_MS);
  readonly #wholeLook = new WholeLook();

  constructor(
    private readonly api: KantataApi,
    private readonly places: KantataPlaces,
    private readonly kind: LineKind<N, T>,
    private readonly readsEvents: boolean,
    private readonly ours: OurLines,
  ) {}

  async *changed(since: string | null, { from, overlapMs }: ReadWindow): AsyncGenerator<LinePage<T>> {
    if (since === null) return yield* this.#fromTheBeginning(from);
    const short = back(since, Math.min(overlapMs, SHORT_OVERLAP_MS));
    const whole = this.#wholeLook.dueFrom(since, overlapMs);
    const begun = await this.#submissionsSince(whole ?? short);
    const read = new Set<string>();
    for await (const page of this.#changedLines(short)) {
      for (const { id } of [...page.rows, ...page.unfit]) if (id !== undefined) read.add(id);
      yield { ...(await this.#mapped(page)), cursor: null };
    }
    for await (const page of this.#linesOf(begun.changed, read)) yield { ...(await this.#mapped(page)), cursor: null };
    const gone = await this.#deletedSince(back(since, overlapMs));
    yield { items: [], gone, cursor: new Date(Math.max(begun.now, Date.parse(since))).toISOString() };
    // The reading is kept: these changes need no second look.
    this.#handled.forgetBefore(Date.parse(back(since, 4 * overlapMs)));
    this.#handled.note(
      begun.changed
        .filter(({ updated_at }) => !Number.isNaN(Date.parse(updated_at)))
        .map(one => ({ key: keyOf(one), at: Date.parse(one.updated_at) })),
      begun.now,
    );
    if (whole) this.#wholeLook.done(begun.now);
  }

  async *from(day: string): AsyncGenerator<SweepPage<T>> {
    this.places.forget();
    for (const [first, last] of dayPeriods(day, DAYS_A_PIECE)) {
      for await (const page of this.#numbered(`sweep-${this.#name}`, { [this.kind.between]: `${first}:${last}`, order: this.kind.byDay }))
        yield await this.#mapped(page);
    }
  }

  async reread(seen: T[]): Promise<SweepPage<T>> {
    const ids = seen.flatMap(({ refs }) => refs.filter(({ type }) => type === TYPE[this.kind.plural]).map(({ nativeId }) => nativeId));
    const there = new Readable<T>();
    for await (const page of this.#byIds(ids)) {
      const { items, unreadable } = await this.#mapped(page);
      there.items.push(...items);
      there.unreadable.push(...unreadable);
    }
    there.items.push(...(await this.#goneWithTheirProject(seen, there)));
    return there;
  }

  /**
   * A line that was deleted with its project was not withdrawn by anybody: it stays as it was last
   * seen.
   */
  async #goneWithTheirProject(seen: T[], there: SweepPage<T>): Promise<T[]> {
    const found = new Set([...there.items, ...(there.unreadable ?? [])].map(({ id }) => id));
    const missing = seen.filter(({ id }) => !found.has(id));
    if (missing.length === 0) return [];
    const projects = await this.places.projects();
    return missing.filter(({ projectId }) => !projects.has(projectId));
  }

  /** All lines that bear these ids of ours now: of an id none, one, or duplicates too. */
  async bearing(ids: string[]): Promise<LineThere<N, T>[]> {
    const { plural, model, map } = this.kind;
    const rows = every(plural, await this.#lines(`find-${this.#name}`, byReference(model, ids)));
    const places = await this.places.of(rows);
    return rows.map((row, i) => ({ row, line: map(row, places[i]()) }));
  }

  /** For the check: one line and one submission, and how many there are. */
  async first(): Promise<{ lines: Page<N>; submissions: Page<KantataSubmission> }> {
    const { submissions, everySubmission } = this.kind;
    const one = { ...everySubmission, per_page: 1 };
    const shown = {
      lines: await this.#lines(`read-${this.#name}`, { per_page: 1 }),
      submissions: await this.api.page<KantataSubmission>(`read-${dashed(submissions)}`, submissions, one, { status: 'text' }),
    };
    every(this.kind.plural, shown.lines);
    every(submissions, shown.submissions);
    return shown;
  }

  async *#fromTheBeginning(day: string): AsyncGenerator<LinePage<T>> {
    const { now = this.api.now() - CLOCK_MARGIN_MS } = await this.#lines(`read-${this.#name}`, { per_page: 1 });
    for await (const page of this.from(day)) yield { ...page, cursor: null };
    yield { items: [], cursor: new Date(now).toISOString() };
  }

  /**
   * There is no order by change: pages are read by number, and what is added between two of them is
   * in the next reading.
   */
  async #submissionsSince(since: string): Promise<{ now: number; changed: KantataSubmissionWithLines[] }> {
    const { submissions, plural, everySubmission } = this.kind;
    const query = { ...everySubmission, updated_after: since, include: plural };
    const changed = new Map<string, KantataSubmissionWithLines>();
    let begun: number | undefined;
    const operation = `read-changed-${dashed(submissions)}`;
    const page = (number: number) => this.api.page<KantataSubmissionWithLines>(operation, submissions, { ...query, page: number }, {});
    for await (const { rows, now = this.api.now() - CLOCK_MARGIN_MS } of numberedPages({ vendor: 'Kantata', perPage: PER_PAGE, page })) {
      begun ??= now;
      for (const row of rows) if (!this.#handled.has(keyOf(row))) changed.set(row.id, row);
    }
    return { now: begun!, changed: [...changed.values()] };
  }

  async *#changedLines(since: string): AsyncGenerator<Rows<N>> {
    const { byChange } = this.kind;
    const operation = `read-changed-${this.#name}`;
    if (byChange) yield* this.#byChange(operation, byChange, since);
    else yield* this.#numbered(operation, { updated_after: since });
  }

  #byChange(operation: string, order: string, since: string): AsyncGenerator<Rows<N>> {
    const page = async (from: string, number: number) => {
      // Kantata lists changes after the requested instant.
      const shown = await this.#lines(operation, { updated_after: back(from, 1), order, page: number });
      return { ...shown, last: shown.rows.at(-1)?.updated_at };
    };
    return pagesByChange({ vendor: 'Kantata', perPage: PER_PAGE, since, page });
  }

  async *#linesOf(submissions: KantataSubmissionWithLines[], read: Set<string>): AsyncGenerator<Rows<N>> {
    const listed = submissions.filter(one => this.kind.idsOf(one).length > 0);
    yield* this.#byIds(listed.flatMap(one => this.kind.idsOf(one)).filter(id => !read.has(id)));
    // A rejected or cancelled submission may no longer list its lines, although it is their latest
    // one.
    const silent = submissions.filter(one => this.kind.idsOf(one).length === 0).map(({ id }) => id);
    for (const ids of chunksOf(silent, SUBMISSIONS_A_CALL)) yield* this.#numbered(`read-${this.#name}`, { [this.kind.ofSubmissions]: ids.join(',') });
  }

  async *#byIds(ids: string[]): AsyncGenerator<Rows<N>> {
    const asked = chunksOf([...new Set(ids)], PER_PAGE).map(some => () => this.#lines(`read-${this.#name}`, { only: some.join(',') }));
    yield* ahead(asked, CALLS_AHEAD);
  }

  #numbered(operation: string, query: Query): AsyncGenerator<Page<N>> {
    return pagesAhead(PER_PAGE, CALLS_AHEAD, page => this.#lines(operation, { ...query, page }));
  }

  async #lines(operation: string, query: Query): Promise<Page<N>> {
    const { plural, everyLine, include, associations, shape } = this.kind;
    const page = await this.api.page<N>(operation, plural, { ...everyLine, ...query, include }, shape, { associations });
    // Treating an invisible submission as none would withdraw an approval.
    const hidden = (row: N) => [
      ...(['active_submission', 'recent_submission'] as const).filter(field => row[field] === undefined),
      ...(referencesOf(row) ? [] : ['external_references']),
    ];
    const unfit = page.rows.flatMap((row, at) => {
      const fields = hidden(row);
      return fields.length === 0 ? [] : [{ id: row.id, at, row, error: unfitFor(fields.map(field => ({ field, rule: 'shown' }))) }];
    });
    return { ...page, rows: page.rows.filter(row => hidden(row).length === 0), unfit: [...page.unfit, ...unfit] };
  }

  async #mapped({ rows: shown, unfit }: Rows<N>): Promise<Readable<T>> {
    const rows = await this.#once(shown);
    const places = await this.places.of(rows);
    const page = new Readable<T>();
    for (const [i, row] of rows.entries()) await page.take({ id: this.#idOf(row)!, nativeId: row.id }, () => [this.kind.map(row, places[i]())]);
    page.unreadable.push(...unfit.map(one => unreadableOf(one, (id, row) => this.#idOf({ ...row, id }))));
    return page;
  }

  /** Without duplicates of lines that we put. */
  async #once(rows: N[]): Promise<N[]> {
    const ours = rows.flatMap(({ id, external_references: refs = [] }) => {
      const key = ourId(refs, this.kind.model);
      return key === undefined ? [] : [{ id, key }];
    });
    if (ours.length === 0) return rows;
    const duplicates = await this.ours.duplicates(ours);
    return rows.filter(({ id }) => !duplicates.has(id));
  }

  /** Undefined where the row doesn't show whether it bears an id of ours. */
  #idOf(row: Partial<KantataLine> & { id: string }): string | undefined {
    const refs = referencesOf(row);
    return refs && (ourId(refs, this.kind.model) ?? this.kind.idOf(row.id));
  }

  async #deletedSince(since: string): Promise<string[]> {
    if (!this.readsEvents || Date.now() - Date.parse(since) > EVENTS_KEPT_MS) return [];
    const query = { created_after: since, order: 'created_at:asc', event_types: this.kind.deleted };
    const gone = new Map<string, string | null>();
    // An event without the deleted record's id is left to the sweep.
    for await (const { rows } of this.api.pages<KantataEvent>('read-deletions', 'subscribed_events', query, { subject_id: 'id' }))
      for (const { subject_id, context_workspace_id: on } of rows) gone.set(String(subject_id), on ? String(on) : null);
    if (gone.size === 0) return [];
    const deleted = await this.places.deleted([...gone.values()].filter(on => on !== null));
    const ours = await this.ours.keysOf([...gone.keys()]);
    return [...gone].flatMap(([native, on]) => (on !== null && deleted.has(on) ? [] : [ours.get(native) ?? this.kind.idOf(native)]));
  }

  get #name(): string {
    return dashed(this.kind.plural);
  }
}

const TYPE = { time_entries: 'time_entry', expenses: 'expense' } as const;
const dashed = (plural: string): string => plural.replaceAll('_', '-');
const keyOf = ({ id, updated_at }: KantataSubmission): string => `${id}:${updated_at}`;
const back = (instant: string, ms: number): string => new Date(Date.parse(instant) - ms).toISOString();

/** The line's references; undefined when not all of them are shown. */
function referencesOf({ external_reference_ids: ids, external_references: refs = [] }: Partial<KantataLine>): KantataReference[] | undefined {
  return Array.isArray(ids) && ids.length === refs.length ? refs : undefined;
}
