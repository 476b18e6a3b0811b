import { Injectable, Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineApi, type EventData, type EventType, type RecordedEvent, type Fault } from '#apis';
import { Problem, type Applied, type ExceptionRecord, type ProjectInPsa } from '#canonical';
import { EventLog } from '#events';
import { ExceptionDesk } from '#exceptions';
import type { AppDefinition } from '#service';
import { aDeclaration, eventually, testApp, testDatabase, testIssuer, type TestApp, type TestDatabase, type TestIssuer } from '#testing';
import { defineNeed, exceptionOf } from '#work';
import { FlowConfig, ProcessModule, Refused, type FailedStep, type Finish, type Flow, type FlowException, type FlowRun } from './index.js';

// The smallest process app that could be real: each activated project gets a project manager asked for. This is all of it.

// needs.ts
const needs = {
  dates: defineNeed('project:{projectId}:dates', {
    cure: 'cure.deal.dates',
    metBy: { 'project.changed.v1': ({ state }, { projectId }) => state.id === projectId && Boolean(state.startDate) },
  }),
  moving: defineNeed('journey:{projectId}:moving', { cure: 'cure.journey' }),
};
const NEEDS = Object.values(needs);

// ask-for-a-manager.rules.ts
const undatedFaults = ({ id, title, startDate }: ProjectInPsa): Fault[] =>
  startDate
    ? []
    : [
        {
          reason: { code: 'deal.dates-missing', params: { deal: title, missing: 'start' } },
          category: 'validation',
          desk: 'pmo',
          need: needs.dates(id),
        },
      ];
const stuckFault = (projectId: string, detail: string): Fault => ({
  reason: { code: 'journey.stalled', params: { deal: projectId, detail } },
  category: 'stalled',
  desk: 'integration',
  need: needs.moving(projectId),
});

// clients.ts: the PSA, which is outside
@Injectable()
class Psa {
  readonly projects = new Map<string, ProjectInPsa>();
  readonly requests: string[] = [];
  away = 0;

  project(id: string): Promise<ProjectInPsa> {
    return Promise.resolve(this.projects.get(id)!);
  }

  async askForManager(id: string): Promise<Applied> {
    if (this.away-- > 0) return Promise.reject(new Problem('vendor-unavailable', 'The PSA is away.', { code: 'not-made' }));
    const refs = [{ system: 'kantata', account: 'spec', type: 'staffing-request', nativeId: id }];
    if (this.requests.includes(id)) return { effects: [], refs };
    this.requests.push(id);
    return { effects: [{ operation: 'create' }] as Applied['effects'], refs };
  }
}

// ask-for-a-manager.flow.ts
@Injectable()
class AskForAManager implements Flow<'project.activated.v1'> {
  readonly types: 'project.activated.v1'[] = ['project.activated.v1'];
  readonly clockMs = 60_000;

  constructor(private readonly psa: Psa) {}

  keyOf({ key }: RecordedEvent): string {
    return key;
  }

  async run(run: FlowRun): Promise<Finish> {
    const { projectId, customerId } = run.event.data as EventData['project.activated.v1'];
    run.about({ related: [customerId], legalEntities: run.event.legalEntities });
    await run.step('check the project', () => this.#check(projectId));
    const told = { kind: 'journey.staffing-requested', already: 'journey.staffing-requested-already' } as const;
    await run.apply('ask for a manager', told, () => this.psa.askForManager(`${projectId}-manager`));
    return run.finish({ kind: 'journey.project-active' }, {});
  }

  exceptionFor({ key }: RecordedEvent, failure: FailedStep | 'stalled'): Promise<FlowException> {
    const faults = failure === 'stalled' ? [] : failure.problem.faults;
    const detail = failure === 'stalled' ? 'stalled' : failure.problem.detail;
    return Promise.resolve(exceptionOf(faults?.length ? faults : [stuckFault(key, detail)], NEEDS));
  }

  async #check(projectId: string): Promise<{ checked: true }> {
    const faults = undatedFaults(await this.psa.project(projectId));
    if (faults.length > 0) throw new Refused(faults);
    return { checked: true };
  }
}

// managers.module.ts and managers.app.ts
@Module({
  imports: [ProcessModule.forApp({ app: 'managers', flows: { 'ask-for-a-manager': AskForAManager }, needs: NEEDS })],
  providers: [Psa, AskForAManager],
})
class ManagersModule {}

const managersApp: AppDefinition = {
  name: 'managers',
  prefix: '/process/managers',
  module: ManagersModule,
  title: 'Project managers',
  description: 'Asks for a project manager of each activated project.',
  apis: [defineApi(aDeclaration({ app: 'managers', layer: 'process' }), {})],
  config: [FlowConfig],
};

