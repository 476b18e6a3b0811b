import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addMoney, canonicalJson, type Effect, type Money } from '#canonical';
import { eventually } from '#testing';
import { House } from '../house/house.js';
import { effectsInLedgers, type MadeEffect } from '../house/ledger-effects.js';

import { dealOf, reached } from '../house/reading.js';
import { Sales } from '../house/sales.js';

interface PlanSeen {
  hash: string;
  dealId: string;
  effects: Effect[];
}

let house: House;

beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house?.close());

async function plan(dealId: string): Promise<PlanSeen> {
  const { status, body } = await house.rest<PlanSeen>('POST', '/process/project-initiation/v1/plans', { body: { dealId } });
  expect([status, body]).toEqual([201, body]);
  return body;
}

const seqs = async () => ({ kantata: (await house.ledger('kantata')).at(-1)?.seq ?? 0, netsuite: (await house.ledger('netsuite')).at(-1)?.seq ?? 0 });

/** What a schedule's milestones come to; undefined for a record that carries its money itself. */
function parts(effect: Effect): Money | undefined {
  const { milestones } = effect.after as { milestones?: { amount: Money }[] };
  return milestones && milestones.length > 0 ? addMoney(milestones[0].amount, ...milestones.slice(1).map(milestone => milestone.amount)) : undefined;
}

describe('a dry run', () => {
  it.each([0, 1, 2, 3])("has the effects, byte for byte, that the sandboxes' ledgers record when it then runs (deal %i)", async index => {
    const opportunity = await house.sales.opportunity(Sales.cleanDealNames()[index]);
    const before = await seqs();
    const planned = await plan(await dealOf(house, opportunity.Id));
    expect(planned.effects.length).toBeGreaterThan(5);
    expect(await seqs()).toEqual(before);
    await house.sales.win(opportunity.Id);
    await reached(house, opportunity.Id, 'journey.project-active');
    const made = await effectsInLedgers(house, before);
    const key = (effect: { system: string; noun: string; externalId: string }) => `${effect.system} ${effect.noun} ${effect.externalId}`;
    const bytes = (effects: MadeEffect[]) =>
      effects.map(effect => `${key(effect)} ${canonicalJson(effect.before)} ${canonicalJson(effect.after)}`).sort();
    expect(bytes(made)).toEqual(bytes(planned.effects));
    // A vendor's history names neither the operation nor the money: they follow from what it does name.
    for (const effect of planned.effects) {
      expect(effect.operation).toBe(effect.before === null ? 'create' : 'update');
      if (effect.money)
        expect([canonicalJson(effect.after).includes(canonicalJson(effect.money)), effect.money]).toEqual([
          !parts(effect),
          parts(effect) ?? effect.money,
        ]);
    }
    expect(planned.effects.some(effect => effect.money !== null)).toBe(true);
  });

  it('that no longer holds when it is to be applied gives 412 and writes nothing', async () => {
    const opportunity = await house.sales.opportunity(Sales.cleanDealNames()[4]);
    await house.sales.win(opportunity.Id);
    await reached(house, opportunity.Id, 'journey.project-active');
    await house.quiet();
    const dealId = await dealOf(house, opportunity.Id);
    const { body: project } = await house.rest<{ id: string; title: string; refs: { nativeId: string }[] }>(
      'GET',
      `/system/psa/v1/projects/${(await house.sql<{ project_id: string }>('select project_id from initiation.engagement where deal_id = $1', [dealId]))[0].project_id}?fresh=true`,
    );
    const rename = (title: string) =>
      fetch(`${house.sandboxes.endpoints.kantata.baseUrl}/api/v1/workspaces/${project.refs[0].nativeId}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${house.sandboxes.endpoints.kantata.accessToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ workspace: { title } }),
      });
    expect((await rename('renamed by hand')).status).toBe(200);
    const planned = await plan(dealId);
    expect(planned.effects.map(effect => effect.operation)).toContain('update');
    expect((await rename('renamed once more')).status).toBe(200);
    const before = await seqs();
    const run = (hash: string) =>
      house.rest('POST', '/process/project-initiation/v1/runs', {
        body: { dealId, reason: 'bring it in line' },
        headers: { 'if-match': `"${hash}"` },
      });
    const refused = await run(planned.hash);
    expect([refused.status, (refused.body as { code: string }).code]).toEqual([412, 'plan-drifted']);
    expect(await seqs()).toEqual(before);
    expect((await run((await plan(dealId)).hash)).status).toBe(202);
    await eventually(
      async () => {
        const { body } = await house.rest<{ title: string }>('GET', `/system/psa/v1/projects/${project.id}?fresh=true`);
        expect(body.title).toBe(project.title);
        return true;
      },
      { withinMs: 60_000 },
    );
  });
});
