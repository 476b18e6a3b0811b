import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StaffingRequest } from '#canonical';
import { connectorMigrations, textsIn } from '#connector';
import { configureLog, loadConfig, Metrics } from '#service';
import { aProject, problemOf, testDatabase, testSandboxes, type TestDatabase, type TestSandboxes } from '#testing';
import type { MilestoneRecord, ProjectHead, TaskRecord } from '../../projects/project-records.js';
import { invoiceBody, invoiceReference, submissionReference } from './billing/billing.mapper.js';
import { KantataConfig, namesOf } from './kantata.config.js';
import { kantataTexts, namedFields } from './kantata.lengths.js';
import { retiredReference } from './kantata.references.js';
import { expenseBody, ofOurs, submissionBody, timeBody } from './submissions/submissions.mapper.js';
import { KantataVendor } from './kantata.vendor.js';
import { milestoneBody, taskBody, workspaceBody } from './projects/projects.mapper.js';
import { requestBody, seatBody } from './staffing/staffing.mapper.js';

const names = namesOf(loadConfig(KantataConfig, { KANTATA_TOKEN: 't', KANTATA_ACCOUNT: '7001' }));
const money = { amount: '1000.00', currency: 'GBP' };

// All fields of a record, so that adding one fails here.
const head: Required<ProjectHead> = {
  id: 'prj_1',
  title: 'Tide',
  dealId: 'dea_1',
  customerId: 'cus_1',
  customerName: 'Larkfield',
  status: 'active',
  legalEntity: 'LF-UK',
  costCentre: 'CC-100',
  billingMethod: 'milestone',
  currency: 'GBP',
  budget: money,
  rateCard: 'RC-UK',
  startDate: '2027-01-04',
  endDate: '2027-06-30',
  extensions: { purchaseOrder: 'PO-1' },
};
const task: Required<TaskRecord> = {
  id: 'tsk_1',
  projectId: 'prj_1',
  title: 'Design',
  role: 'ARCHITECT',
  startDate: '2027-01-04',
  endDate: '2027-02-26',
  estimatedMinutes: 600,
  billable: true,
  status: 'active',
};
const milestone: Required<MilestoneRecord> = {
  id: 'mil_1',
  projectId: 'prj_1',
  title: 'Design accepted',
  sequence: 1,
  dueDate: '2027-03-31',
  amount: money,
  status: 'active',
};
const request: Required<StaffingRequest> = {
  id: 'stf_1',
  projectId: 'prj_1',
  role: 'ARCHITECT',
  skills: ['SAP', 'Hydraulics'],
  legalEntity: 'LF-UK',
  startDate: '2027-01-04',
  endDate: '2027-02-26',
  minutes: 600,
  status: 'requested',
};
const invoice = {
  id: 'inv_1',
  number: 'INV-1',
  status: 'open' as const,
  date: '2027-02-01',
  dueDate: '2027-03-03',
  total: money,
  amountDue: money,
  lines: { timeEntries: [], expenses: [], projects: [] },
};

const seatAt = { workspaceId: '1', userId: '1', storyId: '1' };
const line = { id: 'tim_1', projectId: 'prj_1', taskId: 'tsk_1', personEmail: 'ida@larkfield.example', billable: true, note: 'as agreed' };
const worked = { ...line, workDate: '2027-02-01', workedMinutes: 60 };
const spent = expenseBody(
  { ...line, expenseDate: '2027-02-01', category: 'Hotel', amount: money, reimbursable: true },
  seatAt,
  { currency: 'GBP', currency_base_unit: 100 },
  '1',
  names,
);

describe('The texts that are written to Kantata', () => {
  it('are each in the table of lengths, and the table has no others', () => {
    const sent = {
      workspace: namedFields(ids => workspaceBody(head, names, ids)),
      task: namedFields(ids => taskBody(task, names, ids)),
      milestone: namedFields(ids => milestoneBody(milestone, { projectId: 'prj_1', currency: 'GBP', currency_base_unit: 100 }, names, ids)),
      seat: namedFields(ids => seatBody({ id: 'stf_1', projectId: 'prj_1', role: 'ARCHITECT' }, '7', names, ids)),
      request: namedFields(ids => requestBody(request, '7', names, ids)),
      ...Object.fromEntries(
        (['time-entry', 'expense'] as const).map(model => [model, ofOurs(model === 'expense' ? spent : timeBody(worked, seatAt), model, 'tim_1')]),
      ),
      ...Object.fromEntries(
        (['timesheet-submission', 'expense-report-submission'] as const).map(model => [
          model,
          submissionBody({ id: 'tsh_1', title: 'Week 45' }, model, { ids: ['1'], workspaceId: '1', userId: '1' }),
        ]),
      ),
      retired: retiredReference('project', 'prj_1'),
      submission: submissionReference('7', 'tsh_1', { posted: 1, billed: 0, paid: 0, total: 2, money: [money], message: 'One waits' }),
      invoice: invoiceBody(invoice),
      invoiceReference: invoiceReference('7', invoice),
    };
    expect([...new Set(textsIn(sent).map(({ path }) => path))].sort()).toEqual(Object.keys(kantataTexts(names)).sort());
  });
});

