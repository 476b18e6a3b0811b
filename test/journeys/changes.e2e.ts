import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectIdOf } from '#canonical';
import { eventually, type TokenRequest } from '#testing';
import { House } from '../house/house.js';
import { dealOf, journeyOf, kindsOf, liveProjects, reached } from '../house/reading.js';
import { Sales } from '../house/sales.js';

let house: House;
beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house?.close());

interface ExceptionSeen {
  state: string;
  owner: string;
  reasons: { code: string }[];
  money: { amount: string; currency: string }[];
  keys: { name: string; value: string }[];
}

/** An active project of the firm's nth clean deal. */
async function active(index: number): Promise<{ opportunityId: string; projectId: string; workspaceId: string }> {
  const opportunity = await house.sales.opportunity(Sales.cleanDealNames()[index]);
  await house.sales.win(opportunity.Id);
  await reached(house, opportunity.Id, 'journey.project-active');
  await house.quiet();
  const projectId = projectIdOf(await dealOf(house, opportunity.Id));
  const [workspaceId] = (await liveProjects(house)).kantata.get(projectId)!;
  return { opportunityId: opportunity.Id, projectId, workspaceId };
}

const opened = (code: string) =>
  eventually(
    async () => {
      const { data } = await house.graphql<{ exceptions: { nodes: ExceptionSeen[] } }>(
        '{ exceptions(first: 50, filter: { state: [OPEN] }) { nodes { state owner reasons { code } money { amount currency } keys { name value } } } }',
      );
      return data.exceptions.nodes.find(exception => exception.reasons.some(reason => reason.code === code));
    },
    { withinMs: 60_000 },
  );

describe('the same news of a deal twice', () => {
  it('makes one project, however often its feed is read, swept, or a run is asked for', async () => {
    const { opportunityId, projectId } = await active(0);
    const before = await liveProjects(house);
    for (let n = 0; n < 3; n++) {
      expect((await house.rest('POST', '/system/crm/v1/feeds/deals/sweeps')).status).toBeLessThan(300);
      expect((await house.rest('POST', '/system/crm/v1/feeds/deals/polls')).status).toBeLessThan(300);
    }
    const [{ deal_id: dealId }] = await house.sql<{ deal_id: string }>('select deal_id from initiation.engagement where project_id = $1', [
      projectId,
    ]);
    const seq = (await house.ledger('netsuite')).at(-1)!.seq;
    expect((await house.rest('POST', '/process/project-initiation/v1/runs', { body: { dealId, reason: 'once more' } })).status).toBe(202);
    await house.quiet();
    expect(await liveProjects(house)).toEqual(before);
    expect(await house.ledger('netsuite', seq)).toEqual([]);
    expect(kindsOf(await journeyOf(house, opportunityId)).filter(kind => kind === 'journey.deal-won')).toHaveLength(1);
  });
});

describe('a deal that is reopened after time was booked', () => {
  it('is not undone: the desk of the project managers has it, with the deal, the project and its money', async () => {
    const { opportunityId, projectId, workspaceId } = await active(1);
    const { baseUrl, accessToken } = house.sandboxes.endpoints.kantata;
    const booked = await fetch(`${baseUrl}/api/v1/time_entries`, {
      method: 'POST',
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ time_entry: { workspace_id: Number(workspaceId), date_performed: '2026-12-02', time_in_minutes: 90 } }),
    });
    expect(booked.status).toBe(200);
    await house.sales.reopen(opportunityId);
    const exception = await opened('deal.reopened-after-time');
    expect(exception.owner).toBe('PMO');
    expect(exception.keys).toContainEqual({ name: 'project', value: projectId });
    expect(exception.money).toHaveLength(1);
    expect((await liveProjects(house)).kantata.get(projectId)).toEqual([workspaceId]);
  });
});

describe('a term that may not change by itself', () => {
  it('is asked about and not applied', async () => {
    const { opportunityId, projectId } = await active(2);
    const { body: before } = await house.rest<{ dimensions: { legalEntity: string } }>('GET', `/system/erp/v1/projects/${projectId}?fresh=true`);
    const other = before.dimensions.legalEntity === 'LF-UK' ? 'Larkfield GmbH' : 'Larkfield Ltd';
    await house.sales.change(opportunityId, { Legal_Entity__c: other });
    await opened('deal.change-needs-decision');
    const { body: after } = await house.rest<{ dimensions: { legalEntity: string } }>('GET', `/system/erp/v1/projects/${projectId}?fresh=true`);
    expect(after.dimensions).toEqual(before.dimensions);
  });
});

