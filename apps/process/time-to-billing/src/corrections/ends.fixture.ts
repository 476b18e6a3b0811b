import { expect } from 'vitest';
import { mintId, type FinancialProject, type Worker } from '#canonical';
import { eventually } from '#testing';
import { aFinancialProject, someTime, testBilling, type TestBilling } from '../time-to-billing.fixture.js';

export const external = (id: string, version: number) => `tl-${id}-v${version}`;
export const DAYS = ['2026-11-04', '2026-11-05'];

let billing: TestBilling;

/** An ERP that takes reversals, which the functions here speak to. */
export async function openBilling(): Promise<TestBilling> {
  billing = await testBilling();
  billing.around.takesReversals = true;
  return billing;
}

/** As the ERP publishes it. */
export const tellProject = (id: string, over: Partial<FinancialProject> = {}, day = '2026-11-30', deleted = false) =>
  billing.publish(
    'financial-project.changed.v1',
    id,
    { state: { ...aFinancialProject(), id, ...over, refs: [] }, changed: [], ...(deleted ? { deleted } : {}) },
    ['LF-UK'],
    `${day}T12:00:00Z`,
  );

export async function project(name: string, over: Partial<FinancialProject> = {}): Promise<string> {
  const id = mintId('project', 'spec', name);
  await tellProject(id, { title: name, ...over });
  return id;
}

export const someOf = (name: string, projectId: string, email: string, workDate: string) =>
  someTime(`${name}-${workDate}`, { projectId, workDate, person: { email, name: email.split('@')[0] } });

/** A line of each day, posted. */
export async function posted(name: string, projectId: string, email = `${name}@larkfield.example`): Promise<string[]> {
  const entries = DAYS.map(workDate => someOf(name, projectId, email, workDate));
  for (const entry of entries) await billing.approve(entry);
  for (const { id } of entries) await billing.reaches(id, 'posted');
  return entries.map(({ id }) => id);
}

/** HCM publishes a change of the worker; the stand-in decides what HCM answers. */
export const tellWorker = (email: string, data: { terminatedOn?: string; was?: string; deleted?: true; changed?: string[] }) => {
  const { terminatedOn, was, deleted, changed = deleted ? [] : ['terminatedOn'] } = data;
  const state = { id: mintId('worker', email), employeeNumber: 'E-1', workEmail: email, status: 'active', hiredOn: '2020-01-01', refs: [] };
  return billing.publish(
    'worker.changed.v1',
    state.id,
    {
      state: { ...state, ...(terminatedOn ? { terminatedOn } : {}) } as unknown as Worker,
      changed,
      ...(changed.length > 0 ? { previous: was ? { terminatedOn: was } : {} } : {}),
      ...(deleted ? { deleted } : {}),
    },
    ['LF-UK'],
    `2026-11-04T12:00:00Z`,
  );
};

export const asked = (lineId: string) =>
  eventually(async () => {
    const line = await billing.line(lineId);
    return line.block && line;
  });
export const unasked = (lineId: string) =>
  eventually(async () => {
    const line = await billing.line(lineId);
    return !line.block && line;
  });
export const texts = ({ block }: Record<string, any>) => block.reasons.map(({ text }: { text: string }) => text);
export const decide = async (line: Record<string, any>, action: 'retry' | 'skip') => {
  const { status } = await billing.rest('POST', `/exceptions/${line.block.exceptionId}/actions`, {
    as: { client: 'operations' },
    body: { action, reason: 'agreed with the project manager' },
  });
  expect(status).toBe(200);
};
export const reversed = (lineId: string) => billing.around.history.includes(`post tl-${lineId}-v1-r`);
export const removed = (lineId: string) => billing.around.history.filter(one => one.startsWith('remove ') && one.includes(lineId));

/** Waits until every change was looked at. */
export const looked = () =>
  eventually(async () => {
    const [{ left }] = await billing.dataSource.query<[{ left: number }]>(
      `select (select count(*) from billing.price_change where correction is null)::int + (select count(*) from billing.correction where projects <> '{}')::int "left"`,
    );
    return left === 0;
  });
