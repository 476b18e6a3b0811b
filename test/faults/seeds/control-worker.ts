import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Injectable } from '@nestjs/common';
import type { RecordedEvent } from '#apis';
import type { BillingBatch, BillingBatchState } from '#canonical';
import { SetAsides, type Subscription, Subscriptions } from '#events';
import { Database, type Transaction } from '#persistence';
import { adapterOf, type AppDefinition, asItself, configure, configureLog, prepare, rootOf } from '#service';
import { runWorker } from '../../../apps/platform/src/worker/run-worker.js';
import { SystemApis } from '../../../apps/process/time-to-billing/src/clients.js';
import { LineAdvancer } from '../../../apps/process/time-to-billing/src/lines/advance.js';
import { externalIdOf } from '../../../apps/process/time-to-billing/src/lines/billable-transaction.rules.js';
import type { Line } from '../../../apps/process/time-to-billing/src/lines/line.js';
import type { NextOperation } from '../../../apps/process/time-to-billing/src/lines/next-operation.rules.js';
import { BATCH_PARTS, BillingBatches } from '../../../apps/system/erp/src/billing/billing-batches.service.js';
import type { Guard } from './guards.js';

// The platform's worker with one guard's provider replaced by none: what it guards against has to happen then, else it guards nothing.

/** The external id names the line and no version of it: what was taken out comes back under the id that it had. */
@Injectable()
class IdsWithoutVersion extends BillingBatches {
  override async put(id: string, batch: BillingBatch, caller: Parameters<BillingBatches['put']>[2]): Promise<BillingBatchState> {
    const real = new Map<string, string>();
    const plain = (externalId: string) => {
      const without = externalId.replace(/-v\d+/, '-v1');
      real.set(without, externalId);
      return without;
    };
    const state = await super.put(
      id,
      {
        ...batch,
        transactions: batch.transactions.map(one => ({ ...one, externalId: plain(one.externalId) })),
        externalIds: batch.externalIds.map(plain),
      },
      caller,
    );
    return { ...state, outcomes: state.outcomes.map(outcome => ({ ...outcome, externalId: real.get(outcome.externalId) ?? outcome.externalId })) };
  }
}

/** What is on its way of a line, and what the ERP has of it, keeps nothing from going there. */
@Injectable()
class AllAtOnce extends LineAdvancer {
  protected override next(line: Line): NextOperation {
    const current = line.postings.some(({ version, reverses }) => version === line.version && reverses === null);
    if (!line.approved || line.assessment !== 'priced' || current) return super.next(line);
    return { operation: 'post', externalId: externalIdOf({ lineId: line.id, version: line.version }) };
  }
}

/** An ERP that is away is one that refuses: nothing waits for it. */
@Injectable()
class NothingWaits extends SystemApis {
  override async putBatch(id: string, batch: BillingBatch): Promise<BillingBatchState> {
    try {
      return await super.putBatch(id, batch);
    } catch (error) {
      const externalIds = batch.operation === 'post' ? batch.transactions.map(({ externalId }) => externalId) : batch.externalIds;
      return {
        state: 'done',
        outcomes: externalIds.map(externalId => ({ externalId, result: 'refused', code: 'refused', detail: String(error) })),
      };
    }
  }
}

/** The cursor moves in one transaction and the work is done in the next, a moment later. */
@Injectable()
class CursorFirst extends Subscriptions {
  constructor(
    private readonly source: Database,
    setAsides: SetAsides,
  ) {
    super(source, setAsides);
  }

  protected override async read(subscription: Subscription): Promise<boolean> {
    const read: RecordedEvent[] = [];
    const more = await super.read({
      ...subscription,
      handle: (_: Transaction, events) => {
        read.push(...events);
        return Promise.resolve();
      },
    });
    if (read.length === 0) return more;
    await new Promise(resolve => setTimeout(resolve, 120));
    await this.source.transaction(em => subscription.handle(em, read));
    return more;
  }
}

const SWAPS: Record<Guard, { app: string; swap: (builder: TestingModuleBuilder) => TestingModuleBuilder }> = {
  'external-id': { app: 'erp', swap: builder => builder.overrideProvider(BillingBatches).useClass(IdsWithoutVersion) },
  'look-before-resend': { app: 'erp', swap: builder => builder.overrideProvider(BATCH_PARTS).useValue({ asksFirst: false }) },
  'settling-time': { app: 'erp', swap: builder => builder.overrideProvider(BATCH_PARTS).useValue({ settlingMs: 0 }) },
  'lane-order': { app: 'time-to-billing', swap: builder => builder.overrideProvider(LineAdvancer).useClass(AllAtOnce) },
  hold: { app: 'time-to-billing', swap: builder => builder.overrideProvider(SystemApis).useClass(NothingWaits) },
  'cursor-with-work': { app: 'time-to-billing', swap: builder => builder.overrideProvider(Subscriptions).useClass(CursorFirst) },
};

/** As the platform builds an app, with the guard's provider replaced where it is. */
async function createApp(def: AppDefinition, { env }: { env: NodeJS.ProcessEnv }): Promise<NestFastifyApplication> {
  const control = SWAPS[process.argv[2] as Guard];
  const configured = configure(def, env);
  configureLog(configured.service);
  return asItself(def, async () => {
    const builder = Test.createTestingModule({ imports: [rootOf(def, configured)] });
    const module = await (control.app === def.name ? control.swap(builder) : builder).compile();
    const app = module.createNestApplication<NestFastifyApplication>(adapterOf(configured), { logger: false, bodyParser: false });
    return prepare(app, def);
  });
}

runWorker(createApp);
