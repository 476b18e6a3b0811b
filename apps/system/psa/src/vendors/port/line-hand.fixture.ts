import assert from 'node:assert/strict';
import { afterAll, beforeAll } from 'vitest';
import type { Project } from '#canonical';
import type { Bench } from './bench.fixture.js';
import { Follower, type Kind, type Line, type LineDesk } from './line-world.fixture.js';
import type { LineFeed } from './lines.port.js';
import type { PsaVendor } from './psa.port.js';

/** A project to book on, another, and a vendor to read with, made before a suite's tests. */
export class Booked {
  vendor: PsaVendor;
  project: Project;
  other: Project;

  constructor(private readonly bench: Bench) {
    beforeAll(async () => {
      this.vendor = bench.world.connect();
      this.project = await this.aProjectThere();
      this.other = await this.aProjectThere();
    });
    afterAll(() => this.vendor.close());
  }

  async aProjectThere(): Promise<Project> {
    const made = this.bench.freshProject();
    await (await this.vendor.projects.plan(made)).apply();
    return made;
  }
}

/** The actions of a test on one kind of line. */
export class LineHand {
  readonly #ours = new Set<string>();

  constructor(
    private readonly bench: Bench,
    private readonly made: Booked,
    private readonly kind: Kind,
  ) {}

  readonly desk = (): LineDesk => this.bench.world.lines[this.kind]!;
  readonly feedOf = (of: PsaVendor): LineFeed<Line> => (this.kind === 'time' ? of.timeEntries : of.expenses!);
  readonly followed = (): Follower<Line> => new Follower<Line>(this.feedOf(this.made.vendor), ({ refs: [{ nativeId }] }) => this.#ours.has(nativeId));
  readonly of = ({ known }: Follower<Line>): Line => [...known.values()][0];

  /** Lines booked before are no affair of this test. */
  forget(): void {
    this.#ours.clear();
  }

  readonly book = async (quantity = 480, day = '2026-11-03', projectId = this.made.project.id): Promise<string> => {
    const id = await this.desk().book(projectId, { day, quantity });
    this.#ours.add(id);
    return id;
  };

  /** Where there is approval. Answers the submission. */
  readonly approve = async (ids: string[]): Promise<string | undefined> => {
    if (!this.bench.can('approval')) return undefined;
    const submission = await this.desk().submit!(ids);
    await this.desk().resolve!(submission, 'approve');
    return submission;
  };

  /** Makes its lines changeable: approved lines are locked. */
  readonly takeBack = async (submission: string | undefined): Promise<void> => {
    if (submission !== undefined) await this.desk().resolve!(submission, 'cancel');
  };

  /** One line that counts, and who follows it. */
  readonly approved = async (quantity = 480): Promise<{ id: string; submission: string | undefined; follower: Follower<Line> }> => {
    this.forget();
    const follower = this.followed();
    await follower.look();
    const id = await this.book(quantity);
    const submission = await this.approve([id]);
    assert.equal((await follower.look()).at(-1), `approved ${quantity}`);
    return { id, submission, follower };
  };
}
