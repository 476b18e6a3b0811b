import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { maySee, type Principal } from '#auth';
import { hashOf, hashOfEffects, Problem, type Applied, type Effect, type Planned } from '#canonical';
import { Capture } from '#capture';
import { inTransaction } from '#persistence';
import { Audit } from '#service';
import { ERP } from './erp.token.js';
import type { ErpVendor, Outcome, Plan } from './vendors/erp-vendor.js';

/** One record to be made so. */
export interface Wish<T> {
  noun: 'billing-customer' | 'financial-project';
  id: string;
  desired: object;
  plan(): Promise<Plan<T>>;
  caller: Principal;
  /** Further keys that nobody else may be at meanwhile: a tax registration that two customers might be matched by. */
  alsoAlone?: string[];
  /** The hash of the plan it must be, from If-Match; any plan if not given. */
  onlyIf?: string;
}

/** Plans, and applies plans: the same plan either way, and what was written is known to the capture as ours. */
@Injectable()
export class ErpWriter {
  constructor(
    @Inject(ERP) private readonly vendor: ErpVendor,
    @Inject(Capture) private readonly capture: Capture,
    @Inject(Audit) private readonly audit: Audit,
    @Inject(DataSource) private readonly dataSource: DataSource,
  ) {}

  async planned({ plan, caller }: Pick<Wish<unknown>, 'plan' | 'caller'>): Promise<Planned> {
    const { effects } = await plan();
    refuseForeign(effects, caller);
    return { effects, hash: hashOfEffects(effects) };
  }

  async apply<T extends { id: string }>(wish: Wish<T>): Promise<Applied> {
    const keys = [...(wish.alsoAlone ?? []), `${wish.noun}:${wish.id}`];
    return this.#alone(keys, hashOf(wish.desired), () => this.#applyAlone(wish));
  }

  #alone<R>([key, ...rest]: string[], hash: string, work: () => Promise<R>): Promise<R> {
    return key === undefined ? work() : this.vendor.alone(key, hash, () => this.#alone(rest, hash, work));
  }

  async #applyAlone<T extends { id: string }>({ noun, id, plan, caller, onlyIf }: Wish<T>): Promise<Applied> {
    const { effects, apply } = await plan();
    refuseForeign(effects, caller);
    if (onlyIf !== undefined && onlyIf !== hashOfEffects(effects))
      throw new Problem('precondition-failed', 'The record is no longer as the plan took it to be; nothing was written. Plan again.', {
        code: 'plan-drifted',
      });
    if (effects.length > 0) await this.capture.noteWriting(noun, id);
    const outcome = await apply();
    await this.#note(noun, id, effects, outcome);
    return { effects, refs: outcome?.refs ?? [] };
  }

  async #note<T extends { id: string }>(noun: string, id: string, effects: Effect[], outcome: Outcome<T> | null): Promise<void> {
    await inTransaction(this.dataSource, async em => {
      if (outcome) await this.capture.noteWritten(noun, id, outcome.state, em);
      if (effects.length === 0) return;
      const [before, after] = [effects.map(effect => effect.before), effects.map(effect => effect.after)];
      await this.audit.record(em, { what: `${noun}-written`, subject: id, before, after });
    });
  }
}

/** A record that is another legal entity's, before or after, isn't the caller's to change. */
function refuseForeign(effects: Effect[], caller: Principal): void {
  const entities = effects.flatMap(({ before, after }) => [before, after]).map(legalEntityOf);
  if (entities.some(entity => entity !== undefined && !maySee(caller, [entity])))
    throw new Problem('forbidden', "The record's legal entity isn't yours.", { code: 'legal-entity' });
}

function legalEntityOf(record: Record<string, unknown> | null): string | undefined {
  const { legalEntity, dimensions } = (record ?? {}) as { legalEntity?: string; dimensions?: { legalEntity?: string } };
  return legalEntity ?? dimensions?.legalEntity;
}

/** The hash in an If-Match header: `"<hash>"`, weak or bare. */
export const hashIn = (ifMatch: string | undefined): string | undefined =>
  ifMatch ? ifMatch.trim().replace(/^(W\/)?"?([^"]*)"?$/, '$2') : undefined;
