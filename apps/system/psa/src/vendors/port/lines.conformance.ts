import { describe, expect, it } from 'vitest';
import { canonicalJson, type ExternalRef } from '#canonical';
import { eventually } from '#testing';
import { answersUnsupported, Bench, type PsaWorld } from './bench.fixture.js';
import { Booked, LineHand } from './line-hand.fixture.js';
import { byId, dayOf, type Kind, type Line, quantityOf, REACH, submissionIn } from './line-world.fixture.js';

/** What every PSA must do with time, and with expenses and teams where it has them. */
export function linesConformance(name: string, world: PsaWorld): void {
  describe(`lines in ${name}`, () => {
    const bench = new Bench(world);
    const made = new Booked(bench);
    const kinds: Kind[] = bench.can('expenses') ? ['time', 'expenses'] : ['time'];

    describe.each(kinds)('%s', kind => {
      const hand = new LineHand(bench, made, kind);
      linesAreFollowed(bench, made, kind, hand);
      if (bench.can('approval')) approvalIsFollowed(made, hand);
      if (bench.can('deletions')) deletionsAreTold(bench, kind, hand);
    });

    if (bench.can('assignments')) teamsAreFollowed(bench, made);
    else answersUnsupported(bench, 'assignments', vendor => vendor.assignments);
    if (!bench.can('expenses')) answersUnsupported(bench, 'expenses', vendor => vendor.expenses);
    if (!bench.can('approval')) answersUnsupported(bench, 'approval');
    if (!bench.can('timesheets')) answersUnsupported(bench, 'timesheets');
    if (!bench.can('deletions')) answersUnsupported(bench, 'deletions');
  });
}

