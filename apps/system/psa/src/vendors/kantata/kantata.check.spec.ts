import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectorMigrations } from '#connector';
import { loadConfig, Metrics } from '#service';
import { aProject, testDatabase, testSandboxes, type TestDatabase, type TestSandboxes } from '#testing';
import { KantataConfig } from './kantata.config.js';
import { KantataPlaces } from './kantata-places.js';
import { KantataVendor } from './kantata.vendor.js';
import { timeEntryKind } from './lines/line-kinds.js';
import { kantataLines } from './lines/lines.fixture.js';
import { KantataLines } from './lines/lines.js';

let database: TestDatabase;
let sandboxes: TestSandboxes;
const open: KantataVendor[] = [];

function connect(env: Record<string, string> = {}): KantataVendor {
  const { baseUrl, accessToken } = sandboxes.endpoints.kantata;
  const config = loadConfig(KantataConfig, { KANTATA_BASE_URL: baseUrl, KANTATA_TOKEN: accessToken, KANTATA_ACCOUNT: '7001', ...env });
  const vendor = new KantataVendor({ config, dataSource: database.dataSource, metrics: new Metrics() });
  open.push(vendor);
  return vendor;
}

describe('Kantata as it is configured', () => {
  beforeAll(async () => {
    database = await testDatabase({ migrations: connectorMigrations });
    sandboxes = await testSandboxes({ vendors: ['kantata'] });
  });
  afterAll(async () => {
    await Promise.all(open.map(vendor => vendor.close()));
    await sandboxes.close();
    await database.close();
  });

  it('says which field, role, approver or right is missing, and which setting mends it', async () => {
    await sandboxes.control.planFault({ match: { vendor: 'kantata', type: 'subscribed_events' }, action: { do: 'error', status: 403 } });
    const vendor = connect({
      KANTATA_FIELD_COST_CENTRE: 'Kostenstelle',
      KANTATA_FIELD_STAFFING_MINUTES: 'Skills',
      KANTATA_ROLES: 'ARCHITECT=Baumeister',
      KANTATA_APPROVER_EMAIL: 'nobody@larkfield.example',
    });
    const missing = (await vendor.check()).filter(({ ok }) => !ok);
    expect(missing.map(({ what }) => what)).toEqual([
      'read the change feed',
      'role ARCHITECT',
      'custom field "Kostenstelle" on Workspace',
      'custom field "Skills" on Resource',
      'approver of staffing requests',
    ]);
    expect(missing[0].say).toContain('KANTATA_CHANGE_FEED=lists');
    expect(missing[3].say).toContain('it is of type string, and number is needed');
    await sandboxes.control.clearFaults();
  });

  it('says which right is missing for time, expenses, teams and invoices', async () => {
    const vendor = connect();
    expect((await vendor.check()).filter(({ ok }) => !ok)).toEqual([]);
    for (const type of ['timesheet_submissions', 'expense_report_submissions', 'workspace_allocations', 'invoices'])
      await sandboxes.control.planFault({ match: { vendor: 'kantata', type }, action: { do: 'error', status: 403 } });
    const missing = (await vendor.check()).filter(({ ok }) => !ok);
    expect(missing.map(({ what }) => what)).toEqual([
      'read approved time',
      'see rates',
      'read approved expenses',
      'read teams',
      'writes the billing status of lines',
    ]);
    expect(missing[4].say).toContain('rights to invoice');
    await sandboxes.control.clearFaults();
  });

  it('follows lines without the feed of events, and leaves what is deleted to the sweep', async () => {
    const vendor = connect({ KANTATA_CHANGE_FEED: 'lists' });
    const asked = async () => Object.entries((await sandboxes.control.calls()).kantata).filter(([call]) => call.includes('subscribed_events'));
    const before = await asked();
    const reach = { from: '2026-10-01', overlapMs: 0 };
    const pages = [];
    for await (const page of vendor.timeEntries.changed(new Date().toISOString(), reach)) pages.push(page);
    expect(pages.at(-1)).toMatchObject({ items: [], gone: [] });
    expect(await asked()).toEqual(before);
  });

  it('takes an answer that hides a submission for none, rather than an approval for taken back', async () => {
    const vendor = connect();
    const { baseUrl, accessToken } = sandboxes.endpoints.kantata;
    const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
    const call = async (method: string, path: string, body?: unknown) =>
      (await fetch(`${baseUrl}/api/v1/${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })).json();
    const lines = kantataLines(call, () => sandboxes.control);
    const project = aProject({ title: 'Hidden' });
    await (await vendor.projects.plan(project)).apply();
    await lines.time.book(project.id, { day: '2026-11-03', quantity: 60 });
    const kind = timeEntryKind(vendor.names);
    const withoutSubmissions = new KantataLines(
      vendor.api,
      new KantataPlaces(vendor.api, vendor.names),
      { ...kind, include: 'workspace,user,story,role' },
      false,
      vendor.submissions.timeEntries,
    );
    await expect(withoutSubmissions.first()).rejects.toMatchObject({ code: 'malformed-answer' });
  });

  it('learns changes from the lists where the feed isn’t paid for, and asks the feed nothing', async () => {
    const vendor = connect({ KANTATA_CHANGE_FEED: 'lists' });
    const project = aProject({ title: 'By lists' });
    const since = new Date(Date.now() - 1_000).toISOString();
    await (await vendor.projects.plan(project)).apply();
    const asked = async () => Object.keys((await sandboxes.control.calls()).kantata).filter(call => call.includes('subscribed_events list 200'));
    const before = await asked();
    const look = async () => {
      const seen: string[] = [];
      for await (const { items } of vendor.projects.changed(since)) seen.push(...items.map(({ title }) => title));
      return seen;
    };
    expect(await look()).toContain('By lists');
    expect(await look()).toEqual([]); // the overlap costs no second look
    await (await vendor.projects.plan({ ...project, tasks: project.tasks.slice(1) })).apply();
    expect(await look()).toEqual(['By lists']);
    expect(await asked()).toEqual(before);
  });

  it('asks people whom the firm names to approve', async () => {
    const email = 'throughline@larkfield.example';
    const vendor = connect({ KANTATA_APPROVER_EMAIL: email });
    expect((await vendor.check()).at(-1)).toMatchObject({ what: 'approver of staffing requests', ok: true });
  });
});
