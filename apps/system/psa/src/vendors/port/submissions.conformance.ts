import { beforeAll, describe, expect, it } from 'vitest';
import { hashOf, mintId, type ExternalRef } from '#canonical';
import type { Outcome } from '#capture';
import { eventually, type FaultMatch, problemOf } from '#testing';
import { answersUnsupported, Bench, type PsaWorld, untilDone } from './bench.fixture.js';
import { Booked } from './line-hand.fixture.js';
import { dayOf, type Kind, type Line, quantityOf, REACH, submissionIn } from './line-world.fixture.js';
import type { LineFeed } from './lines.port.js';
import type { PsaVendor } from './psa.port.js';
import type { LineToWrite, LineWriter, Submitted } from './submissions.port.js';

/** What every PSA that takes lines of other people must do with them. */
export function submissionsConformance(name: string, world: PsaWorld): void {
  describe(`lines written for others in ${name}`, () => {
    const bench = new Bench(world);
    if (!bench.can('submissions')) return answersUnsupported(bench, 'submissions', vendor => vendor.submissions);
    const made = new Booked(bench);
    beforeAll(async () => {
      for (const { id } of [made.project, made.other]) await world.lines.assign!(id, { from: '2026-11-02', upTo: '2026-12-31' });
    });
    describe.each<Kind>(bench.can('expenses') ? ['time', 'expenses'] : ['time'])('%s', kind => {
      const hand = new WritingHand(bench, made, kind);
      linesAreWritten(hand);
      linesAreRefused(bench, hand);
      answersAreLost(bench, hand);
      linesAreSubmitted(made, hand);
      if (bench.can('billing-back')) billedLinesStay(made, hand);
    });
    if (world.elsewhere) processesDie(bench, new WritingHand(bench, made, 'time'));
  });
}

function linesAreWritten(hand: WritingHand): void {
  it('is the person’s, under the id it was put under, also where it is read', async () => {
    const line = hand.aLine();
    const { refs, effects, state } = await hand.put(line);
    expect(effects.map(({ operation, externalId }) => [operation, externalId])).toEqual([['create', line.id]]);
    expect(await hand.raw(line.id)).toEqual([{ id: refs[0].nativeId, email: line.personEmail, quantity: 480 }]);
    const read = await hand.read(line.id);
    expect(read).toEqual(state);
    expect(read).toMatchObject({ projectId: line.projectId, approval: 'none', note: 'as agreed', refs });
    expect([dayOf(read!), quantityOf(read!), read!.person.email]).toEqual(['2026-11-05', '480', line.personEmail]);
  });

  it('changes nothing when it is put again', async () => {
    const line = hand.aLine();
    const first = await hand.put(line);
    expect(await hand.put(line)).toEqual({ ...first, effects: [] });
    expect(await hand.raw(line.id)).toHaveLength(1);
  });

  it('is corrected where it stands', async () => {
    const line = hand.aLine();
    const first = await hand.put(line);
    const corrected = hand.aLine({ id: line.id, taskId: hand.made.project.tasks[0].id, note: undefined }, 300);
    const second = await hand.put(corrected);
    expect([second.refs, second.effects.map(({ operation }) => operation)]).toEqual([first.refs, ['update']]);
    expect(await hand.raw(line.id)).toMatchObject([{ quantity: 300 }]);
    expect(await hand.read(line.id)).toMatchObject({ taskId: corrected.taskId });
    expect((await hand.put(corrected)).effects).toEqual([]);
  });

  it('is taken back once, and can be put again', async () => {
    const line = hand.aLine();
    await hand.put(line);
    const since = new Date().toISOString();
    expect((await hand.withdraw(line.id)).effects).toMatchObject([{ operation: 'delete', after: null }]);
    expect(await hand.raw(line.id)).toEqual([]);
    await eventually(async () => {
      for await (const { gone = [] } of hand.feed.changed(since, REACH)) if (gone.includes(line.id)) return true;
      return false;
    });
    expect((await untilDone(() => hand.withdraw(line.id))).effects).toEqual([]);
    await untilDone(() => hand.put(line));
    expect(await hand.raw(line.id)).toHaveLength(1);
  });
}