function linesAreFollowed(bench: Bench, made: Booked, kind: Kind, hand: LineHand): void {
  const { desk, feedOf, followed, of, book, approve, takeBack, approved } = hand;

  it('shows a line whole: whose, where, when, how much, and that it is approved', async () => {
    const { id, submission, follower } = await approved(450);
    const line = of(follower);
    expect(line).toMatchObject({ projectId: made.project.id, person: bench.world.lines.person, approval: 'approved', billable: true });
    expect([dayOf(line), quantityOf(line)]).toEqual(['2026-11-03', '450']);
    expect(line.refs.map(({ nativeId }: ExternalRef) => nativeId)).toEqual(submission === undefined ? [id] : [id, submission]);
    if (submission === undefined) expect(submissionIn(line)).toBeUndefined();
    else expect(submissionIn(line)).toMatch(/^(tsh|exr)_/);
    expect(Math.abs(Date.parse(line.approvedAt!) - Date.now())).toBeLessThan(60_000);
    const again = followed();
    await again.look();
    // a reading from the beginning gives the same
    expect(canonicalJson([...again.known.values()])).toBe(canonicalJson([line]));
  });

  it('shows a deletion whose notice never came to whoever looks at everything, and says so when it is asked for the line', async () => {
    const { id, submission, follower } = await approved();
    const kept = await book(60);
    await follower.look();
    await takeBack(submission);
    if (bench.can('deletions'))
      await bench.world.control.planFault({ match: bench.world.lines.removals[kind]!, action: { do: 'notice', how: 'drop' }, nth: 1 });
    await desk().remove(id);
    await follower.look();
    expect(follower.known.size).toBe(2); // the feed alone doesn't know
    const shown: string[] = [];
    for await (const { items } of feedOf(made.vendor).from(REACH.from)) shown.push(...items.map(({ refs }) => refs[0].nativeId));
    expect([shown.includes(id), shown.includes(kept)]).toEqual([false, true]);
    const { items: there } = await feedOf(made.vendor).reread([...follower.known.values()]);
    expect(there.map(({ refs }) => refs[0].nativeId)).toEqual([kept]);
  });

  it('takes nothing back that went with a deleted project, whether its notice comes or whoever looks at everything misses it', async () => {
    const { follower, id } = await approved();
    const deleted = await made.aProjectThere();
    const there = await book(60, '2026-11-03', deleted.id);
    await approve([there]);
    expect((await follower.look()).at(-1)).toBe('approved 60');
    await bench.world.lines.removeProject(deleted.id);
    expect([await follower.look(), await follower.look()]).toEqual([[], []]);
    const known = [...follower.known.values()];
    const shown: string[] = [];
    for await (const { items } of feedOf(made.vendor).from(REACH.from)) shown.push(...items.map(({ refs }) => refs[0].nativeId));
    expect([shown.includes(id), shown.includes(there)]).toEqual([true, false]);
    const { items } = await feedOf(made.vendor).reread(known);
    expect(canonicalJson(byId(items))).toBe(canonicalJson(byId(known)));
  });

  it('shows only lines dated in the window, and changes of any day', async () => {
    const { follower } = await approved();
    const old = await book(30, '2026-03-02');
    expect(await follower.look()).toEqual([bench.can('approval') ? 'none 30' : 'approved 30']);
    const shown: string[] = [];
    for await (const { items } of feedOf(made.vendor).from(REACH.from)) shown.push(...items.map(({ refs }) => refs[0].nativeId));
    expect(shown).not.toContain(old);
  });

  it('asks little: three calls when nothing changed, a page for 200 lines, never one a line', { timeout: 60_000 }, async () => {
    const { follower } = await approved();
    await eventually(async () => (await follower.look()).length === 0);
    const reads = async (work: () => Promise<unknown>): Promise<number> => {
      const before = await bench.world.lines.reads();
      await work();
      return (await bench.world.lines.reads()) - before;
    };
    // Changes of the last seconds are read again, as the back end's clock has whole seconds.
    await eventually(async () => (await reads(() => follower.look())) <= 3);
    const ids: string[] = [];
    for (let i = 0; i < 210; i++) ids.push(await book(10 + i));
    for (const some of [ids.slice(0, 105), ids.slice(105)]) await approve(some);
    let calls = 0;
    calls += await reads(async () => void (await follower.look()));
    expect([...follower.known.values()].filter(({ approval }) => approval === 'approved')).toHaveLength(211);
    expect(calls).toBeLessThanOrEqual(12);
  });

  it('returns how far it got, and continues from there in another process', async () => {
    const { follower, id, submission } = await approved();
    const cursors: (string | null)[] = [];
    for await (const { cursor } of feedOf(made.vendor).changed(null, REACH)) cursors.push(cursor);
    expect([cursors.slice(0, -1).every(cursor => cursor === null), cursors.at(-1)]).toEqual([true, expect.any(String)]);
    if (bench.can('approval')) await desk().resolve!(submission!, 'reject');
    else await desk().change(id, { quantity: 30 });
    const seen: Line[] = [];
    for await (const { items } of feedOf(bench.connect()).changed(cursors.at(-1)!, REACH)) seen.push(...items);
    const now = seen.find(({ refs }) => refs[0].nativeId === id)!;
    expect(`${now.approval} ${quantityOf(now)}`).toBe(bench.can('approval') ? 'rejected 480' : 'approved 30');
    expect(`${of(follower).approval} ${quantityOf(of(follower))}`).toBe('approved 480');
  });
}

