import { Injectable } from '@nestjs/common';
import type { CallOptions, Client } from '#apis';
import type { ExceptionActionBody, GroupActionView } from '#apis/exceptions';
import type { MappingKind, MappingView } from '#apis/mappings';
import { hashOf, Problem, type BillingQueue, type Worker } from '#canonical';
import { ApiClient, context, runInContext } from '#service';
import { hcm, projectInitiation, psa, timeToBilling, type PlanView, type PsaAbility } from './calls.js';

const DEADLINE_MS = 60_000;
const READ_DEADLINE_MS = 10_000;
// Beside rows that are read in moments, nobody waits long for a word about them.
const WORD_DEADLINE_MS = 3_000;

/** The process API that mappings and plans are carried out by, as the person who asked: the portal decides nothing itself. */
@Injectable()
export class ProjectInitiation {
  readonly #api: Client<typeof projectInitiation>;

  constructor(api: ApiClient) {
    this.#api = api.of(projectInitiation);
  }

  /** `kind` as the person wrote it: what is none is refused there. */
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
 * The exceptions of every process app: who raised one is who can let it go on, so what is decided is told to that app. Their APIs for it are
 * the same (libs/apis/exceptions).
 */
@Injectable()
export class ExceptionApps {
  readonly #apps: Map<string, Pick<Client<typeof timeToBilling>, 'exceptionsAct' | 'exceptionsActOnGroup'>>;

  constructor(api: ApiClient) {
    this.#apps = new Map([projectInitiation, timeToBilling].map(one => [one.app, api.of(one)]));
  }

  /** Answers the exception as it is then: its history tells what the read model has to have before it shows the same. */
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

/** The process API of time and expenses, for the one thing events don't carry: whether its queue to the ERP is held, and why. */
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
 * The caller's key, made the portal's own: who asked, for what and of which app are in it, since to the process APIs all of them are the portal, and
 * on one database they remember keys together.
 * The same key for another thing is then another key there, and for the same thing with other words it is refused there.
 */
function options(operation: string, key: string): CallOptions {
  const { principal } = context();
  return { idempotencyKey: hashOf([principal?.actingFor?.id ?? principal?.id ?? '', operation, key]), deadlineMs: DEADLINE_MS };
}

/** The HCM system API, for the one thing events don't carry: what workers cost. */
@Injectable()
export class Hcm {
  readonly #api: Client<typeof hcm>;

  constructor(api: ApiClient) {
    this.#api = api.of(hcm);
  }

  /** Of these workers, those there are, as of today. At most a page of them. */
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
