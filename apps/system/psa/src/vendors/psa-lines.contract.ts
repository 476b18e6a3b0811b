import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson, mintId, type ExpenseEntry, type ExternalRef, type Project, type TimeEntry } from '#canonical';
import { aProject, eventually, problemOf, type SandboxControl } from '#testing';
import type { ConnectOptions, PsaWorld } from './psa-vendor.contract.js';
import type { BillingStatus, InvoiceToTell, LineFeed, PsaVendor } from './psa-vendor.js';

type Line = TimeEntry | ExpenseEntry;
type FaultMatch = Parameters<SandboxControl['planFault']>[0]['match'];

/** What people do with their lines in the back end's own screens. Ids are the back end's. */
export interface LineDesk {
  /** A line of the person who was taken for the test: minutes, or smallest units of the project's currency. */
  book(projectId: string, o: { day: string; quantity: number }): Promise<string>;
  change(id: string, to: { day?: string; quantity?: number; projectId?: string }): Promise<void>;
  remove(id: string): Promise<void>;
  /** Answers the submission. */
  submit(ids: string[]): Promise<string>;
  resolve(submission: string, how: 'approve' | 'reject' | 'cancel'): Promise<void>;
}

/** What a vendor's spec gives beside the rest, so that time, expenses and what is told back can be held against the contract. */
export interface LineWorld {
  time: LineDesk;
  expenses: LineDesk;
  /** Whose lines they are. */
  person: { email: string; name: string };
  /** Puts somebody on the project's team; answers how to change their days and how to take these away. */
  assign(
    projectId: string,
    days: { from: string; upTo: string },
  ): Promise<{ change(days: { from: string; upTo: string }): Promise<void>; remove(): Promise<void> }>;
  /** Deletes a project, and with it what is on it. */
  removeProject(projectId: string): Promise<void>;
  /** The requests that delete a line of the kind. */
  removals: Record<'time' | 'expenses', FaultMatch>;
  /** The requests that tell a state of billing, and that make an invoice. */
  writes: Record<'status' | 'invoice', FaultMatch>;
  /** What is told of a submission, as people read it there; null when nothing was. */
  toldOf(submission: string): Promise<{ status: string; message: string } | null>;
  /** The invoices that bear the id, with how many lines each has. */
  invoices(id: string): Promise<{ cancelled: boolean; status: string; lines: number }[]>;
  /** How many reads were made so far. */
  reads(): Promise<number>;
}

const REACH = { from: '2026-10-01', overlapMs: 2_000 };
let deals = 0;

