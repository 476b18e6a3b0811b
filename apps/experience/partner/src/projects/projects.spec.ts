import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { money } from '#canonical';
import { aFinancialProject } from '#testing';
import { anEvent, CLIENT, ids, OTHERS, OURS, projectChanged, projectId, testPartners, type TestPartners } from '../partner.fixture.js';

let partners: TestPartners;
beforeAll(async () => {
  partners = await testPartners();
});
afterAll(() => partners?.close());

const financed = (name: string, customerId: string) =>
  anEvent('financial-project.changed.v1', projectId(name), {
    state: { ...aFinancialProject({ id: projectId(name), customerId }), refs: [] },
    changed: [],
  });

describe("a client's projects", () => {
  it('have their milestones, and nothing of what the firm plans and earns', async () => {
    await partners.publish(projectChanged('grid'));
    expect((await partners.ask(`projects/${projectId('grid')}`, CLIENT)).body).toEqual({
      id: projectId('grid'),
      title: 'Northwind grid analytics',
      status: 'active',
      startDate: '2026-12-01',
      endDate: '2027-03-31',
      milestones: [
        { id: expect.any(String), title: 'Design accepted', sequence: 1, dueDate: '2027-01-15', amount: money('12000', 'GBP') },
        { id: expect.any(String), title: 'Go live', sequence: 2, dueDate: '2027-03-31', amount: money('20000', 'GBP') },
      ],
    });
  });

  it('are those of its customer and of the legal entities that it may see', async () => {
    await partners.publish(
      projectChanged('others', { customerId: OTHERS }),
      projectChanged('german', { legalEntity: 'LF-DE' }),
      projectChanged('unknown', { customerId: '' }),
      projectChanged('deleted', {}, true),
    );
    expect(ids(await partners.ask('projects', CLIENT))).toEqual([projectId('grid')]);
    await partners.publish(financed('unknown', OURS), financed('others', OURS));
    // The PSA's customer goes first; the ERP's stands in where the PSA knows none.
    expect(ids(await partners.ask('projects', CLIENT)).sort()).toEqual([projectId('grid'), projectId('unknown')].sort());
  });

  it('are paged from the latest on, and each page starts where the last one ended', async () => {
    await partners.publish(...[1, 2, 3].map(n => projectChanged(`paged-${n}`, { startDate: `2030-0${n}-01`, endDate: '2031-01-01' })));
    const first = await partners.ask('projects?limit=2', CLIENT);
    expect(ids(first)).toEqual([3, 2].map(n => projectId(`paged-${n}`)));
    await partners.publish(projectChanged('newer', { startDate: '2030-09-01', endDate: '2031-01-01' }));
    const second = await partners.ask(`projects?limit=2&cursor=${first.body.nextCursor}`, CLIENT);
    expect(ids(second)[0]).toBe(projectId('paged-1'));
  });
});
