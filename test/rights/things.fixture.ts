import { randomUUID } from 'node:crypto';
import { anException } from '../../apps/experience/portal/src/portal.fixture.js';
import { projectInitiationApp } from '../../apps/process/project-initiation/src/project-initiation.app.js';
import { timeToBillingApp } from '../../apps/process/time-to-billing/src/time-to-billing.app.js';
import { aLine } from '../../apps/system/erp/src/billing/billing.fixture.js';
import { kantataLines } from '../../apps/system/psa/src/vendors/kantata/lines/lines.fixture.js';
import type { CanonicalEvent, EventData, EventType } from '#apis';
import { mintId, type Deal, type Desk } from '#canonical';
import { EventLog, EventPublisher, EventShapes } from '#events';
import { ExceptionDesk } from '#exceptions';
import { withFullView } from '#persistence';
import { type App, Metrics } from '#service';
import { aBillingCustomer, aFinancialProject, aProject, aStaffingRequest, eventually } from '#testing';
import type { RightsHouse } from './rights-house.fixture.js';
import type { Owned, Things, Whose } from './rights.table.js';

const ALL = { client: 'operations' };
const SERVICE = { client: 'project-initiation-service' };
const DAY = '2026-11-03';

/** Of LF-UK, of nobody, and what isn't there. */
const each = <T>(of: (whose: Whose) => T): Owned<T> => ({ uk: of('uk'), unassigned: of('unassigned'), none: of('none') });
const entityOf = (whose: Whose): string => (whose === 'uk' ? 'LF-UK' : '');

