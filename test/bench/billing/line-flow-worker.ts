import { Injectable, Module } from '@nestjs/common';
import { defineApi, TEAMS, type CanonicalEvent, type EventData, type RecordedEvent } from '#apis';
import { mintId } from '#canonical';
import { EventLog, EventsModule, eventsMigrations } from '#events';
import { ExceptionsModule, exceptionsMigrations } from '#exceptions';
import { FlowConfig, flowMigrations, FlowModule, type FailedStep, type Finish, type Flow, type FlowException, type FlowRun } from '#flow';
import { Database, DatabaseModule, inTransaction } from '#persistence';
import { createApp, serviceMigrations, type AppDefinition } from '#service';
import type { SandboxEndpoints } from '../../../apps/sandbox/src/sandboxes.js';
import { NetsuiteClient } from './netsuite-client.js';

/** What the process is told: with whom, and how many lines of whom on what; it answers when all of them are in the ERP. */
export interface ToLineFlows {
  environment: Record<string, string>;
  netsuite: SandboxEndpoints['netsuite'];
  concurrency: number;
  lines: { employee: string; project: string; item: string; department: string; date: string }[];
}

export interface FromLineFlows {
  seconds: number;
}

const erp: { client?: NetsuiteClient; lines: ToLineFlows['lines']; done: number } = { lines: [], done: 0 };

/** One durable flow a line: priced in one step, sent in another. What an integration does that thinks of a line and not of a batch. */
@Injectable()
class LineFlow implements Flow<'time-entry.changed.v1'> {
  readonly types: 'time-entry.changed.v1'[] = ['time-entry.changed.v1'];
  readonly clockMs = 3_600_000;

  keyOf({ key }: RecordedEvent<'time-entry.changed.v1'>): string {
    return key;
  }

  async run(run: FlowRun): Promise<Finish> {
    const { state } = run.event.data as EventData['time-entry.changed.v1'];
    const line = erp.lines[Number(state.note)];
    const { rate } = await run.step('price', () => Promise.resolve({ rate: 208 }));
    await run.step('post', async () => {
      await erp.client!.upsert('timeBill', `tl-${state.id}-v1`, {
        employee: { externalId: line.employee },
        customer: { externalId: line.project },
        item: { externalId: line.item },
        department: { externalId: line.department },
        tranDate: line.date,
        hours: '7:30',
        isBillable: true,
        approvalStatus: { id: '3' },
        price: { id: '-1' },
        rate,
        overrideRate: true,
      });
      return { posted: true };
    });
    erp.done++;
    return {};
  }

  exceptionFor(event: RecordedEvent, failure: FailedStep | 'stalled'): Promise<FlowException> {
    throw new Error(`${event.key}: ${JSON.stringify(failure)}`);
  }
}

@Module({
  imports: [
    DatabaseModule.forApp({
      name: 'bench-line-flows',
      migrations: [...serviceMigrations, ...eventsMigrations, ...exceptionsMigrations, ...flowMigrations],
      poolSize: 24,
    }),
    EventsModule,
    ExceptionsModule,
    FlowModule.forApp({ app: 'bench', flows: { 'line-to-billing': LineFlow } }),
  ],
  providers: [LineFlow],
})
class LineFlowsModule {
  constructor(readonly dataSource: Database) {}
}

const definition: AppDefinition = {
  name: 'bench-line-flows',
  prefix: '/process/bench-line-flows',
  module: LineFlowsModule,
  title: 'Line flows',
  description: 'A durable flow a line, for comparison.',
  apis: [
    defineApi(
      {
        app: 'bench-line-flows',
        layer: 'process',
        version: '1',
        owner: TEAMS.integration,
        audience: 'internal',
        lifecycle: { state: 'draft' },
        serviceLevel: { availability: '99.5 %', latencyMs95: 500, support: 'business hours' },
      },
      {},
    ),
  ],
  config: [FlowConfig],
};

// Ends with the bench, whenever and however that ends; its frameworks would take a Ctrl-C for a wish to finish first.
process.once('disconnect', () => process.exit(0));
process.once('message', ({ environment, netsuite, concurrency, lines }: ToLineFlows) => {
  Object.assign(process.env, environment);
  erp.client = new NetsuiteClient(netsuite, concurrency);
  erp.lines = lines;
  void run().then(
    seconds => void process.send!({ seconds } satisfies FromLineFlows),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function run(): Promise<number> {
  const app = await createApp(definition, { env: process.env });
  const dataSource = app.get(Database);
  const log = app.get(EventLog);
  const startedAt = performance.now();
  for (let at = 0; at < erp.lines.length; at += 500) {
    const events = erp.lines.slice(at, at + 500).map((_, index) => eventOf(at + index));
    await inTransaction(dataSource, em => log.append(em, events));
  }
  while (erp.done < erp.lines.length) await new Promise(resolve => setTimeout(resolve, 20));
  const seconds = (performance.now() - startedAt) / 1000;
  await app.close();
  return seconds;
}

function eventOf(n: number): CanonicalEvent<'time-entry.changed.v1'> {
  const id = mintId('time-entry', 'bench', String(n));
  return {
    id: `${id}:1`,
    source: '/bench',
    type: 'time-entry.changed.v1',
    key: id,
    time: new Date().toISOString(),
    data: {
      state: {
        id,
        projectId: erp.lines[n].project,
        person: { email: 'bench@larkfield.example' },
        workDate: erp.lines[n].date,
        workedMinutes: 450,
        billable: true,
        overtime: false,
        note: String(n),
        approval: 'approved',
        refs: [],
      },
      changed: [],
    },
    legalEntities: [],
    correlationId: id,
  };
}
