import { Decimal } from 'decimal.js';
import type { NewException } from '#exceptions';
import type { Line, Posting } from './line.js';
import type { Depth, Written } from './write-lines.js';
import { alive, onItsWay, stateOf, waitsForRoom } from './line-state.rules.js';

/**
 * Some lines with their postings, changed together in memory. Records what changed and which
 * exceptions are to be published.
 */
export class LineBook {
  readonly #lines: Map<string, Line>;
  readonly #touched = new Map<string, Depth>();
  readonly #postings = new Map<string, Depth>();
  readonly #dropped: string[] = [];
  readonly #raised: NewException[] = [];
  readonly #over = new Set<string>();
  readonly #cappedBefore: Map<string, Decimal>;
  /**
   * Lines that had overage when the book was opened: the project, whether the overage waited for
   * headroom, and whether a posting was in flight.
   */
  readonly #overBefore: Map<string, { projectId: string; waits: boolean; busy: boolean }>;

  constructor(lines: Line[]) {
    this.#lines = new Map(lines.map(line => [line.id, line]));
    this.#cappedBefore = cappedByProject(lines);
    this.#overBefore = new Map(
      lines
        .filter(({ overage }) => overage !== null)
        .map(line => [line.id, { projectId: line.entry.projectId, waits: waitsForRoom(line), busy: isBusy(line) }]),
    );
  }

  get lines(): Line[] {
    return [...this.#lines.values()];
  }

  get(id: string): Line | undefined {
    return this.#lines.get(id);
  }

  /**
   * By how much the lines' consumption of their projects' caps changed since the book was opened.
   */
  cappedChange(): Map<string, Decimal> {
    const now = cappedByProject(this.lines);
    const projects = new Set([...this.#cappedBefore.keys(), ...now.keys()]);
    const changes = [...projects].map(id => [id, (now.get(id) ?? new Decimal(0)).minus(this.#cappedBefore.get(id) ?? 0)] as const);
    return new Map(changes.filter(([, change]) => !change.isZero()));
  }

  /**
   * Projects to look at for overage: a line waits for headroom no more, or waits again, or its
   * posting in flight has its outcome.
   */
  queueMoved(): string[] {
    const moved = [...this.#overBefore].filter(([id, { waits, busy }]) => {
      const line = this.#lines.get(id)!;
      return waitsForRoom(line) !== waits || (busy && !isBusy(line));
    });
    return [...new Set(moved.map(([, { projectId }]) => projectId))].sort();
  }

  /** Adds a new line. */
  add(line: Line): void {
    this.#lines.set(line.id, line);
    this.changed(line, 'whole');
  }

  changed(line: Line, depth: Depth = 'progress'): void {
    if (this.#touched.get(line.id) !== 'whole') this.#touched.set(line.id, depth);
  }

  /** A posting of the line is new (`whole`) or made progress. */
  moved(line: Line, posting: Posting, depth: Depth = 'progress'): void {
    // A posting that the ERP refused is sent again under the same external id.
    if (!line.postings.includes(posting)) line.postings = [...line.postings.filter(({ externalId }) => externalId !== posting.externalId), posting];
    if (this.#postings.get(posting.externalId) !== 'whole') this.#postings.set(posting.externalId, depth);
    this.changed(line);
  }

  /** Drops a posting that was never sent and is no longer wanted. */
  drop(line: Line, posting: Posting): void {
    line.postings = line.postings.filter(one => one !== posting);
    this.#postings.delete(posting.externalId);
    this.#dropped.push(posting.externalId);
    this.changed(line);
  }

  /** Raises an exception: people must decide about a line. */
  raise(exception: NewException): void {
    this.#raised.push(exception);
  }

  /** Ends an exception: the line came through, or a newer version replaced the one it was about. */
  finished(exceptionId: string): void {
    this.#over.add(exceptionId);
  }

  get raised(): readonly NewException[] {
    return this.#raised;
  }

  get over(): string[] {
    return [...this.#over].sort();
  }

  /**
   * Ends the change: gives the touched lines the state that follows from their data, and a new
   * revision.
   */
  refreshDerived(): Line[] {
    const now = new Date().toISOString();
    const touched = [...this.#touched.keys()].sort().map(id => this.#lines.get(id)!);
    for (const line of touched) {
      const state = stateOf(line);
      if (state !== line.state || line.revision === 0) line.since = now;
      line.state = state;
      line.revision++;
    }
    return touched;
  }

  /** What has to be written of the touched lines. */
  written(touched: Line[]): Written {
    const linesOf = (depth: Depth) => touched.filter(({ id }) => this.#touched.get(id) === depth);
    const postings = touched.flatMap(line => line.postings);
    const postingsOf = (depth: Depth) => postings.filter(({ externalId }) => this.#postings.get(externalId) === depth);
    return {
      lines: { whole: linesOf('whole'), progress: linesOf('progress') },
      postings: { whole: postingsOf('whole'), progress: postingsOf('progress') },
      dropped: this.#dropped,
    };
  }
}

const isBusy = ({ postings }: Line): boolean => postings.some(onItsWay);

function cappedByProject(lines: Line[]): Map<string, Decimal> {
  const sums = new Map<string, Decimal>();
  for (const posting of lines.flatMap(line => line.postings)) {
    if (!posting.capped || !alive(posting)) continue;
    const { projectId } = posting.transaction;
    sums.set(projectId, (sums.get(projectId) ?? new Decimal(0)).plus(posting.amount.amount));
  }
  return sums;
}
