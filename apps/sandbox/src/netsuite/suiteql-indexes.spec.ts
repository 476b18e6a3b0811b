import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aTime, firm, project, RunningAccount } from './running-account.fixture.js';

let account: RunningAccount;
beforeAll(async () => {
  account = new RunningAccount();
  await account.start();
  const other = firm.projects.find(({ id, closedOn }) => id !== project.id && closedOn === null)!;
  const elsewhere = { customer: { externalId: other.id }, caseTaskEvent: null };
  const times = Array.from({ length: 60 }, (_, n) => aTime(`tl-${n}-v1`, n % 3 === 0 ? elsewhere : {}));
  await account.finished(await account.batch('PUT', 'timeBill', times));
  await account.finished(await account.batch('DELETE', 'timeBill', 'ids=eid:tl-7-v1,eid:tl-8-v1'));
});
afterAll(() => account.end());

const rows = async (q: string): Promise<unknown[]> => (await account.query(q)).body.items;
const since = "TO_DATE('2026-01-01 00:00:00', 'YYYY-MM-DD HH24:MI:SS')";

describe('a look-up by an index', () => {
  it.each([
    ["externalid IN ('tl-1-v1', 'tl-7-v1', 'tl-2-v1', 'tl-2-v1', 'nothing')", "externalid || '' IN ('tl-1-v1', 'tl-7-v1', 'tl-2-v1', 'nothing')", 2],
    ["externalid = 'tl-3-v1'", "externalid || '' = 'tl-3-v1'", 1],
    ["externalid NOT IN ('tl-1-v1', 'tl-2-v1')", "NOT (externalid || '' IN ('tl-1-v1', 'tl-2-v1'))", 56],
    ['id IN (500001, 500002, 500008, 1)', 'id + 0 IN (500001, 500002, 500008, 1)', 2],
    ["id IN ('500001', '500002')", "id + 0 IN ('500001', '500002')", 2],
    ["id IN ('500001', 500002)", "id + 0 IN ('500001', 500002)", 2],
    ['id IN (500001, NULL)', 'id + 0 IN (500001, NULL)', 1],
    ["externalid IN ('it''s', 'tl-4-v1')", "externalid || '' IN ('it''s', 'tl-4-v1')", 1],
    [`lastmodifieddate >= ${since}`, `ADD_MONTHS(lastmodifieddate, 0) >= ${since}`, 58],
    [`lastmodifieddate > ${since} AND externalid IN ('tl-5-v1', 'tl-6-v1')`, "externalid LIKE 'tl-5-v1' OR externalid LIKE 'tl-6-v1'", 2],
    [`externalid = 'tl-5-v1' OR lastmodifieddate < ${since}`, "externalid LIKE 'tl-5-v1'", 1],
    ["id = 'nothing'", '1 = 0', 0],
  ])('%s finds the same rows as a scan of the table', async (byIndex, byWalk, count) => {
    const found = await rows(`SELECT id, externalid FROM timebill WHERE ${byIndex} ORDER BY id`);
    expect(found).toEqual(await rows(`SELECT id, externalid FROM timebill WHERE ${byWalk} ORDER BY id`));
    expect(found).toHaveLength(count);
  });

  it('serves both sides of a join, and keeps the unmatched of a left join', async () => {
    const q = (from: string) =>
      `SELECT j.externalid AS project, t.externalid AS line FROM ${from} WHERE j.externalid = '${project.id}' ORDER BY t.id`;
    const joined = await rows(q('timebill t INNER JOIN job j ON j.id = t.customer'));
    expect(joined).toEqual(await rows(q('job j INNER JOIN timebill t ON t.customer = j.id')));
    expect(joined).toEqual(await rows(q('job j INNER JOIN timebill t ON t.customer + 0 = j.id')));
    expect(joined).toHaveLength(38);
    const left = await rows(
      "SELECT j.id, COUNT(t.id) AS n FROM job j LEFT JOIN timebill t ON t.customer = j.id AND t.isbillable = 'T' GROUP BY j.id ORDER BY n DESC",
    );
    expect(left).toHaveLength(firm.projects.length);
    expect(left.at(-1)).toMatchObject({ n: '0' });
  });

  it('does not take another table’s column of the same name for its own', async () => {
    const [time] = (await rows("SELECT id, customer FROM timebill WHERE externalid = 'tl-1-v1'")) as { id: string; customer: string }[];
    const q = `SELECT t.id FROM job j INNER JOIN timebill t ON t.customer = j.id WHERE j.id = ${time.customer} AND t.id = ${time.id}`;
    expect(await rows(q)).toEqual([{ links: [], id: time.id }]);
  });

  it('reads transactions by type, by id and by change', async () => {
    const line = { category: { externalId: 'MEALS' }, amount: 12.5, isBillable: true, customer: { externalId: project.id } };
    const report = { entity: { externalId: project.team[0] }, tranDate: '2026-11-16', expense: { items: [line] } };
    const [made] = await account.results(
      await account.finished(await account.batch('PUT', 'expenseReport', [{ ...report, externalId: 'tl-90-v1' }])),
    );
    const id = made.headers.get('location')!.split('/').at(-1);
    const conditions = [
      "type = 'ExpRept'",
      `id = ${id}`,
      "externalid IN ('tl-90-v1', 'tl-91-v1')",
      `lastmodifieddate >= ${since}`,
      `type = 'ExpRept' AND lastmodifieddate >= ${since}`,
    ];
    for (const condition of conditions)
      expect(await rows(`SELECT id, externalid, type, foreigntotal FROM transaction WHERE ${condition}`)).toEqual([
        { links: [], id, externalid: 'tl-90-v1', type: 'ExpRept', foreigntotal: '12.5' },
      ]);
    expect(await rows(`SELECT id FROM transaction WHERE type = 'CustInvc' AND lastmodifieddate >= ${since}`)).toEqual([]);
  });
});
