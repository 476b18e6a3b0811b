import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, type TokenRequest } from '#testing';
import { createFirm } from '../../apps/sandbox/src/firm/create-firm.js';
import { House } from '../house/house.js';
import { reached } from '../house/reading.js';

const UK: TokenRequest = { person: 'finance-uk' };
const DE: TokenRequest = { person: 'sales-de' };
const US: TokenRequest = { person: 'pmo-us' };
const HR: TokenRequest = { person: 'hr' };

let house: House;
let projectId: string;
let exceptionId: string;

beforeAll(async () => {
  house = await House.open();
  const firm = createFirm();
  const clean = await house.sales.opportunity(firm.deals.find(deal => deal.entityName === 'Larkfield Ltd' && !deal.name.includes('('))!.name);
  await house.sales.win(clean.Id);
  const faulty = await house.sales.opportunity(firm.deals[1].name); // sold by the UK entity, its customer has no tax registration
  await house.sales.win(faulty.Id);
  await reached(house, clean.Id, 'journey.project-active');
  projectId = await eventually(
    async () => {
      const { data } = await house.graphql<{ projects: { nodes: { id: string; dealId?: string }[] } }>(
        '{ projects(first: 200, filter: { legalEntity: ["LF-UK"] }) { nodes { id } } }',
      );
      const [own] = (await house.sql<{ project_id: string }>('select project_id from initiation.engagement')).map(row => row.project_id);
      return data.projects.nodes.some(node => node.id === own) && own;
    },
    { withinMs: 60_000 },
  );
  exceptionId = await eventually(
    async () => {
      const { data } = await house.graphql<{ exceptions: { nodes: { id: string }[] } }>('{ exceptions(filter: { state: [OPEN] }) { nodes { id } } }');
      return data.exceptions.nodes[0]?.id;
    },
    { withinMs: 60_000 },
  );
});
afterAll(() => house?.close());

const PSA_PROJECT = () => `/system/psa/v1/projects/${projectId}`;

describe('a token of the embedded issuer', () => {
  it('opens nothing without the scope', async () => {
    expect((await house.rest('GET', PSA_PROJECT(), { as: { client: 'operations', scopes: ['crm.read'] } })).status).toBe(403);
    expect((await house.rest('GET', PSA_PROJECT(), { as: { client: 'operations', scopes: ['psa.read'] } })).status).toBe(200);
  });

  it('opens nothing when it is for another audience, or has expired, or is missing', async () => {
    expect((await house.rest('GET', PSA_PROJECT(), { as: { client: 'operations', wrongAudience: true } })).status).toBe(401);
    expect((await house.rest('GET', PSA_PROJECT(), { as: { client: 'operations', expired: true } })).status).toBe(401);
    expect((await fetch(house.url + PSA_PROJECT())).status).toBe(401);
    expect(
      (
        await fetch(`${house.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"query":"{ viewer { name } }"}',
        })
      ).status,
    ).toBe(401);
  });
});

describe("a person of one legal entity, after another's project", () => {
  const list = async (as: TokenRequest) =>
    (
      await house.graphql<{ projects: { nodes: { id: string }[]; totalCount: { value: number } } }>(
        '{ projects(first: 200) { nodes { id } totalCount { value } } }',
        {},
        as,
      )
    ).data.projects;

  it('finds it by list, count, look-up and exception text only when it is of their entity', async () => {
    for (const [as, seen] of [
      [UK, true],
      [DE, false],
      [US, false],
    ] as const) {
      const projects = await list(as);
      expect(projects.nodes.some(node => node.id === projectId)).toBe(seen);
      expect(projects.totalCount.value).toBe(projects.nodes.length);
      const looked = await house.graphql<{ project: { id: string } | null }>('query ($id: ID!) { project(id: $id) { id } }', { id: projectId }, as);
      expect(looked.data.project?.id).toBe(seen ? projectId : undefined);
      expect((await house.rest('GET', PSA_PROJECT(), { as })).status).toBe(seen ? 200 : 404);
      const exception = await house.graphql<{ exception: { id: string } | null; exceptions: { nodes: object[] } }>(
        'query ($id: ID!) { exception(id: $id) { id } exceptions(filter: { text: "tax" }) { nodes { id } } }',
        { id: exceptionId },
        as,
      );
      expect(exception.data.exception?.id).toBe(seen ? exceptionId : undefined);
      expect((await house.rest('GET', `/process/project-initiation/v1/exceptions/${exceptionId}`, { as })).status).toBe(seen ? 200 : 404);
    }
  });

  it('would find it if row security were gone (negative control)', async () => {
    await house.sql(`alter table portal.project disable row level security`);
    await house.sql(`alter table portal.subject disable row level security`);
    try {
      expect((await list(DE)).nodes.some(node => node.id === projectId)).toBe(true);
    } finally {
      await house.sql(`alter table portal.project enable row level security`);
      await house.sql(`alter table portal.subject enable row level security`);
    }
    expect((await list(DE)).nodes.some(node => node.id === projectId)).toBe(false);
  });
});

describe("a worker's cost rate", () => {
  it('is seen over REST and GraphQL alike with the right, and is null and named without it', async () => {
    const workers = 'query { workers(first: 5) { nodes { id costRate { amount currency } deniedFields } } }';
    const withRight = await eventually(
      async () => {
        const { data } = await house.graphql<{ workers: { nodes: { id: string; costRate: { amount: string } | null; deniedFields: string[] }[] } }>(
          workers,
          {},
          HR,
        );
        expect(data.workers.nodes.every(worker => worker.costRate !== null)).toBe(true);
        return data.workers.nodes;
      },
      { withinMs: 60_000 },
    );
    expect(withRight.length).toBeGreaterThan(0);
    expect(withRight[0].deniedFields).toEqual([]);
    const without = await house.graphql<{ workers: { nodes: { costRate: object | null; deniedFields: string[] }[] } }>(
      workers,
      {},
      { person: 'integration' },
    );
    expect(without.data.workers.nodes.length).toBeGreaterThan(0);
    for (const worker of without.data.workers.nodes) expect([worker.costRate, worker.deniedFields]).toEqual([null, ['costRate']]);
    const path = `/system/hcm/v1/workers/${withRight[0].id}`;
    expect((await house.rest<{ costRate?: object }>('GET', path, { as: HR })).body.costRate).toBeDefined();
    const denied = await house.rest<{ costRate?: object; deniedFields?: string[] }>('GET', path, { as: { person: 'integration' } });
    expect([denied.body.costRate, denied.body.deniedFields]).toEqual([undefined, ['costRate']]);
  });
});
