import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { mintId, money } from '#canonical';
import { inTransaction } from '#persistence';
import { eventually } from '#testing';
import { ReferenceStore } from '../facts/reference.store.js';
import { aFinancialProject, anExpense, someTime, testBilling, type TestBilling } from '../time-to-billing.fixture.js';

let billing: TestBilling;
beforeAll(async () => {
  billing = await testBilling();
});
afterAll(() => billing.close());

/** Sets the project's cap, and waits until the releaser has looked at its waiting lines. */
async function capped(projectId: string, limit: string): Promise<void> {
  const notToExceed = money(limit, 'GBP');
  await billing.publish('financial-project.changed.v1', projectId, {
    state: { ...aFinancialProject(), id: projectId, notToExceed, refs: [] },
    changed: [],
  });
  await holds(
    `select 1 from billing.project p left join billing.cap c on c.project_id = p.id
     where p.id = $1 and p.financial -> 'notToExceed' = $2 and c.freed is not true`,
    [projectId, notToExceed],
  );
}

const holds = (question: string, values: unknown[]) =>
  eventually(async () => (await billing.dataSource.query<object[]>(question, values)).length > 0);

describe('headroom that comes free', () => {
  it('is kept for the oldest overage while that line has a posting in flight', async () => {
    const projectId = mintId('project', 'spec', 'on its way');
    await capped(projectId, '100');
    const older = anExpense('older', { projectId, amount: money('120', 'GBP') });
    const younger = someTime('younger', { projectId, workDate: '2026-11-03', workedMinutes: 60 });
    await billing.approve(older);
    expect(await billing.reaches(older.id, 'posted')).toMatchObject({ overage: { money: money('20', 'GBP') } });
    await billing.approve(younger);
    await billing.reaches(younger.id, 'overage');

    billing.around.away = true;
    await capped(projectId, '110');
    await holds('select 1 from billing.posting where external_id = $1', [`tl-${older.id}-v1-o1`]);
    await capped(projectId, '120.5');
    billing.around.away = false;

    expect(
      await eventually(async () => {
        const line = await billing.reaches(older.id, 'posted');
        return line.overage === undefined && line;
      }),
    ).toMatchObject({ money: money('120', 'GBP') });
    expect(await billing.reaches(younger.id, 'overage')).toMatchObject({ money: money('0', 'GBP') });
  });

  it('also goes to a younger line that arrives while the older one is served', async () => {
    const projectId = mintId('project', 'spec', 'meanwhile');
    await capped(projectId, '0');
    const older = someTime('older meanwhile', { projectId, workedMinutes: 60 });
    const younger = someTime('younger meanwhile', { projectId, workDate: '2026-11-03', workedMinutes: 60 });
    for (const line of [older, younger]) {
      await billing.approve(line);
      await billing.reaches(line.id, 'overage');
    }
    const { dataSource, app } = billing;
    await dataSource.query('update billing.line set overage_amount = null where id = $1', [younger.id]);
    const store = app.app.get(ReferenceStore, { strict: false });
    const lockCaps = store.lockCaps.bind(store);
    // It stood behind the older one, which commits after the releaser has looked who waits.
    vi.spyOn(store, 'lockCaps').mockImplementationOnce(async (em, projects) => {
      await inTransaction(dataSource, async other => {
        await lockCaps(other, projects);
        await other.query('update billing.line set overage_amount = amount where id = $1', [younger.id]);
        await store.freeCaps(other, projects);
      });
      return lockCaps(em, projects);
    });
    await capped(projectId, '1000');
    for (const { id } of [older, younger]) expect(await billing.reaches(id, 'posted')).toMatchObject({ money: money('150', 'GBP') });
  });

  it('goes to all waiting lines, however many they are', async () => {
    const projectId = mintId('project', 'spec', 'many');
    await capped(projectId, '0');
    const entries = Array.from({ length: 201 }, (_, n) => someTime(`one of many ${n}`, { projectId, workedMinutes: 1 }));
    for (const entry of entries) await billing.approve(entry);
    const states = () =>
      billing.dataSource.query('select state, count(*)::int n from billing.line where project_id = $1 group by state', [projectId]);
    await eventually(async () => expect(await states()).toEqual([{ state: 'overage', n: 201 }]));
    await capped(projectId, '1000');
    await eventually(async () => expect(await states()).toEqual([{ state: 'posted', n: 201 }]));
  });
});