function linesAreRefused(bench: Bench, hand: WritingHand): void {
  it.each([
    ['nobody’s address', { personEmail: 'nobody@elsewhere.example' }, ['personEmail', 'known']],
    ['a task that isn’t there', { taskId: mintId('task', 'none') }, ['taskId', 'known']],
  ])('is refused for %s, and nothing is written', async (_, over, fault) => {
    const line = hand.aLine(over);
    const problem = await problemOf(hand.put(line));
    expect([problem.kind, problem.fields.map(({ field, rule }) => [field, rule])]).toEqual(['unprocessable', [fault]]);
    expect(await hand.raw(line.id)).toEqual([]);
  });

  it('is refused for somebody who is not on the project', async () => {
    const problem = await problemOf(hand.put(hand.aLine({ personEmail: await bench.world.lines.written!.stranger() })));
    expect(problem.fields.map(({ field, rule }) => [field, rule])).toEqual([['personEmail', 'on-project']]);
  });

  it('is neither corrected nor taken back once it is approved, and put as it is it changes nothing', async () => {
    const { line } = await hand.approved();
    expect(await problemOf(hand.put(hand.aLine({ id: line.id }, 60)))).toMatchObject({ kind: 'conflict', code: 'line-approved', retryable: false });
    expect(await problemOf(hand.withdraw(line.id))).toMatchObject({ kind: 'conflict', code: 'line-approved' });
    expect((await hand.put(line)).effects).toEqual([]);
  });

  it('that people made is not taken back', async () => {
    const native = await hand.desk.book(hand.made.project.id, { day: '2026-11-05', quantity: 60 });
    const [seen] = (await hand.shown()).filter(({ refs }) => refs[0].nativeId === native);
    expect(await problemOf(hand.withdraw(seen.id, seen.refs[0]))).toMatchObject({ kind: 'conflict', code: 'not-ours' });
  });
}

function answersAreLost(bench: Bench, hand: WritingHand): void {
  it.each(['lose-answer', 'late-commit'] as const)('is there once after a %s of its create', async fault => {
    const line = hand.aLine();
    await hand.loses('create', fault);
    expect(await problemOf(hand.put(line))).toMatchObject({ kind: 'vendor-unavailable', code: 'outcome-unknown', retryable: true });
    await untilDone(() => hand.put(line));
    expect(await hand.raw(line.id)).toMatchObject([{ quantity: 480 }]);
  });

  it.each(['lose-answer', 'late-commit'] as const)('is as corrected last after a %s of a correction', async fault => {
    const line = hand.aLine();
    await hand.put(line);
    await hand.loses('update', fault);
    expect(await problemOf(hand.put(hand.aLine({ id: line.id }, 60)))).toMatchObject({ code: 'outcome-unknown' });
    await untilDone(() => hand.put(hand.aLine({ id: line.id }, 90)));
    await bench.world.control.faults().then(([{ delivered }]) => expect(delivered).toBe(1));
    expect(await hand.raw(line.id)).toMatchObject([{ quantity: 90 }]);
  });

  it.each(['lose-answer', 'late-commit'] as const)('stays when it was put again after a %s of taking it back', async fault => {
    const line = hand.aLine();
    await hand.put(line);
    await hand.loses('remove', fault);
    expect(await problemOf(hand.withdraw(line.id))).toMatchObject({ code: 'outcome-unknown' });
    await untilDone(() => hand.put(line));
    expect(await hand.raw(line.id)).toHaveLength(1);
  });

  it('is not there when it was taken back after its create got lost', async () => {
    const line = hand.aLine();
    await hand.loses('create', 'late-commit');
    await problemOf(hand.put(line));
    await untilDone(() => hand.withdraw(line.id));
    expect(await hand.raw(line.id)).toEqual([]);
  });

  it('made twice by an attempt that came too late is shown once, and the other is deleted', async () => {
    const line = hand.aLine();
    const hasty = bench.connect({ settlingMs: 0 });
    await hand.loses('create', 'late-commit', 1_500);
    await problemOf(hand.put(line, hasty));
    const { refs } = await untilDone(() => hand.put(line, hasty));
    await eventually(async () => (await hand.raw(line.id)).length === 2);
    expect((await hand.shown()).filter(({ id }) => id === line.id).map(one => one.refs[0])).toEqual([refs[0]]);
    expect(await hand.raw(line.id)).toMatchObject([{ id: refs[0].nativeId }]);
  });
}

