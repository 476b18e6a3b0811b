import { afterEach, describe, expect, it } from 'vitest';
import { addMoney, money, type FinancialProject } from '#canonical';
import { aBillingCustomer, aFinancialProject, problemOf } from '#testing';
import type { ErpVendor } from '../../port/erp.port.js';
import { NetsuiteWorld } from '../netsuite.fixture.js';

describe('NetSuite’s own ways with projects', () => {
  let bench: NetsuiteWorld;
  afterEach(() => bench.close());

  it('writes a milestone project as job, schedule, job again: a milestone schedule needs its project and is not attached by itself', async () => {
    bench = await new NetsuiteWorld().open();
    const vendor = bench.connect();
    const [customer, project] = [aBillingCustomer(), aFinancialProject()];
    await (await vendor.customers.plan(customer)).apply();
    const { effects, apply } = await vendor.projects.plan(project);
    await apply();
    expect(effects.map(({ operation, noun }) => `${operation} ${noun}`)).toEqual([
      'create financial-project',
      'create billing-schedule',
      'update financial-project',
      'create financial-task',
      'create financial-task',
    ]);
    expect(effects.map(({ money }) => money?.amount ?? null)).toEqual(['32000.00', '32000.00', '32000.00', null, null]);
  });

  it('sends milestones as percentages that leave no initial amount, so that the first invoice is the first milestone', async () => {
    bench = await new NetsuiteWorld().open();
    const vendor = bench.connect();
    const [customer, project] = [aBillingCustomer(), aFinancialProject()];
    await (await vendor.customers.plan(customer)).apply();
    await (await vendor.projects.plan(project)).apply();
    const schedule = (await bench.record('billingSchedule', `${project.id}-bs`)) as { milestone: { items: object[] } };
    expect(schedule).toMatchObject({ initialAmountPercent: 0, milestone: { items: [{ milestoneAmount: 37.5 }, { milestoneAmount: 62.5 }] } });
    expect(await bench.nextBill(project.id)).toBe(400);
    await bench.patch('billingSchedule', `${project.id}-bs`, { milestone: { items: [{ milestoneId: 1, milestoneCompleted: true }] } });
    expect(await bench.nextBill(project.id)).toBe(204);
    expect(await bench.invoiced()).toEqual([12_000]);
  });

  /** A project created with another setting or account for milestones. */
  async function made(o: { milestoneAmounts?: 'amount'; env?: Record<string, string>; project?: Partial<FinancialProject> }) {
    bench = await new NetsuiteWorld(o.milestoneAmounts && { milestoneAmounts: o.milestoneAmounts }).open();
    const [customer, project] = [aBillingCustomer(), aFinancialProject(o.project)];
    const vendor = bench.connect({ env: o.env });
    await (await vendor.customers.plan(customer)).apply();
    return { project, outcome: await (await vendor.projects.plan(project)).apply().catch((error: unknown) => error) };
  }
  const AMOUNTS = { NETSUITE_MILESTONE_AMOUNTS: 'amount' };
  const schedules = async (vendor: ErpVendor) => (await vendor.check()).find(({ what }) => what === 'billing schedules by milestones');
  const repriced = (project: FinancialProject, first: string): FinancialProject => {
    const [one, two] = project.billingSchedule.milestones;
    const amount = money(first, 'GBP');
    return {
      ...project,
      price: addMoney(amount, two.amount),
      billingSchedule: { ...project.billingSchedule, milestones: [{ ...one, amount }, two] },
    };
  };

  it('leaves a schedule that an earlier version wrote as amounts, whatever else changes, and tells which it is', async () => {
    const { project } = await made({ milestoneAmounts: 'amount', env: AMOUNTS });
    const vendor = bench.connect();
    expect(await vendor.projects.get(project.id)).toMatchObject({ billingSchedule: project.billingSchedule });
    const renamed = { ...project, title: 'Renamed' };
    const { effects, apply } = await vendor.projects.plan(renamed);
    expect(effects.map(({ operation, noun }) => `${operation} ${noun}`)).toEqual(['update financial-project']);
    await apply();
    expect(await schedules(vendor)).toMatchObject({
      ok: false,
      say: expect.stringMatching(`${project.id}-bs of Renamed holds amounts of money`) as string,
    });
    const before = await bench.committed();
    const refused = await problemOf(vendor.projects.plan(repriced(renamed, '20000')));
    expect([refused.kind, refused.code, refused.fields[0].field]).toEqual(['unprocessable', 'schedule-units', 'billingSchedule.milestones']);
    expect(refused.detail).toContain(`${project.id}-bs`);
    expect((await vendor.projects.plan({ ...renamed, status: 'archived' })).effects).toHaveLength(1);
    expect(await bench.committed()).toEqual(before);
    expect((await bench.connect({ env: AMOUNTS }).projects.plan(repriced(renamed, '20000'))).effects).toHaveLength(2);
  });

  it('writes a schedule anew when the deal’s amounts change, and not when they keep their proportion', async () => {
    const { project } = await made({});
    const vendor = bench.connect();
    const told = async (wanted: FinancialProject) => {
      const { effects, apply } = await vendor.projects.plan(wanted);
      await apply();
      expect(await vendor.projects.get(project.id)).toMatchObject({ price: wanted.price, billingSchedule: wanted.billingSchedule });
      expect((await vendor.projects.plan(wanted)).effects).toEqual([]);
      return effects.map(({ operation, noun }) => `${operation} ${noun}`);
    };
    expect(await told(repriced(project, '20000'))).toEqual(['update billing-schedule', 'update financial-project']);
    const halved = repriced(project, '10000');
    const [one, two] = halved.billingSchedule.milestones;
    const milestones = [one, { ...two, amount: money('10000', 'GBP') }];
    expect(await told({ ...halved, price: money('20000', 'GBP'), billingSchedule: { ...halved.billingSchedule, milestones } })).toEqual([
      'update financial-project',
    ]);
  });

  it('goes on where it broke off between a schedule and its project’s amount', async () => {
    const { project } = await made({});
    const vendor = bench.connect();
    const wanted = repriced(project, '20000');
    await bench.fail('write', 'project', { do: 'throttle' });
    const planned = await vendor.projects.plan(wanted);
    expect((await problemOf(planned.apply())).kind).toBe('rate-limited');
    expect((await vendor.projects.plan(wanted)).effects).toEqual(planned.effects.slice(1));
  });

  it('doesn’t attach a schedule that reads back with an initial amount, now or at the next try', async () => {
    const [one, two] = aFinancialProject().billingSchedule.milestones;
    const milestones = [
      { ...one, amount: money('30', 'GBP') },
      { ...two, amount: money('50', 'GBP') },
    ];
    const small = { price: money('80', 'GBP'), billingSchedule: { ...aFinancialProject().billingSchedule, milestones } };
    const { project, outcome } = await made({ env: AMOUNTS, project: small });
    expect(outcome).toMatchObject({ kind: 'unprocessable', code: 'schedule-differs', detail: expect.stringContaining('leaves 20 %') as string });
    const again = await problemOf(bench.connect({ env: AMOUNTS }).projects.plan(project));
    expect([again.code, again.detail]).toEqual(['schedule-left-over', expect.stringContaining(`${project.id}-bs`)]);
    expect(await bench.record('job', project.id)).not.toHaveProperty('billingSchedule');
  });

  it('says what the account’s schedules hold', async () => {
    bench = await new NetsuiteWorld().open();
    expect(await schedules(bench.connect())).toMatchObject({
      ok: true,
      say: expect.stringContaining('NETSUITE_MILESTONE_AMOUNTS is percentage') as string,
    });
    expect(await schedules(bench.connect({ env: AMOUNTS }))).toMatchObject({
      ok: false,
      say: expect.stringContaining('holds percentages') as string,
    });
  });

  it('shows a project whose billing attributes were dropped behind a 204 without them, and plans them again', async () => {
    bench = await new NetsuiteWorld({ writeProtected: { job: ['jobBillingType', 'custentity_cost_centre'] } }).open();
    const vendor = bench.connect();
    const [customer, project] = [aBillingCustomer(), aFinancialProject()];
    await (await vendor.customers.plan(customer)).apply();
    await (await vendor.projects.plan(project)).apply();
    const held = (await vendor.projects.get(project.id))!;
    expect(held).not.toHaveProperty('billingMethod');
    expect(held).not.toHaveProperty('billingSchedule');
    expect(held.dimensions).toEqual({ legalEntity: 'LF-UK', taxCode: 'GB-S20' });
    expect((await vendor.projects.plan(project)).effects).toMatchObject([{ operation: 'update', noun: 'financial-project' }]);
  });

  it('knows other lengths of an account by its setting, a project’s title among them; NetSuite’s own refusal is passed on in its words', async () => {
    bench = await new NetsuiteWorld({ fieldLengths: { companyName: 20, city: 5 } }).open();
    const customer = aBillingCustomer({ name: 'Short' });
    const refused = await problemOf((await bench.connect().customers.plan(customer)).apply());
    expect([refused.kind, refused.retryable]).toEqual(['refused-by-vendor', false]);
    expect(refused.detail).toContain('The field city contained more than the maximum number ( 5 ) of characters allowed.');
    const vendor = bench.connect({ env: { NETSUITE_FIELD_LENGTHS: 'companyName=20,city=5' } });
    const long = { ...customer, name: 'ß'.repeat(21) };
    expect((await problemOf(vendor.customers.plan(long))).fields.map(({ field }) => field)).toEqual(['name', 'billingAddress.city']);
    await (await vendor.customers.plan({ ...customer, billingAddress: { ...customer.billingAddress, city: 'Brist' } })).apply();
    const project = aFinancialProject({ title: 'ß'.repeat(21), dimensions: { ...aFinancialProject().dimensions, costCentre: 'CC-000' } });
    expect((await problemOf(vendor.projects.plan(project))).fields.map(({ field }) => field)).toEqual(['title', 'dimensions.costCentre']);
  });

  it('refuses before anything is written a text of a task, a milestone or a schedule that the account takes no longer, each by its place', async () => {
    const lengths = { title: 30, comments: 60, name: 40, customField: 12 };
    bench = await new NetsuiteWorld({ fieldLengths: lengths }).open();
    const NETSUITE_FIELD_LENGTHS = Object.entries(lengths)
      .map(pair => pair.join('='))
      .join(',');
    const vendor = bench.connect({ env: { NETSUITE_FIELD_LENGTHS } });
    await (await vendor.customers.plan(aBillingCustomer())).apply();
    const [task] = aFinancialProject().tasks;
    const milestone = { sequence: 1, dueDate: '2027-03-31', amount: { amount: '1000.00', currency: 'GBP' } };
    const project = aFinancialProject({
      title: 'A title that fits its own field',
      dealId: 'dea_1',
      currency: 'GBP',
      billingMethod: 'milestone',
      price: { amount: '2000.00', currency: 'GBP' },
      billingSchedule: {
        type: 'fixed-milestone',
        frequency: 'milestones',
        startDate: '2027-01-04',
        milestones: [
          { ...milestone, id: 'mil_2', sequence: 2, title: 'M'.repeat(60) },
          { ...milestone, id: 'mil_1', title: 'Short' },
        ],
      },
      tasks: [
        { ...task, id: 'tsk_1', title: 'Short', role: undefined },
        { ...task, id: 'tsk_2', title: 'T'.repeat(31), role: 'SENIOR_CONSULTANT' },
      ],
    });
    const problem = await problemOf(vendor.projects.plan(project));
    expect([problem.kind, problem.fields.map(({ field, rule }) => [field, rule])]).toEqual([
      'unprocessable',
      [
        ['title', 'length'],
        ['billingSchedule.milestones[0].title', 'length'],
        ['tasks[1].title', 'length'],
        ['tasks[1].role', 'length'],
      ],
    ]);
    expect(problem.fields.map(({ message }) => message)).toEqual([
      `NetSuite's name takes 40 characters; title with the project's id has ${`${project.title} (${project.id})`.length}`,
      "NetSuite's comments takes 60 characters; billingSchedule.milestones[0].title with its id has 66",
      "NetSuite's title takes 30 characters; tasks[1].title has 31",
      "NetSuite's customField takes 12 characters; tasks[1].role has 17",
    ]);
    expect(
      Object.keys((await bench.sandboxes.control.calls()).netsuite).filter(call => /^write (job|billingSchedule|projectTask)/.test(call)),
    ).toEqual([]);
    // The account itself refuses what the adapter does not know of.
    const refused = await problemOf(
      (await bench.connect().projects.plan({ ...project, title: 'T', billingSchedule: { ...project.billingSchedule, milestones: [] } })).apply(),
    );
    expect(refused.detail).toContain('contained more than the maximum number');
  });
});
