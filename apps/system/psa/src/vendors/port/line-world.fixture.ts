import { canonicalJson, type ExpenseEntry, type TimeEntry } from '#canonical';
import type { FaultMatch } from '#testing';
import type { LineFeed } from './lines.port.js';

export type Line = TimeEntry | ExpenseEntry;
export type Kind = 'time' | 'expenses';

/** People's actions on their lines in the back end's own screens. Ids are the back end's. */
export interface LineDesk {
  /** A line of the test's person: minutes, or smallest units of the project's currency. */
  book(projectId: string, o: { day: string; quantity: number }): Promise<string>;
  change(id: string, to: { day?: string; quantity?: number; projectId?: string }): Promise<void>;
  remove(id: string): Promise<void>;
  /** Answers the submission. Where there is approval. */
  submit?(ids: string[]): Promise<string>;
  resolve?(submission: string, how: 'approve' | 'reject' | 'cancel'): Promise<void>;
}

/**
 * What a vendor's spec also provides, so that the suites can test time, expenses and billing
 * status.
 */
export interface LineWorld {
  time: LineDesk;
  expenses?: LineDesk;
  /** The person who books the lines. */
  person: { email: string; name: string };
  /**
   * Puts somebody on the project's team; returns how to change their days and how to remove these.
   */
  assign?(
    projectId: string,
    days: { from: string; upTo: string },
  ): Promise<{ change(days: { from: string; upTo: string }): Promise<void>; remove(): Promise<void> }>;
  /** Deletes a project and everything on it. */
  removeProject(projectId: string): Promise<void>;
  /** The requests that delete a line of the kind. */
  removals: Partial<Record<'time' | 'expenses', FaultMatch>>;
  /** The requests that write a billing status, and that create an invoice. */
  writes?: Record<'status' | 'invoice', FaultMatch>;
  /** A submission's billing status, as people read it there; null when there is none. */
  toldOf?(submission: string): Promise<{ status: string; message: string } | null>;
  /** The invoices that bear the id, with how many lines each has. */
  invoices?(id: string): Promise<{ cancelled: boolean; status: string; lines: number }[]>;
  /** What is asked about lines that were written for the person. Where the PSA takes them. */
  written?: WrittenWorld;
  /** How many reads were made so far. */
  reads(): Promise<number>;
}

/** Lines that were written for others, as the back end itself has them. */
export interface WrittenWorld {
  /** An expense category there. */
  category: string;
  /** The requests that make, change and delete a line, and that submit lines. */
  writes: Record<Kind, Record<'create' | 'update' | 'remove' | 'submit', FaultMatch>>;
  /** Every line that bears our id: whose, and minutes or smallest units of the project's currency. */
  bearing(kind: Kind, id: string): Promise<{ id: string; email: string; quantity: number }[]>;
  /** Every submission that bears our id, and how many lines it has. */
  sheets(kind: Kind, id: string): Promise<{ id: string; lines: number }[]>;
  /** The address of somebody who is on no project of the tests. */
  stranger(): Promise<string>;
}

/** The world of a PSA with all these abilities. */
export type WholeLineWorld = Required<LineWorld> & {
  time: Required<LineDesk>;
  expenses: Required<LineDesk>;
  removals: Record<Kind, FaultMatch>;
};

export const REACH = { from: '2026-10-01', overlapMs: 2_000 };

/** Reads a feed as capture does: from a cursor, pages in order, items before deletions. */
export class Follower<T extends Line> {
  readonly known = new Map<string, T>();
  /** The changes, in order: `approved 480` or `gone`. */
  readonly heard: string[] = [];
  #cursor: string | null = null;

  constructor(
    private readonly feed: LineFeed<T>,
    private readonly only: (line: T) => boolean,
  ) {}

  async look(): Promise<string[]> {
    const from = this.heard.length;
    for await (const { items, gone = [], cursor } of this.feed.changed(this.#cursor, REACH)) {
      for (const line of items.filter(this.only)) this.#take(line);
      for (const id of gone) if (this.known.delete(id)) this.heard.push('gone');
      this.#cursor = cursor ?? this.#cursor;
    }
    return this.heard.slice(from);
  }

  #take(line: T): void {
    if (canonicalJson(this.known.get(line.id)) === canonicalJson(line)) return;
    this.known.set(line.id, line);
    this.heard.push(`${line.approval} ${quantityOf(line)}`);
  }
}

export const quantityOf = (line: Line): string =>
  'workedMinutes' in line ? String(line.workedMinutes) : String(Math.round(Number(line.amount.amount) * 100));
export const dayOf = (line: Line): string => ('workDate' in line ? line.workDate : line.expenseDate);
export const submissionIn = (line: Line): string | undefined => ('workedMinutes' in line ? line.timesheetId : line.expenseReportId);

export const byId = (lines: Line[]): Line[] => lines.toSorted((a, b) => (a.id < b.id ? -1 : 1));