function linesAreSubmitted(made: Booked, hand: WritingHand): void {
  it('goes for approval once, and its approval is read under its id', async () => {
    const lines = [hand.aLine(), hand.aLine({}, 60)];
    for (const line of lines) await hand.put(line);
    const id = hand.submissionId();
    const sent = await hand.submit(id, lines);
    expect(sent.approval).toBe('pending');
    expect(await hand.submit(id, lines)).toEqual(sent);
    expect(await hand.sheets(id)).toEqual([{ id: sent.refs[0].nativeId, lines: 2 }]);
    expect([await hand.read(lines[0].id)].map(line => [line!.approval, submissionIn(line!)])).toEqual([['pending', sent.submissionId]]);
    await hand.desk.resolve!(sent.refs[0].nativeId, 'approve');
    expect([(await hand.read(lines[1].id))!.approval, (await hand.submit(id, lines)).approval]).toEqual(['approved', 'approved']);
  });

  it.each(['lose-answer', 'late-commit'] as const)('is sent once after a %s', async fault => {
    const line = hand.aLine();
    await hand.put(line);
    const id = hand.submissionId();
    await hand.loses('submit', fault);
    expect(await problemOf(hand.submit(id, [line]))).toMatchObject({ code: 'outcome-unknown' });
    await untilDone(() => hand.submit(id, [line]));
    expect(await hand.sheets(id)).toMatchObject([{ lines: 1 }]);
  });

  it('is corrected and sent again when it was rejected', async () => {
    const line = hand.aLine();
    await hand.put(line);
    const [first, second] = [hand.submissionId(), hand.submissionId()];
    const sent = await hand.submit(first, [line]);
    await hand.desk.resolve!(sent.refs[0].nativeId, 'reject');
    expect((await hand.submit(first, [line])).approval).toBe('rejected');
    await hand.put(hand.aLine({ id: line.id }, 90));
    expect((await hand.submit(second, [line])).approval).toBe('pending');
    expect(await hand.read(line.id)).toMatchObject({ approval: 'pending' });
  });

  it('is refused with lines that aren’t there, of two projects, of another submission, or other ones than before', async () => {
    const [line, other] = [hand.aLine(), hand.aLine({ projectId: made.other.id })];
    await hand.put(line);
    await hand.put(other);
    const id = hand.submissionId();
    expect(await problemOf(hand.submit(id, [line, hand.aLine()]))).toMatchObject({ kind: 'unprocessable', code: 'lines-unknown' });
    expect(await problemOf(hand.submit(id, [line, other]))).toMatchObject({ kind: 'unprocessable', code: 'several-sheets' });
    await hand.submit(id, [line]);
    expect(await problemOf(hand.submit(hand.submissionId(), [line]))).toMatchObject({ kind: 'conflict', code: 'already-submitted' });
    const more = hand.aLine();
    await hand.put(more);
    expect(await problemOf(hand.submit(id, [line, more]))).toMatchObject({ kind: 'conflict', code: 'submission-differs' });
  });
}

function billedLinesStay(made: Booked, hand: WritingHand): void {
  it('is neither corrected nor taken back once it is invoiced', async () => {
    const { line, refs } = await hand.approved();
    await hand.invoice(refs[0]);
    expect(await problemOf(hand.put(hand.aLine({ id: line.id }, 60)))).toMatchObject({ kind: 'conflict', code: 'line-invoiced' });
    expect(await problemOf(hand.withdraw(line.id))).toMatchObject({ kind: 'conflict', code: 'line-invoiced' });
  });

  it('keeps its id when its billing status is told', async () => {
    const { line, id, sent } = await hand.approved();
    const status = { posted: 1, billed: 0, paid: 0, total: 1, money: [], message: '' };
    const { billing } = made.vendor;
    if (hand.kind === 'time') await billing!.timesheetStatus(sent.refs[0], sent.submissionId, status);
    else await billing!.expenseReportStatus(sent.refs[0], sent.submissionId, status);
    expect(await hand.submit(id, [line])).toEqual(sent);
  });
}

function processesDie(bench: Bench, hand: WritingHand): void {
  describe('a process that is killed', () => {
    it.each([
      ['before', 'create'],
      ['after', 'create'],
      ['before', 'update'],
      ['after', 'update'],
    ] as const)('%s the %s of a line: another ends it, and it is there once', { timeout: 60_000 }, async (when, write) => {
      const line = hand.aLine({}, 240);
      const timing = { settlingMs: 300, leaseMs: 1_000 };
      if (write === 'update') await hand.put(hand.aLine({ id: line.id }, 60));
      const killed = await bench.world.elsewhere!({ line, project: await hand.place(line.projectId) }, timing);
      await bench.world.control.planFault({ match: hand.match(write), action: { do: 'kill', pid: killed.pid, when }, nth: 1 });
      killed.go();
      expect(await killed.ended).toMatch(/^exit/);
      await untilDone(() => hand.put(line, bench.connect(timing)));
      expect(await hand.raw(line.id)).toMatchObject([{ quantity: 240, email: line.personEmail }]);
    });
  });
}