function approvalIsFollowed(made: Booked, hand: LineHand): void {
  const { desk, followed, of, book, approved } = hand;

  it('shows the approval of a former draft, and nothing twice', async () => {
    hand.forget();
    const follower = followed();
    await follower.look();
    const id = await book();
    expect(await follower.look()).toEqual(['none 480']);
    const submission = await desk().submit!([id]);
    expect(await follower.look()).toEqual(['pending 480']);
    await desk().resolve!(submission, 'approve');
    expect(await follower.look()).toEqual(['approved 480']);
    expect([await follower.look(), await follower.look()]).toEqual([[], []]);
  });

  it('shows an approval that is withdrawn, by rejection and by cancellation', async () => {
    for (const [how, says] of [
      ['reject', 'rejected'],
      ['cancel', 'cancelled'],
    ] as const) {
      const { submission, follower } = await approved();
      await desk().resolve!(submission!, how);
      expect(await follower.look()).toEqual([`${says} 480`]);
      expect(of(follower)).not.toHaveProperty('approvedAt');
    }
  });

  it('shows a corrected line once it is submitted and approved again, with its new timesheet', async () => {
    const { id, submission, follower } = await approved();
    const first = submissionIn(of(follower));
    await desk().resolve!(submission!, 'reject');
    await desk().change(id, { quantity: 420, day: '2026-11-04' });
    const second = await desk().submit!([id]);
    await desk().resolve!(second, 'approve');
    expect((await follower.look()).at(-1)).toBe('approved 420');
    expect([dayOf(of(follower)), follower.known.size]).toEqual(['2026-11-04', 1]);
    expect(submissionIn(of(follower))).not.toBe(first);
  });

  it('shows a line that moved to another project as the same line', async () => {
    const { id, submission, follower } = await approved();
    await desk().resolve!(submission!, 'cancel');
    await desk().change(id, { projectId: made.other.id });
    expect((await follower.look()).at(-1)).not.toMatch(/^approved/);
    await desk().resolve!(await desk().submit!([id]), 'approve');
    expect((await follower.look()).at(-1)).toBe('approved 480');
    expect([of(follower).projectId, follower.known.size]).toEqual([made.other.id, 1]);
  });
}

function deletionsAreTold(bench: Bench, kind: Kind, hand: LineHand): void {
  const { desk, takeBack, approved } = hand;

  it('shows a deleted line as deleted, however often its notice comes', async () => {
    const { id, submission, follower } = await approved();
    await takeBack(submission);
    await bench.world.control.planFault({ match: bench.world.lines.removals[kind]!, action: { do: 'notice', how: 'duplicate' }, nth: 1 });
    await desk().remove(id);
    expect((await follower.look()).at(-1)).toBe('gone');
    expect(await follower.look()).toEqual([]);
  });

  it('shows a deletion whose notice comes late', async () => {
    const { id, submission, follower } = await approved();
    await takeBack(submission);
    await bench.world.control.planFault({ match: bench.world.lines.removals[kind]!, action: { do: 'notice', how: 'delay', ms: 700 }, nth: 1 });
    await desk().remove(id);
    await eventually(async () => (await follower.look()).includes('gone'));
  });
}

function teamsAreFollowed(bench: Bench, made: Booked): void {
  describe('teams', () => {
    const look = async (since: string | null) => {
      const items: string[] = [];
      const gone: string[] = [];
      let at = since;
      for await (const page of made.vendor.assignments!.changed(since, REACH)) {
        items.push(...page.items.filter(one => one.projectId === made.project.id).map(one => `${one.person.email} ${one.startDate} ${one.endDate}`));
        gone.push(...(page.gone ?? []));
        at = page.cursor ?? at;
      }
      return { items, gone, at };
    };
    const everything = async () => {
      const items = [];
      for await (const page of made.vendor.assignments!.all()) items.push(...page.items);
      return items;
    };

    it('are shown with role and days, when somebody joins and when their days change; a sweep finds who left', async () => {
      const { email } = bench.world.lines.person;
      const { at } = await look(null);
      const seat = await bench.world.lines.assign!(made.project.id, { from: '2026-11-02', upTo: '2026-12-31' });
      expect((await look(at)).items).toEqual([`${email} 2026-11-02 2026-12-31`]);
      const [assignment] = (await everything()).filter(one => one.projectId === made.project.id);
      expect(assignment).toMatchObject({ person: bench.world.lines.person, role: expect.any(String), startDate: '2026-11-02' });
      await seat.change({ from: '2026-11-02', upTo: '2027-01-31' });
      expect((await look(at)).items).toEqual([`${email} 2026-11-02 2027-01-31`]);
      await seat.remove();
      expect((await everything()).filter(one => one.projectId === made.project.id).map(({ id }) => id)).not.toContain(assignment.id);
    });

    it('of the running projects are all there', async () => {
      const all = await everything();
      expect(all.length).toBeGreaterThan(10);
      expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
      expect(all.every(({ person, startDate, endDate }) => person.email !== '' && (startDate === undefined || startDate <= endDate!))).toBe(true);
    });
  });
}