describe('A plan for Kantata', () => {
  const lengths = { title: 40, value: 60 };
  let database: TestDatabase;
  let sandboxes: TestSandboxes;
  const vendors: KantataVendor[] = [];

  const connect = (env: Record<string, string> = {}): KantataVendor => {
    const { baseUrl, accessToken } = sandboxes.endpoints.kantata;
    const all = { KANTATA_BASE_URL: baseUrl, KANTATA_TOKEN: accessToken, KANTATA_ACCOUNT: '7001', KANTATA_SETTLING_MS: '1000', ...env };
    const vendor = new KantataVendor({ config: loadConfig(KantataConfig, all), dataSource: database.dataSource, metrics: new Metrics() });
    vendors.push(vendor);
    return vendor;
  };
  const told = () =>
    connect({
      KANTATA_FIELD_LENGTHS: Object.entries(lengths)
        .map(pair => pair.join('='))
        .join(','),
    });
  const written = async () => Object.keys((await sandboxes.control.calls()).kantata).filter(call => call.startsWith('write'));

  beforeAll(async () => {
    configureLog({ logLevel: 'fatal' });
    database = await testDatabase({ migrations: connectorMigrations });
    sandboxes = await testSandboxes({ vendors: ['kantata'], choices: { kantata: { fieldLengths: lengths } } });
  });
  afterAll(async () => {
    await Promise.all(vendors.map(vendor => vendor.close()));
    await sandboxes.close();
    await database.close();
  });

  it('is refused for all that the account would refuse, each by its place, and nothing is written', async () => {
    const [first] = aProject().tasks;
    const project = aProject({
      title: 'W'.repeat(41),
      customerName: 'C'.repeat(61),
      rateCard: 'RC-NOWHERE',
      extensions: { purchaseOrder: 'P'.repeat(61) },
      tasks: [
        { ...first, id: 'tsk_1', title: 'Short' },
        { ...first, id: 'tsk_2', title: 'T'.repeat(41) },
      ],
      milestones: [{ id: 'mil_1', title: 'M'.repeat(42), sequence: 1, dueDate: '2027-03-31', amount: money }],
    });
    const problem = await problemOf(told().projects.plan(project));
    expect([problem.kind, problem.code]).toEqual(['unprocessable', 'not-in-account']);
    expect(problem.fields.map(({ field, message }) => [field, message])).toEqual([
      ['title', "Kantata's title takes 40 characters; title has 41"],
      ['customerName', "Kantata's value takes 60 characters; customerName has 61"],
      ['extensions.purchaseOrder', "Kantata's value takes 60 characters; extensions.purchaseOrder has 61"],
      ['tasks[1].title', "Kantata's title takes 40 characters; tasks[1].title has 41"],
      ['milestones[0].title', "Kantata's title takes 40 characters; milestones[0].title has 42"],
      ['rateCard', 'The Kantata account has no rate card "RC-NOWHERE" in GBP'],
    ]);
    expect(await written()).toEqual([]);
  });

  it('is refused for the skills of a staffing request that one field can’t hold, and for a role that is not there', async () => {
    const skills = Array.from({ length: 12 }, (_, at) => `Skill ${at}`);
    const problem = await problemOf(told().staffing.plan({ ...request, role: 'ALCHEMIST', skills }));
    expect(problem.fields.map(({ field, rule }) => [field, rule])).toEqual([
      ['skills', 'length'],
      ['role', 'known'],
    ]);
    expect(await written()).toEqual([]);
  });

  it('says nothing of lengths that nobody told it; Kantata itself then refuses, in its words, and cuts nothing', async () => {
    const plan = await connect().projects.plan(aProject({ title: 'W'.repeat(41) }));
    const refused = await problemOf(plan.apply());
    expect([refused.kind, refused.detail]).toEqual(['refused-by-vendor', expect.stringContaining('title is too long (maximum is 40 characters)')]);
    const named = await problemOf((await connect().projects.plan(aProject({ customerName: 'C'.repeat(61) }))).apply());
    expect(named.detail).toContain('is too long (maximum is 60 characters)');
  });
});