type Written = LineToWrite & Record<string, unknown>;
type Write = 'create' | 'update' | 'remove' | 'submit';
let serial = 0;

/** The actions of a test that writes one kind of line. */
class WritingHand {
  constructor(
    private readonly bench: Bench,
    readonly made: Booked,
    readonly kind: Kind,
  ) {}

  get desk() {
    return this.bench.world.lines[this.kind]!;
  }

  get feed(): LineFeed<Line> {
    return this.kind === 'time' ? this.made.vendor.timeEntries : this.made.vendor.expenses!;
  }

  /** A line of the test's person: minutes, or smallest units of pounds. */
  aLine(over: Partial<LineToWrite> = {}, quantity = 480): Written {
    const common = { projectId: this.made.project.id, personEmail: this.bench.world.lines.person.email, billable: true, note: 'as agreed' };
    const id = mintId(this.kind === 'time' ? 'time-entry' : 'expense', 'conformance', String(process.pid), String(serial++));
    const { category } = this.bench.world.lines.written!;
    const amount = { amount: (quantity / 100).toFixed(2), currency: 'GBP' };
    const spent = { expenseDate: '2026-11-05', category, amount, reimbursable: true };
    return { id, ...common, ...(this.kind === 'time' ? { workDate: '2026-11-05', workedMinutes: quantity } : spent), ...over };
  }

  readonly submissionId = (): string => mintId('timesheet', 'conformance', String(process.pid), String(serial++));
  readonly match = (write: Write): FaultMatch => this.bench.world.lines.written!.writes[this.kind][write];
  readonly raw = (id: string) => this.bench.world.lines.written!.bearing(this.kind, id);
  readonly sheets = (id: string) => this.bench.world.lines.written!.sheets(this.kind, id);

  async place(projectId: string): Promise<ExternalRef> {
    return (await this.made.vendor.projects.get(projectId))!.refs[0];
  }

  async put(line: Written, vendor = this.made.vendor): Promise<Outcome<Line>> {
    const project = await this.place(line.projectId);
    return vendor.exclusively(`line:${line.id}`, hashOf(line), async () => (await this.#writer(vendor).plan(line, project)).apply());
  }

  withdraw(id: string, seen?: ExternalRef): Promise<Outcome<Line>> {
    const { vendor } = this.made;
    return vendor.exclusively(`line:${id}`, 'withdrawn', async () => (await this.#writer(vendor).planWithdrawal(id, seen)).apply());
  }

  submit(id: string, lines: Written[]): Promise<Submitted> {
    return this.#writer(this.made.vendor).submit({ id, title: 'Week 45', lineIds: lines.map(line => line.id) });
  }

  async approved(): Promise<{ line: Written; id: string; sent: Submitted; refs: ExternalRef[] }> {
    const [line, id] = [this.aLine(), this.submissionId()];
    const { refs } = await this.put(line);
    const { refs: sheet } = await this.submit(id, [line]);
    await this.desk.resolve!(sheet[0].nativeId, 'approve');
    return { line, id, sent: await this.submit(id, [line]), refs };
  }

  async invoice(line: ExternalRef): Promise<void> {
    const lines = { timeEntries: this.kind === 'time' ? [line] : [], expenses: this.kind === 'time' ? [] : [line] };
    const money = { amount: '1.00', currency: 'GBP' };
    const id = mintId('invoice', 'conformance', 'written', String(process.pid), String(serial++));
    const projects = [await this.place(this.made.project.id)];
    const head = { id, number: 'INV-7', status: 'open' as const, date: '2026-11-30', total: money, amountDue: money };
    await this.made.vendor.billing!.invoice({ ...head, lines: { ...lines, projects } });
  }

  async loses(write: Write, fault: 'lose-answer' | 'late-commit', ms = 400): Promise<void> {
    await this.bench.fault(this.match(write), fault === 'lose-answer' ? { do: fault } : { do: fault, ms });
  }

  async shown(): Promise<Line[]> {
    const lines: Line[] = [];
    for await (const { items } of this.feed.from('2026-11-05')) lines.push(...items);
    return lines;
  }

  async read(id: string): Promise<Line | undefined> {
    return (await this.shown()).find(line => line.id === id);
  }

  #writer(vendor: PsaVendor): LineWriter<Written, Line> {
    return (this.kind === 'time' ? vendor.submissions!.timeEntries : vendor.submissions!.expenses!) as unknown as LineWriter<Written, Line>;
  }
}