/** Puts there what the table asks about. */
export async function things(house: RightsHouse): Promise<Things> {
  const { dataSource, sandboxes } = house;
  const rest = async <T = Record<string, any>>(method: string, path: string, body?: unknown, caller = ALL): Promise<T> => {
    const answer = await house.call({ method, path, body }, caller);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as T;
  };
  const tell = async <T extends EventType>(type: T, key: string, data: EventData[T], legalEntities: string[]): Promise<void> => {
    const event: CanonicalEvent = {
      id: randomUUID(),
      source: '/rights',
      type,
      key,
      time: new Date().toISOString(),
      data,
      legalEntities,
      correlationId: 'rights',
    };
    await withFullView('the specs', () => dataSource.transaction(em => new EventLog().append(em, [event])));
  };
  const raise = async (
    app: App,
    name: string,
    whose: Whose,
    { need = `x:${app.name}:${name}:${whose}`, desk = 'finance' }: { need?: string; desk?: Desk } = {},
  ): Promise<string> => {
    const id = mintId('exception', app.name, name, whose);
    if (whose === 'none') return id;
    const {
      state: _,
      openedAt: __,
      history: ___,
      ...exception
    } = anException({
      id,
      app: app.name,
      subject: mintId('deal', app.name, name, whose),
      desk,
      legalEntities: whose === 'uk' ? ['LF-UK'] : [],
      needs: [{ need, desk, met: false, cure: { code: 'cure.mapping', params: { mapping: 'role', source: name } } }],
    });
    await withFullView('the specs', () =>
      dataSource.transaction(em =>
        new ExceptionDesk(dataSource, new EventPublisher(new EventLog(), app, new EventShapes(new Metrics())), app).raise(em, [
          { ...exception, turn: null },
        ]),
      ),
    );
    return id;
  };
  const raiseEach = async (app: App, name: string): Promise<Owned<string>> => ({
    uk: await raise(app, name, 'uk'),
    unassigned: await raise(app, name, 'unassigned'),
    none: await raise(app, name, 'none'),
  });
  const needOf = (app: App, name: string): Owned<string> => each(whose => `x:${app.name}:${name}:${whose}`);

  const deals = (await rest<{ items: Deal[] }>('GET', '/system/crm/v1/deals?limit=200')).items.filter(({ stage }) => stage === 'open');
  const deal = {
    uk: deals.find(({ legalEntity }) => legalEntity === 'Larkfield Ltd')!.id,
    unassigned: deals.find(({ legalEntity }) => legalEntity === 'Larkfield Nordics AB')!.id,
    none: mintId('deal', 'none'),
  };

  const psaProject = each(whose =>
    aProject({ id: mintId('project', 'rights', whose), dealId: mintId('deal', 'rights', whose), legalEntity: entityOf(whose) }),
  );
  await rest('PUT', `/system/psa/v1/projects/${psaProject.uk.id}`, psaProject.uk, SERVICE);
  const staffingRequest = each(whose =>
    aStaffingRequest({ id: mintId('staffing-request', 'rights', whose), projectId: psaProject.uk.id, legalEntity: entityOf(whose) }),
  );
  const customer = each(whose =>
    aBillingCustomer({ id: mintId('customer', 'rights', whose), legalEntity: entityOf(whose), taxRegistration: `GB98765432${whose.length}` }),
  );
  await rest('PUT', `/system/erp/v1/customers/${customer.uk.id}`, customer.uk, SERVICE);
  const erpProject = each(whose => {
    const project = aFinancialProject({
      id: mintId('project', 'rights', whose),
      dealId: mintId('deal', 'rights', whose),
      customerId: customer.uk.id,
    });
    return { ...project, dimensions: { ...project.dimensions, legalEntity: entityOf(whose) } };
  });
  await rest('PUT', `/system/erp/v1/projects/${erpProject.uk.id}`, erpProject.uk, SERVICE);
  for (const feed of ['projects']) await rest('POST', `/system/psa/v1/feeds/${feed}/polls`);
  for (const feed of ['customers', 'projects']) await rest('POST', `/system/erp/v1/feeds/${feed}/polls`);

  const lines = await timesheets(house, psaProject.uk.id);
  for (const feed of ['time-entries', 'expenses']) await rest('POST', `/system/psa/v1/feeds/${feed}/polls`);
  const entryOf = (id: string) => rest('GET', `/system/psa/v1/time-entries/${mintId('time-entry', 'kantata', '7001', id)}`);
  const expenseOf = (id: string) => rest('GET', `/system/psa/v1/expenses/${mintId('expense', 'kantata', '7001', id)}`);
  const [time, otherTime] = [await entryOf(lines.time[0]), await entryOf(lines.time[1])];
  const [expense, otherExpense] = [await expenseOf(lines.expenses[0]), await expenseOf(lines.expenses[1])];
  // The second of each is nobody's: as a line is whose project has no legal entity yet.
  await dataSource.query(`update capture.shadow set legal_entities = '{}' where id = any($1)`, [[otherTime.id, otherExpense.id]]);
  const timeEntry = { uk: time.id as string, unassigned: otherTime.id as string, none: mintId('time-entry', 'none') };
  const invoice = each(whose => ({
    id: mintId('invoice', 'rights', whose),
    number: `INV-${whose}`,
    status: 'open',
    projectId: psaProject.uk.id,
    legalEntity: 'LF-UK',
    date: '2026-11-30',
    total: { amount: '1.00', currency: 'GBP' },
    amountDue: { amount: '1.00', currency: 'GBP' },
    timeEntryIds: [timeEntry[whose]],
    expenseIds: [],
  }));

  // For billing, a project that the ERP has without a legal entity.
  const nobodys = {
    ...aFinancialProject({ id: mintId('project', 'rights', 'unassigned') }),
    dimensions: { legalEntity: '', costCentre: '', taxCode: '' },
    refs: [],
  };
  await tell('financial-project.changed.v1', nobodys.id, { state: nobodys, changed: [] }, []);
  const project = { uk: erpProject.uk.id, unassigned: nobodys.id, none: mintId('project', 'none') };
  await eventually(async () => {
    const rows = await dataSource.query<unknown[]>('select 1 from billing.project where id = any($1) and financial is not null', [
      [project.uk, project.unassigned],
    ]);
    return rows.length === 2;
  });
  const rate = each(whose => `rights-stated-${whose}`);
  const term = each(whose => `rights-stated-${whose}`);
  for (const whose of ['uk', 'unassigned'] as const) {
    const body = { level: 'project', subject: project[whose], unit: 'hour', amount: '90.00', currency: 'GBP', from: '2026-01-01' };
    await rest('PUT', `/process/time-to-billing/v1/rates/${rate[whose]}`, body);
    const terms = { level: 'project', subject: project[whose], category: 'Rights', treatment: 'at-cost', from: '2026-01-01' };
    await rest('PUT', `/process/time-to-billing/v1/expense-terms/${term[whose]}`, terms);
  }
  const draft = each(whose => ({
    id: mintId('time-entry', 'rights', 'draft'),
    projectId: project[whose],
    person: time.person,
    workDate: DAY,
    workedMinutes: 60,
    role: 'ARCHITECT',
    billable: true,
    overtime: false,
  }));

  const workers = (await rest('GET', '/system/hcm/v1/workers?limit=200')).items as { id: string; legalEntity: string }[];
  const ofUk = workers.filter(({ legalEntity }) => legalEntity === 'LF-UK');
  const worker = { uk: ofUk[0].id, unassigned: ofUk[1].id, none: mintId('worker', 'none') };
  await dataSource.query(`update hcm.worker_version set legal_entity = '' where worker_id = $1`, [worker.unassigned]);

  const word = { uk: 'Larkfield Rights Ltd', unassigned: 'Larkfield Unheard AB', none: 'Larkfield Nowhere SA' };
  await rest('PUT', `/process/project-initiation/v1/mappings/legal-entity/${encodeURIComponent(word.uk)}`, {
    target: 'LF-UK',
    reason: 'for the spec',
  });

  const [initiation, billing] = [projectInitiationApp, timeToBillingApp];
  return {
    deal,
    project,
    exceptionOf: { initiation: await raiseEach(initiation, 'one'), billing: await raiseEach(billing, 'one') },
    needOf: await groups(),
    toRetry: await raiseEach(billing, 'retried'),
    toSkip: await raiseEach(initiation, 'skipped'),
    toAnswer: await raiseEach(initiation, 'answered'),
    needToRetry: await group(billing, 'group-seen'),
    ofDesk: {
      initiation: await raise(initiation, 'desk', 'uk', { desk: 'sales-operations' }),
      billing: await raise(billing, 'desk', 'uk', { desk: 'sales-operations' }),
    },
    needOfDesk: { initiation: 'x:project-initiation:desk:uk', billing: 'x:time-to-billing:desk:uk' },
    rate,
    term,
    timesheet: { uk: time.timesheetId, unassigned: otherTime.timesheetId, none: mintId('timesheet', 'none') },
    report: { uk: expense.expenseReportId, unassigned: otherExpense.expenseReportId, none: mintId('expense-report', 'none') },
    timeEntry,
    expense: { uk: expense.id, unassigned: otherExpense.id, none: mintId('expense', 'none') },
    worker,
    psaProject,
    staffingRequest,
    customer,
    erpProject,
    invoice,
    batch: each(whose => ({
      id: randomUUID(),
      body:
        whose === 'uk'
          ? { kind: 'time', operation: 'post', transactions: [{ ...aLine(), projectId: 'prj_unknown' }], externalIds: [] }
          : { kind: 'time', operation: 'remove', transactions: [], externalIds: ['tl-tim_none-v1'] },
    })),
    draft,
    word,
    external: 'tl-tim_none-v1',
  };

  async function group(app: App, name: string): Promise<Owned<string>> {
    await raiseEach(app, name);
    return needOf(app, name);
  }

  async function groups(): Promise<{ initiation: Owned<string>; billing: Owned<string> }> {
    return { initiation: await group(projectInitiationApp, 'group'), billing: await group(timeToBillingApp, 'group') };
  }

  /** Two timesheets and two expense reports of the project, approved in Kantata. */
  async function timesheets(of: RightsHouse, projectId: string): Promise<{ time: string[]; expenses: string[] }> {
    const { baseUrl, accessToken } = sandboxes.endpoints.kantata;
    const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
    const kantata = async (method: string, path: string, body?: unknown) => {
      const answer = await fetch(`${baseUrl}/api/v1/${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
      return answer.status === 204 ? null : ((await answer.json()) as never);
    };
    const desk = kantataLines(kantata, () => of.sandboxes.control);
    const approved = async (lines: typeof desk.time, quantity: number) => {
      const ids: string[] = [];
      for (const day of ['2026-11-03', '2026-11-10']) {
        const id = await lines.book(projectId, { day, quantity });
        await lines.resolve(await lines.submit([id]), 'approve');
        ids.push(id);
      }
      return ids;
    };
    return { time: await approved(desk.time, 60), expenses: await approved(desk.expenses, 990) };
  }
}
