import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventData } from '#apis';
import { money } from '#canonical';
import { eventually } from '#testing';
import {
  asked,
  DAYS,
  decide,
  external,
  looked,
  openBilling,
  posted,
  project,
  removed,
  someOf,
  tellProject,
  tellWorker,
  texts,
  unasked,
} from './ends.fixture.js';
import { aFinancialProject, type TestBilling } from '../time-to-billing.fixture.js';

let billing: TestBilling;
beforeAll(async () => void (billing = await openBilling()));
afterAll(() => billing.close());

describe('an end that is published after later work was posted', () => {
  it('of a worker is asked about, with names and money, and nothing is removed before somebody decides', async () => {
    const email = 'leaver@larkfield.example';
    const [before, after] = await posted('leaver', await project('left'));
    billing.around.left.set(email, DAYS[0]);
    await tellWorker(email, { terminatedOn: DAYS[0] });
    const line = await asked(after);
    expect(line).toMatchObject({ state: 'posted', version: 1, block: { desk: 'hr-operations' } });
    expect(texts(line)).toEqual([
      'leaver, 2026-11-05: it is in the ERP at 300.00 GBP, and its day is not within the dates that were told since.',
      'leaver was no longer employed on 2026-11-05.',
    ]);
    const { body } = await billing.rest('GET', `/exceptions/${line.block.exceptionId}`);
    expect(body).toMatchObject({ state: 'open', money: [{ ...money('300', 'GBP') }], keys: { worker: 'leaver' } });
    await looked();
    expect(removed(after)).toEqual([]);
    expect(await billing.line(before)).toMatchObject({ state: 'posted', version: 1 });
    expect((await billing.line(before)).block).toBeUndefined();

    await decide(line, 'retry');
    expect((await billing.reaches(after, 'blocked')).block.reasons.map(({ code }: { code: string }) => code)).toEqual(['worker.terminated']);
    await eventually(() => removed(after).length === 1);
    billing.around.left.delete(email);
    await tellWorker(email, { was: DAYS[0] });
    await eventually(async () => (await billing.reaches(after, 'posted')).version === 2);
    expect(billing.around.held.has(external(after, 2))).toBe(true);
  });

  it('raises no question any more when it is corrected, and never asks twice', async () => {
    const email = 'returns@larkfield.example';
    const [, after] = await posted('returns', await project('returned'));
    billing.around.left.set(email, DAYS[0]);
    await tellWorker(email, { terminatedOn: DAYS[0] });
    const line = await asked(after);
    billing.around.left.delete(email);
    await tellWorker(email, { was: DAYS[0] });
    await unasked(after);
    expect((await billing.rest('GET', `/exceptions/${line.block.exceptionId}`)).body.state).toBe('resolved');

    billing.around.left.set(email, DAYS[0]);
    await tellWorker(email, { terminatedOn: DAYS[0] });
    await decide(await asked(after), 'skip');
    const kept = await unasked(after);
    expect(kept).toMatchObject({ state: 'posted', version: 1 });
    expect(kept.explanation.at(-1).text).toBe('Its day is not within the dates that were told since; it was left at 300.00 GBP.');
    // Another day, before which it was worked neither.
    billing.around.left.set(email, '2026-11-03');
    await tellWorker(email, { terminatedOn: '2026-11-03', was: DAYS[0] });
    await looked();
    expect((await billing.line(after)).block).toBeUndefined();
    expect(removed(after)).toEqual([]);
  });

  it.each([
    ['whose contract ends earlier by now', { endDate: DAYS[0] }, 'finance', 'contract.not-active'],
    ['that was closed', { status: 'archived' as const }, 'pmo', 'project.not-active'],
  ])('of a project %s is asked about too', async (title, over, desk, code) => {
    const id = await project(title);
    const name = `of-${desk}`;
    const [before, after] = await posted(name, id);
    await tellProject(id, { title, ...over }, DAYS[0]);
    const line = await asked(after);
    expect(line).toMatchObject({ state: 'posted', version: 1, block: { desk } });
    expect(line.block.reasons.map((one: { code: string }) => one.code)).toEqual(['price.after-end', code]);
    await looked();
    expect((await billing.line(before)).block).toBeUndefined();
    await tellProject(id, { title });
    await unasked(after);
    expect(removed(after)).toEqual([]);
  });

  it('makes lines that are not in the ERP yet wait with the fault, as if they came later', async () => {
    const email = 'over@larkfield.example';
    const id = await project('over', { notToExceed: money('300', 'GBP') });
    const [before, after] = DAYS.map(workDate => someOf('over', id, email, workDate));
    await billing.approve(before);
    await billing.reaches(before.id, 'posted');
    await billing.approve(after);
    await billing.reaches(after.id, 'overage');
    billing.around.left.set(email, DAYS[0]);
    await tellWorker(email, { terminatedOn: DAYS[0] });
    const { block } = await billing.reaches(after.id, 'blocked');
    expect(block.reasons.map(({ code }: { code: string }) => code)).toEqual(['worker.terminated']);
    await tellProject(id, { title: 'over', notToExceed: money('900', 'GBP') });
    await looked();
    expect((await billing.line(after.id)).state).toBe('blocked');
    expect((await billing.line(before.id)).state).toBe('posted');
  });
});

