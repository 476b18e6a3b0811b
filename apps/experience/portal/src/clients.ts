import { Injectable } from '@nestjs/common';
import { hashOf, type BillingQueue, type Effect, type Worker } from '#canonical';
import type { Detail, Outcome } from '#ownership';
import { ApiClient, context } from '#service';

/** A dry run, as the process API keeps it. */
export interface PlanAnswer {
  hash: string;
  dealId: string;
  effects: Effect[];
  createdAt: string;
}

export interface MappingAnswer {
  kind: string;
  source: string;
  target: string;
  version: number;
  changedAt: string;
  changedBy: string;
}

const PROCESS = '/process/project-initiation/v1';
const DEADLINE_MS = 60_000;
const READ_DEADLINE_MS = 10_000;
// Beside rows that are read in moments, nobody waits long for a word about them.
const QUEUE_DEADLINE_MS = 3_000;

/** The process API that mappings and plans are carried out by, as the person who asked: the portal decides nothing itself. */
@Injectable()
export class ProjectInitiation {
  constructor(private readonly api: ApiClient) {}

  setMapping(kind: string, source: string, target: string, reason: string, key: string): Promise<MappingAnswer> {
    return this.api.put(
      `${PROCESS}/mappings/${encodeURIComponent(kind)}/${encodeURIComponent(source)}`,
      { target, reason },
      options('set mapping', key),
    );
  }

  createPlan(dealId: string, key: string): Promise<PlanAnswer> {
    return this.api.post(`${PROCESS}/plans`, { dealId }, options('create plan', key));
  }

  plan(hash: string): Promise<PlanAnswer> {
    return this.api.get(`${PROCESS}/plans/${encodeURIComponent(hash)}`, { deadlineMs: READ_DEADLINE_MS });
  }
}

/** What is done with an exception; `need`, `from` and `reRate` are of an answer. */
export interface ExceptionAct extends Partial<Detail> {
  action: 'retry' | 'skip' | Outcome;
  reason: string;
  need?: string;
}

/**
 * The exceptions of every process app: who raised one is who can let it go on, so what is decided is told to that app. Their APIs for it are
 * the same (libs/exceptions).
 */
@Injectable()
export class ExceptionApps {
  constructor(private readonly api: ApiClient) {}

  /** Answers the exception as it is then: its history tells what the read model has to have before it shows the same. */
  act(app: string, id: string, body: ExceptionAct, key: string): Promise<{ history: unknown[] }> {
    return this.api.post(`${processApi(app)}/exceptions/${encodeURIComponent(id)}/actions`, body, options(`${body.action} exception of ${app}`, key));
  }

  actOnGroup(app: string, need: string, reason: string, key: string): Promise<{ exceptions: number }> {
    return this.api.post(`${processApi(app)}/exception-groups/actions`, { need, action: 'retry', reason }, options(`retry group of ${app}`, key));
  }
}

const processApi = (app: string): string => `/process/${encodeURIComponent(app)}/v1`;

/** The process API of time and expenses, for the one thing events don't carry: whether its queue to the ERP is held, and why. */
@Injectable()
export class TimeToBilling {
  constructor(private readonly api: ApiClient) {}

  queue(): Promise<BillingQueue> {
    return this.api.get(`${processApi('time-to-billing')}/queue`, { deadlineMs: QUEUE_DEADLINE_MS });
  }
}

/**
 * The caller's key, made the portal's own: who asked, for what and of which app are in it, since to the process APIs all of them are the portal, and
 * on one database they remember keys together.
 * The same key for another thing is then another key there, and for the same thing with other words it is refused there.
 */
function options(operation: string, key: string): { idempotencyKey: string; deadlineMs: number } {
  const { principal } = context();
  return { idempotencyKey: hashOf([principal?.actingFor?.id ?? principal?.id ?? '', operation, key]), deadlineMs: DEADLINE_MS };
}

const HCM = '/system/hcm/v1';

/** The HCM system API, for the one thing events don't carry: what workers cost. */
@Injectable()
export class Hcm {
  constructor(private readonly api: ApiClient) {}

  /** Of these workers, those there are, as of today. At most a page of them. */
  async workers(ids: string[]): Promise<Worker[]> {
    const { items } = await this.api.get<{ items: Worker[] }>(`${HCM}/workers`, { query: { ids, limit: ids.length } });
    return items;
  }
}
