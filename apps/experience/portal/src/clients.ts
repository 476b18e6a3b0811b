import { Injectable } from '@nestjs/common';
import type { CallOptions, Client } from '#apis';
import type { ExceptionActionBody, GroupActionView } from '#apis/exceptions';
import type { MappingKind, MappingView } from '#apis/mappings';
import { hashOf, Problem, type BillingQueue, type Worker } from '#canonical';
import { ApiClient, context, runInContext } from '#service';
import { hcm, projectInitiation, psa, timeToBilling, type PlanView, type PsaAbility } from './calls.js';

const DEADLINE_MS = 60_000;
const READ_DEADLINE_MS = 10_000;
// The read model answers in moments, so nobody waits long for this one addition.
const WORD_DEADLINE_MS = 3_000;

/**
 * Calls the process API that owns mappings and plans, as the person who asked: the portal decides
 * nothing itself.
 */
@Injectable()
export class ProjectInitiation {
  readonly #api: Client<typeof projectInitiation>;

  constructor(api: ApiClient) {
    this.#api = api.of(projectInitiation);
  }

  /** `kind` as the person wrote it: the process API refuses an unknown one. */
  setMapping(kind: string, source: string, target: string, reason: string, key: string): Promise<MappingView> {
    return this.#api.mappingsSet({ kind: kind as MappingKind, source, body: { target, reason } }, options('set mapping', key));
  }

  createPlan(dealId: string, key: string): Promise<PlanView> {
    return this.#api.plansCreate({ body: { dealId } }, options('create plan', key));
  }

  plan(hash: string): Promise<PlanView> {
    return this.#api.plansGet({ hash }, { deadlineMs: READ_DEADLINE_MS });
  }
}

/**
 * Calls the process apps about their exceptions. The app that raised an exception is the one that
 * can release it, so it gets the decision. All of them have the same API for it
 * (libs/apis/exceptions).
 */
@Injectable()
export class ExceptionApps {
  readonly #apps: Map<string, Pick<Client<typeof timeToBilling>, 'exceptionsAct' | 'exceptionsActOnGroup'>>;

  constructor(api: ApiClient) {
    this.#apps = new Map([projectInitiation, timeToBilling].map(one => [one.app, api.of(one)]));
  }

  /**
   * Answers the exception after the action. Its history shows what the read model must contain
   * before it shows the same.
   */
  act(app: string, id: string, body: ExceptionActionBody, key: string): Promise<{ history: unknown[] }> {
    return this.#of(app).exceptionsAct({ id, body }, options(`${body.action} exception of ${app}`, key));
  }

  actOnGroup(app: string, need: string, reason: string, key: string): Promise<GroupActionView> {
    return this.#of(app).exceptionsActOnGroup({ body: { need, action: 'retry', reason } }, options(`retry group of ${app}`, key));
  }

  #of(app: string) {
    const found = this.#apps.get(app);
    if (!found) throw new Problem('not-found', `There is no app ${app} whose exceptions can be decided here.`);
    return found;
  }
}

/**
 * Calls the process API of time and expenses for the one thing that events don't carry: whether its
 * queue to the ERP is held, and why.
 */
@Injectable()
export class TimeToBilling {
  readonly #api: Client<typeof timeToBilling>;

  constructor(api: ApiClient) {
    this.#api = api.of(timeToBilling);
  }

  queue(): Promise<BillingQueue> {
    return this.#api.queueQueue({}, { deadlineMs: WORD_DEADLINE_MS });
  }
}

/**
 * Makes the portal's own idempotency key from the caller's. It contains the caller, the operation
 * and the app, because process APIs see the portal as one client and may share a table of keys.
 * Reusing a key for another operation therefore yields another key; with another payload the
 * process API rejects it.
 */
function options(operation: string, key: string): CallOptions {
  const { principal } = context();
  return { idempotencyKey: hashOf([principal?.actingFor?.id ?? principal?.id ?? '', operation, key]), deadlineMs: DEADLINE_MS };
}

/** Calls the HCM system API for the one thing that events don't carry: worker costs. */
@Injectable()
export class Hcm {
  readonly #api: Client<typeof hcm>;

  constructor(api: ApiClient) {
    this.#api = api.of(hcm);
  }

  /** Those of these workers that exist, as of today. At most one page. */
  async workers(ids: string[]): Promise<Worker[]> {
    const { items } = await this.#api.listWorkers({ query: { ids, limit: ids.length } });
    return items;
  }
}

/** The PSA system API, for what its back end does not do. */
@Injectable()
export class Psa {
  readonly #api: Client<typeof psa>;

  constructor(api: ApiClient) {
    this.#api = api.of(psa);
  }

  /** Asked as the portal itself: it is no secret, and whoever may see the portal needs no right to the PSA for it. */
  async lacks(): Promise<PsaAbility[]> {
    const { cannot } = await runInContext({ principal: undefined }, () => this.#api.getAbilities({}, { deadlineMs: WORD_DEADLINE_MS }));
    return cannot;
  }
}