describe('the deletion', () => {
  const inPsa = (id: string, over: Partial<EventData['project.changed.v1']> & { status?: 'archived' } = {}) => {
    const { status = 'active' as const, changed = [], ...rest } = over;
    const { title, customerId, currency, billingMethod, startDate, endDate } = aFinancialProject();
    const state = {
      id,
      title,
      dealId: '',
      customerId,
      customerName: 'Northwind',
      status,
      legalEntity: 'LF-UK',
      billingMethod,
      currency,
      startDate,
      endDate,
    };
    const whole = { ...state, budget: money('1', 'GBP'), tasks: [], milestones: [], timeBooked: true, refs: [] };
    return billing.publish('project.changed.v1', id, { state: whole, changed, ...rest }, ['LF-UK'], '2026-11-04T12:00:00Z');
  };

  it.each([
    ['deletion', { deleted: true }],
    ['archiving', { status: 'archived' as const, changed: ['status'] }],
  ])('of a project in the PSA, its %s: work until then is billed, later work is asked about', async (how, over) => {
    const id = await project(how);
    await inPsa(id);
    const [before, after] = await posted(`psa-${how}`, id);
    await inPsa(id, over);
    const line = await asked(after);
    expect(line).toMatchObject({ state: 'posted', version: 1, block: { desk: 'pmo' } });
    expect(line.block.reasons.map((one: { code: string }) => one.code)).toEqual(['price.after-end', 'project.ended-in-psa']);
    const [early, late] = DAYS.map(workDate => someOf(`psa-${how}-later`, id, 'later@larkfield.example', workDate));
    await billing.approve(early);
    await billing.approve(late);
    await billing.reaches(early.id, 'posted');
    const { block } = await billing.reaches(late.id, 'blocked');
    expect(block.reasons.map(({ code }: { code: string }) => code)).toEqual(['project.ended-in-psa']);
    expect((await billing.line(before)).block).toBeUndefined();
    expect([before, after].flatMap(removed)).toEqual([]);
    await inPsa(id, { changed: ['status'] });
    await unasked(after);
    await billing.reaches(late.id, 'posted');
  });

  it('of a project in the ERP is asked about for all its lines, and none is removed', async () => {
    const id = await project('deleted');
    const lines = await posted('deleted', id);
    await tellProject(id, { title: 'deleted' }, DAYS[1], true);
    for (const lineId of lines) {
      const line = await asked(lineId);
      expect(line).toMatchObject({ state: 'posted', version: 1, block: { desk: 'pmo' } });
      expect(texts(line)[1]).toBe('deleted is not in the ERP.');
    }
    await looked();
    expect(lines.flatMap(removed)).toEqual([]);
    await tellProject(id, { title: 'deleted' });
    for (const lineId of lines) await unasked(lineId);
  });

  it('of a worker in HCM is asked about for work after the day on which it was noticed', async () => {
    const email = 'gone@larkfield.example';
    const [before, after] = await posted('gone', await project('gone'));
    billing.around.gone.set(email, DAYS[0]);
    await tellWorker(email, { deleted: true });
    const line = await asked(after);
    expect(line).toMatchObject({ state: 'posted', version: 1, block: { desk: 'hr-operations' } });
    expect(texts(line)[1]).toBe('HCM has no worker with the e-mail gone@larkfield.example.');
    await looked();
    expect((await billing.line(before)).block).toBeUndefined();
    billing.around.gone.delete(email);
    await tellWorker(email, { changed: [] });
    await unasked(after);
    expect([before, after].flatMap(removed)).toEqual([]);
  });
});