let database: TestDatabase;
let issuer: TestIssuer;
let app: TestApp;
let psa: Psa;

beforeAll(async () => {
  [database, issuer] = await Promise.all([testDatabase(), testIssuer()]);
  app = await testApp(managersApp, { env: { FLOW_PATIENCE_MS: '10000' } });
  psa = app.app.get(Psa, { strict: false });
});
afterAll(async () => {
  await app?.close();
  await issuer?.close();
  await database?.close();
});

const publish = <T extends EventType>(type: T, key: string, data: EventData[T]) =>
  database.dataSource.transaction(em =>
    new EventLog().append(em, [
      {
        id: `${type}:${key}`,
        source: '/spec',
        type,
        key,
        time: new Date().toISOString(),
        data,
        legalEntities: ['LF-UK'],
        correlationId: `c-${key}`,
        traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      },
    ]),
  );
const activate = (projectId: string, state: Partial<ProjectInPsa>) => {
  psa.projects.set(projectId, { id: projectId, title: projectId, ...state } as ProjectInPsa);
  return publish('project.activated.v1', projectId, { projectId, dealId: 'dea_1', customerId: 'cus_1', refs: [] });
};
const steps = async (projectId: string) =>
  await database.dataSource.query<{ data: Record<string, unknown>; source: string; trace: string; actor: { id: string } }[]>(
    `select data, source, traceparent trace, actor from events.event where type = 'journey.step.v1' and key = $1 order by key_seq`,
    [`journey:${projectId}`],
  );
const finished = (projectId: string) =>
  eventually(async () => expect((await steps(projectId)).map(({ data }) => data.kind)).toContain('journey.project-active'));
const exceptionOfProject = (projectId: string, state: ExceptionRecord['state']) =>
  eventually(async () => {
    const rows = await database.dataSource.query<{ id: string }[]>('select id from exceptions.exception where subject = $1 and state = $2', [
      projectId,
      state,
    ]);
    expect(rows).toHaveLength(1);
    return (await app.app.get(ExceptionDesk, { strict: false }).find(database.dataSource.manager, rows[0].id))!;
  });

describe('a process app of rules, a flow and one definition', () => {
  it('does its work once, and publishes it with the correlation and trace of its cause', async () => {
    await activate('prj_clean', { startDate: '2026-11-02' });
    await finished('prj_clean');
    expect(psa.requests).toEqual(['prj_clean-manager']);
    const told = await steps('prj_clean');
    expect(told.map(({ data: { kind, related, system, params, legalEntities } }) => ({ kind, related, system, params, legalEntities }))).toEqual([
      {
        kind: 'journey.staffing-requested',
        related: ['cus_1'],
        system: 'kantata',
        params: { effects: '1', operations: 'create' },
        legalEntities: ['LF-UK'],
      },
      { kind: 'journey.project-active', related: ['cus_1'], system: 'throughline', params: {}, legalEntities: ['LF-UK'] },
    ]);
    for (const { source, trace, actor } of told)
      expect([source, trace, actor.id]).toEqual(['/process/managers', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, 'managers.ask-for-a-manager']);
  });

  it('says that all was so already where it was', async () => {
    psa.requests.push('prj_made-manager');
    await activate('prj_made', { startDate: '2026-11-02' });
    await finished('prj_made');
    expect((await steps('prj_made'))[0].data.kind).toBe('journey.staffing-requested-already');
  });

  it('waits while the back end is away', async () => {
    psa.away = 2;
    await activate('prj_away', { startDate: '2026-11-02' });
    await finished('prj_away');
    expect(psa.requests.filter(id => id === 'prj_away-manager')).toHaveLength(1);
  });

  it('asks people for what it can’t do, and goes on by itself when its need is met', async () => {
    await activate('prj_undated', {});
    const exception = await exceptionOfProject('prj_undated', 'open');
    expect(exception).toMatchObject({ app: 'managers', desk: 'pmo', step: 'check the project', legalEntities: ['LF-UK'], effect: 'none' });
    expect(exception.needs).toMatchObject([{ need: 'project:prj_undated:dates', cure: { code: 'cure.deal.dates' }, met: false }]);
    const dated = { id: 'prj_undated', title: 'prj_undated', startDate: '2026-11-02' } as ProjectInPsa;
    psa.projects.set('prj_undated', dated);
    await publish('project.changed.v1', 'prj_other', { state: { ...dated, id: 'prj_other' }, changed: ['startDate'] });
    await publish('project.changed.v1', 'prj_undated', { state: dated, changed: ['startDate'] });
    await finished('prj_undated');
    await exceptionOfProject('prj_undated', 'resolved');
    expect(psa.requests).toContain('prj_undated-manager');
  });
});