describe('the check before closing', () => {
  it('tells sales all faults of an open deal by the rules of the flow, and writes nothing', async () => {
    const { createFirm } = await import('../../apps/sandbox/src/firm/create-firm.js');
    const { Id } = await house.sales.opportunity(createFirm().deals[1].name);
    const dealId = await dealOf(house, Id);
    const { status, body } = await house.rest<{ ready: boolean; faults: { code: string; text: string; desk: string }[] }>(
      'POST',
      '/process/project-initiation/v1/checks',
      { as: { client: 'sales' }, body: { dealId } },
    );
    expect(status).toBe(200);
    expect(body.ready).toBe(false);
    expect(body.faults).toEqual([
      expect.objectContaining({
        code: 'customer.tax-registration-missing',
        desk: 'finance',
        text: expect.stringContaining('has no tax registration'),
      }),
    ]);
  });
});

describe('a mapping', () => {
  const set = (as: TokenRequest, kind: string, source: string, target: string) =>
    house.rest<{ code?: string; fields?: { field: string }[] }>(
      'PUT',
      `/process/project-initiation/v1/mappings/${kind}/${encodeURIComponent(source)}`,
      {
        as,
        body: { target, reason: 'spec' },
      },
    );

  it('can be moved only by somebody who sees the legal entities it concerns', async () => {
    const uk = { person: 'finance-uk' };
    expect(await set(uk, 'legal-entity', 'Larkfield GmbH', 'LF-UK')).toMatchObject({ status: 403, body: { code: 'not-your-entities' } });
    expect(await set(uk, 'cost-centre', 'Cloud and Data', 'CC-210')).toMatchObject({ status: 403 });
    expect((await set(uk, 'legal-entity', 'Larkfield Ltd', 'LF-UK')).status).toBe(200);
  });

  it('leads only to a word the ERP has', async () => {
    expect(await set({ person: 'finance' }, 'legal-entity', 'Larkfield Nordics AB', 'LF-NOPE')).toMatchObject({
      status: 422,
      body: { code: 'unknown-target', fields: [{ field: 'target' }] },
    });
  });

  it('that is corrected releases what the wrong one had sent elsewhere', async () => {
    const { createFirm } = await import('../../apps/sandbox/src/firm/create-firm.js');
    const { Id } = await house.sales.opportunity(createFirm().deals[2].name);
    const { body } = await house.rest<{ items: { kind: string; source: string }[] }>(
      'GET',
      '/process/project-initiation/v1/mappings?kind=tax-code&limit=200',
    );
    for (const { source } of body.items.filter(mapping => mapping.source.startsWith('LF-US:DE'))) {
      const removed = await house.rest('DELETE', `/process/project-initiation/v1/mappings/tax-code/${encodeURIComponent(source)}?reason=spec`);
      expect(removed.status).toBe(204);
    }
    await house.sales.win(Id);
    await opened('mapping.legal-entity-missing');
    expect((await set({ person: 'finance' }, 'legal-entity', 'Larkfield Nordics AB', 'LF-US')).status).toBe(200);
    await opened('mapping.tax-code-missing');
    expect((await set({ person: 'finance' }, 'legal-entity', 'Larkfield Nordics AB', 'LF-DE')).status).toBe(200);
    await reached(house, Id, 'journey.project-active');
  });
});

describe('an exception', () => {
  it('is acted on by its desk and by nobody else, and what was decided is on the line', async () => {
    const { createFirm } = await import('../../apps/sandbox/src/firm/create-firm.js');
    const { Id } = await house.sales.opportunity(createFirm().deals[1].name);
    await house.sales.win(Id);
    await opened('customer.tax-registration-missing');
    const { data } = await house.graphql<{ exceptions: { nodes: { id: string; reasons: { code: string }[] }[] } }>(
      '{ exceptions(first: 50, filter: { state: [OPEN] }) { nodes { id reasons { code } } } }',
    );
    const { id } = data.exceptions.nodes.find(exception => exception.reasons[0].code === 'customer.tax-registration-missing')!;
    const skip = (as: TokenRequest) =>
      house.rest<{ code?: string; correlationId?: string }>('POST', `/process/project-initiation/v1/exceptions/${id}/actions`, {
        as,
        body: { action: 'skip', reason: 'sold by mistake' },
      });
    expect(await skip({ person: 'hr' })).toMatchObject({ status: 403, body: { code: 'not-your-desk' } });
    const skipped = await skip({ person: 'finance' });
    expect(skipped.status).toBe(200);
    expect(skipped.body.correlationId).toBeDefined();
    const journey = await reached(house, Id, 'journey.exception-skipped');
    expect(journey.steps.at(-1)).toMatchObject({ text: 'Ruth Abelson skipped it. sold by mistake', actor: { kind: 'person' } });
  });
});