/** Reads a feed as capture does: from a cursor, pages in order, items before what is gone. */
class Follower<T extends Line> {
  readonly known = new Map<string, T>();
  /** What changed, in order: `approved 480` or `gone`. */
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

const quantityOf = (line: Line): string =>
  'workedMinutes' in line ? String(line.workedMinutes) : String(Math.round(Number(line.amount.amount) * 100));
const dayOf = (line: Line): string => ('workDate' in line ? line.workDate : line.expenseDate);
const submissionIn = (line: Line): string | undefined => ('workedMinutes' in line ? line.timesheetId : line.expenseReportId);

const byId = (lines: Line[]): Line[] => lines.toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** What every PSA must do with lines. */
export function psaLinesContract(name: string, world: PsaWorld): void {
  describe(`the PSA contract: ${name}: lines`, () => {
    const open: PsaVendor[] = [];
    const connect = (o: ConnectOptions = {}): PsaVendor => {
      const vendor = world.connect(o);
      open.push(vendor);
      return vendor;
    };
    let vendor: PsaVendor;
    let project: Project;
    let other: Project;

    const aProjectThere = async (): Promise<Project> => {
      const made = aProject({ dealId: mintId('deal', 'lines', String(process.pid), String(deals++)) });
      await (await vendor.planProject(made)).apply();
      return made;
    };

    beforeAll(async () => {
      await world.open();
      vendor = world.connect();
      project = await aProjectThere();
      other = await aProjectThere();
    });
    afterAll(async () => {
      await vendor.close();
      await world.close();
    });
    afterEach(async () => {
      await world.control.clearFaults();
      await Promise.all(open.splice(0).map(one => one.close()));
    });

    describe.each(['time', 'expenses'] as const)('%s', kind => {
      const desk = () => world.lines[kind];
      const feedOf = (of: PsaVendor) => (kind === 'time' ? of.timeEntries : of.expenses) as LineFeed<Line>;
      const ours = new Set<string>();
      const followed = (of = vendor) => new Follower<Line>(feedOf(of), ({ refs: [{ nativeId }] }) => ours.has(nativeId));
      const book = async (quantity = 480, day = '2026-11-03', projectId = project.id): Promise<string> => {
        const id = await desk().book(projectId, { day, quantity });
        ours.add(id);
        return id;
      };
      const approved = async (quantity = 480): Promise<{ id: string; submission: string; follower: Follower<Line> }> => {
        ours.clear();
        const follower = followed();
        await follower.look();
        const id = await book(quantity);
        const submission = await desk().submit([id]);
        await desk().resolve(submission, 'approve');
        expect((await follower.look()).at(-1)).toBe(`approved ${quantity}`);
        return { id, submission, follower };
      };
      const of = ({ known }: Follower<Line>) => [...known.values()][0];

      it('shows a line whole: whose it is, where, when, how much, and that it is approved', async () => {
        const { id, submission, follower } = await approved(450);
        const line = of(follower);
        expect(line).toMatchObject({ projectId: project.id, person: world.lines.person, approval: 'approved', billable: true });
        expect([dayOf(line), quantityOf(line)]).toEqual(['2026-11-03', '450']);
        expect(line.refs.map(({ nativeId }: ExternalRef) => nativeId)).toEqual([id, submission]);
        expect(submissionIn(line)).toMatch(/^(tsh|exr)_/);
        expect(Math.abs(Date.parse(line.approvedAt!) - Date.now())).toBeLessThan(60_000);
        const again = followed();
        await again.look();
        expect(canonicalJson([...again.known.values()])).toBe(canonicalJson([line])); // from the beginning it reads the same
      });

      it('tells the approval of what it had shown as a draft, and nothing twice', async () => {
        ours.clear();
        const follower = followed();
        await follower.look();
        const id = await book();
        expect(await follower.look()).toEqual(['none 480']);
        const submission = await desk().submit([id]);
        expect(await follower.look()).toEqual(['pending 480']);
        await desk().resolve(submission, 'approve');
        expect(await follower.look()).toEqual(['approved 480']);
        expect([await follower.look(), await follower.look()]).toEqual([[], []]);
      });

      it('tells an approval that is taken back, by rejection and by cancellation', async () => {
        for (const [how, says] of [
          ['reject', 'rejected'],
          ['cancel', 'cancelled'],
        ] as const) {
          const { submission, follower } = await approved();
          await desk().resolve(submission, how);
          expect(await follower.look()).toEqual([`${says} 480`]);
          expect(of(follower)).not.toHaveProperty('approvedAt');
        }
      });

      it('tells a corrected line once it is submitted and approved again, with its new timesheet', async () => {
        const { id, submission, follower } = await approved();
        const first = submissionIn(of(follower));
        await desk().resolve(submission, 'reject');
        await desk().change(id, { quantity: 420, day: '2026-11-04' });
        const second = await desk().submit([id]);
        await desk().resolve(second, 'approve');
        expect((await follower.look()).at(-1)).toBe('approved 420');
        expect([dayOf(of(follower)), follower.known.size]).toEqual(['2026-11-04', 1]);
        expect(submissionIn(of(follower))).not.toBe(first);
      });

      it('tells a line that moved to another project as the same line', async () => {
        const { id, submission, follower } = await approved();
        await desk().resolve(submission, 'cancel');
        await desk().change(id, { projectId: other.id });
        expect((await follower.look()).at(-1)).not.toMatch(/^approved/);
        await desk().resolve(await desk().submit([id]), 'approve');
        expect((await follower.look()).at(-1)).toBe('approved 480');
        expect([of(follower).projectId, follower.known.size]).toEqual([other.id, 1]);
      });

      it('tells a deleted line as gone, however often its notice comes', async () => {
        const { id, submission, follower } = await approved();
        await desk().resolve(submission, 'cancel');
        await world.control.planFault({ match: world.lines.removals[kind], action: { do: 'notice', how: 'duplicate' }, nth: 1 });
        await desk().remove(id);
        expect((await follower.look()).at(-1)).toBe('gone');
        expect(await follower.look()).toEqual([]);
      });

      it('tells a deletion whose notice comes late', async () => {
        const { id, submission, follower } = await approved();
        await desk().resolve(submission, 'cancel');
        await world.control.planFault({ match: world.lines.removals[kind], action: { do: 'notice', how: 'delay', ms: 700 }, nth: 1 });
        await desk().remove(id);
        await eventually(async () => (await follower.look()).includes('gone'));
      });

      it('shows a deletion whose notice never came to whoever looks at everything, and says so when it is asked for the line', async () => {
        const { id, submission, follower } = await approved();
        const kept = await book(60);
        await follower.look();
        await desk().resolve(submission, 'cancel');
        await world.control.planFault({ match: world.lines.removals[kind], action: { do: 'notice', how: 'drop' }, nth: 1 });
        await desk().remove(id);
        await follower.look();
        expect(follower.known.size).toBe(2); // the feed alone doesn't know
        const shown: string[] = [];
        for await (const { items } of feedOf(vendor).from(REACH.from)) shown.push(...items.map(({ refs }) => refs[0].nativeId));
        expect([shown.includes(id), shown.includes(kept)]).toEqual([false, true]);
        const { items: there } = await feedOf(vendor).again([...follower.known.values()]);
        expect(there.map(({ refs }) => refs[0].nativeId)).toEqual([kept]);
      });

      it('takes nothing back that went with a deleted project, whether its notice comes or whoever looks at everything misses it', async () => {
        const { follower, id } = await approved();
        const deleted = await aProjectThere();
        const there = await book(60, '2026-11-03', deleted.id);
        await desk().resolve(await desk().submit([there]), 'approve');
        expect((await follower.look()).at(-1)).toBe('approved 60');
        await world.lines.removeProject(deleted.id);
        expect([await follower.look(), await follower.look()]).toEqual([[], []]);
        const known = [...follower.known.values()];
        const shown: string[] = [];
        for await (const { items } of feedOf(vendor).from(REACH.from)) shown.push(...items.map(({ refs }) => refs[0].nativeId));
        expect([shown.includes(id), shown.includes(there)]).toEqual([true, false]);
        const { items } = await feedOf(vendor).again(known);
        expect(canonicalJson(byId(items))).toBe(canonicalJson(byId(known)));
      });

      it('shows only what is dated in reach, and what changed whatever its day', async () => {
        const { follower } = await approved();
        const old = await book(30, '2026-03-02');
        expect(await follower.look()).toEqual(['none 30']);
        const shown: string[] = [];
        for await (const { items } of feedOf(vendor).from(REACH.from)) shown.push(...items.map(({ refs }) => refs[0].nativeId));
        expect(shown).not.toContain(old);
      });

      it('asks little: three calls when nothing changed, a page for 200 lines, never one a line', { timeout: 60_000 }, async () => {
        const { follower } = await approved();
        await eventually(async () => (await follower.look()).length === 0);
        const reads = async (work: () => Promise<unknown>): Promise<number> => {
          const before = await world.lines.reads();
          await work();
          return (await world.lines.reads()) - before;
        };
        // Changes of the last seconds are looked at again, as the back end's clock is told to the second.
        await eventually(async () => (await reads(() => follower.look())) <= 3);
        const ids: string[] = [];
        for (let i = 0; i < 210; i++) ids.push(await book(10 + i));
        const submissions = [await desk().submit(ids.slice(0, 105)), await desk().submit(ids.slice(105))];
        for (const submission of submissions) await desk().resolve(submission, 'approve');
        let calls = 0;
        calls += await reads(async () => void (await follower.look()));
        expect([...follower.known.values()].filter(({ approval }) => approval === 'approved')).toHaveLength(211);
        expect(calls).toBeLessThanOrEqual(12);
      });

      it('says how far it got, and goes on from there in another process', async () => {
        const { follower, id, submission } = await approved();
        const cursors: (string | null)[] = [];
        for await (const { cursor } of feedOf(vendor).changed(null, REACH)) cursors.push(cursor);
        expect([cursors.slice(0, -1).every(cursor => cursor === null), cursors.at(-1)]).toEqual([true, expect.any(String)]);
        await desk().resolve(submission, 'reject');
        const seen: Line[] = [];
        for await (const { items } of feedOf(connect()).changed(cursors.at(-1)!, REACH)) seen.push(...items);
        expect(seen.find(({ refs }) => refs[0].nativeId === id)?.approval).toBe('rejected');
        expect(of(follower).approval).toBe('approved');
      });
    });

    describe('teams', () => {
      const look = async (since: string | null) => {
        const items: string[] = [];
        const gone: string[] = [];
        let at = since;
        for await (const page of vendor.assignmentsChanged(since, REACH)) {
          items.push(...page.items.filter(one => one.projectId === project.id).map(one => `${one.person.email} ${one.startDate} ${one.endDate}`));
          gone.push(...(page.gone ?? []));
          at = page.cursor ?? at;
        }
        return { items, gone, at };
      };
      const everything = async () => {
        const items = [];
        for await (const page of vendor.allAssignments()) items.push(...page.items);
        return items;
      };

      it('are told with role and days, when somebody joins and when their days change; a sweep finds who left', async () => {
        const { email } = world.lines.person;
        const { at } = await look(null);
        const seat = await world.lines.assign(project.id, { from: '2026-11-02', upTo: '2026-12-31' });
        expect((await look(at)).items).toEqual([`${email} 2026-11-02 2026-12-31`]);
        const [assignment] = (await everything()).filter(one => one.projectId === project.id);
        expect(assignment).toMatchObject({ person: world.lines.person, role: expect.any(String), startDate: '2026-11-02' });
        await seat.change({ from: '2026-11-02', upTo: '2027-01-31' });
        expect((await look(at)).items).toEqual([`${email} 2026-11-02 2027-01-31`]);
        await seat.remove();
        expect((await everything()).filter(one => one.projectId === project.id).map(({ id }) => id)).not.toContain(assignment.id);
      });

      it('of the running projects are all there', async () => {
        const all = await everything();
        expect(all.length).toBeGreaterThan(10);
        expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
        expect(all.every(({ person, startDate, endDate }) => person.email !== '' && (startDate === undefined || startDate <= endDate!))).toBe(true);
      });
    });

    describe('what is told back', () => {
      const status = (over: Partial<BillingStatus> = {}): BillingStatus => ({
        posted: 1,
        billed: 0,
        paid: 0,
        total: 2,
        money: [{ amount: '640.00', currency: 'GBP' }],
        message: 'one line has no rate',
        ...over,
      });
      const desks = [
        ['a timesheet', 'time'],
        ['an expense report', 'expenses'],
      ] as const;

      async function anApproved(
        kind: 'time' | 'expenses',
        quantities = [480, 60],
      ): Promise<{ lines: Line[]; submission: string; feed: LineFeed<Line> }> {
        const feed = (kind === 'time' ? vendor.timeEntries : vendor.expenses) as LineFeed<Line>;
        const ids: string[] = [];
        for (const quantity of quantities) ids.push(await world.lines[kind].book(project.id, { day: '2026-11-05', quantity }));
        const submission = await world.lines[kind].submit(ids);
        await world.lines[kind].resolve(submission, 'approve');
        const lines: Line[] = [];
        for await (const { items } of feed.from('2026-11-05')) lines.push(...items.filter(({ refs }) => ids.includes(refs[0].nativeId)));
        return { lines, submission, feed };
      }
      const tell = (kind: 'time' | 'expenses', [line]: Line[], told: BillingStatus) =>
        kind === 'time'
          ? vendor.billing!.timesheetStatus(line.refs[1], submissionIn(line)!, told)
          : vendor.billing!.expenseReportStatus(line.refs[1], submissionIn(line)!, told);

      it.each(desks)('is the state of %s, which changes none of its lines', async (_, kind) => {
        const { lines, submission, feed } = await anApproved(kind);
        await tell(kind, lines, status());
        expect(await world.lines.toldOf(submission)).toMatchObject({ status: '1 of 2 posted, 0 billed, 0 paid' });
        await tell(kind, lines, status({ posted: 2, billed: 2, message: '' }));
        await tell(kind, lines, status({ posted: 2, billed: 2, message: '' }));
        expect(await world.lines.toldOf(submission)).toEqual({ status: '2 of 2 posted, 2 billed, 0 paid', message: 'GBP 640.00' });
        expect(byId((await feed.again(lines)).items)).toEqual(byId(lines));
      });

      it.each(desks)('stands once when the answer about %s was lost, the newer after the older', async (_, kind) => {
        const { lines, submission } = await anApproved(kind);
        await world.control.planFault({ match: world.lines.writes.status, action: { do: 'late-commit', ms: 400 }, nth: 1 });
        expect(await problemOf(tell(kind, lines, status()))).toMatchObject({ kind: 'vendor-unavailable', code: 'outcome-unknown' });
        await tell(kind, lines, status({ posted: 2 }));
        expect(await world.lines.toldOf(submission)).toMatchObject({ status: '2 of 2 posted, 0 billed, 0 paid' });
      });

      const invoiceOf = async (time: Line[], expenses: Line[], over: Partial<InvoiceToTell> = {}): Promise<InvoiceToTell> => ({
        id: mintId('invoice', 'contract', String(process.pid), String(deals++)),
        number: 'INV-1001',
        status: 'open',
        date: '2026-11-30',
        dueDate: '2026-12-30',
        total: { amount: '960.00', currency: 'GBP' },
        amountDue: { amount: '960.00', currency: 'GBP' },
        lines: {
          timeEntries: time.map(({ refs }) => refs[0]),
          expenses: expenses.map(({ refs }) => refs[0]),
          projects: (await vendor.project(project.id))!.refs,
        },
        ...over,
      });

      it('is an invoice with all its lines in one write, once; paid and voided follow, and its lines stay as they were', async () => {
        const { lines: time, feed } = await anApproved('time');
        const { lines: expenses } = await anApproved('expenses');
        const invoice = await invoiceOf(time, expenses);
        const { refs } = await vendor.billing!.invoice(invoice);
        expect((await vendor.billing!.invoice(invoice)).refs).toEqual(refs);
        expect(await world.lines.invoices(invoice.id)).toEqual([{ cancelled: false, status: 'open', lines: 4 }]);
        await vendor.billing!.invoice({ ...invoice, status: 'paid', amountDue: { amount: '0.00', currency: 'GBP' } });
        expect(await world.lines.invoices(invoice.id)).toMatchObject([{ cancelled: false, status: 'paid' }]);
        await vendor.billing!.invoice({ ...invoice, status: 'voided' });
        await vendor.billing!.invoice({ ...invoice, status: 'voided' });
        expect(await world.lines.invoices(invoice.id)).toMatchObject([{ cancelled: true, status: 'voided' }]);
        expect(byId((await feed.again(time)).items)).toEqual(byId(time));
      });

      it.each(['lose-answer', 'late-commit'] as const)('is one invoice after a %s', async fault => {
        const { lines } = await anApproved('time');
        const invoice = await invoiceOf(lines, []);
        await world.control.planFault({
          match: world.lines.writes.invoice,
          action: fault === 'lose-answer' ? { do: fault } : { do: fault, ms: 400 },
          nth: 1,
        });
        expect(await problemOf(vendor.billing!.invoice(invoice))).toMatchObject({ kind: 'vendor-unavailable' });
        await vendor.billing!.invoice(invoice);
        expect(await world.lines.invoices(invoice.id)).toMatchObject([{ cancelled: false, lines: 2 }]);
      });

      it('makes nothing of an invoice that was voided before it was told', async () => {
        const { lines } = await anApproved('time');
        const invoice = await invoiceOf(lines, [], { status: 'voided' });
        expect(await vendor.billing!.invoice(invoice)).toEqual({ refs: [] });
        expect(await world.lines.invoices(invoice.id)).toEqual([]);
      });

      it('refuses an invoice that is there with other lines', async () => {
        const { lines } = await anApproved('time');
        const invoice = await invoiceOf(lines.slice(0, 1), []);
        await vendor.billing!.invoice(invoice);
        const more = { ...invoice, lines: { ...invoice.lines, timeEntries: lines.map(({ refs }) => refs[0]) } };
        expect(await problemOf(vendor.billing!.invoice(more))).toMatchObject({ kind: 'conflict', code: 'invoice-differs', retryable: false });
      });
    });
  });
}
