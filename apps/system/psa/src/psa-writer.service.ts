import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { hashOfEffects, Problem, type Applied, type Planned } from '#canonical';
import { Capture } from '#capture';
import { inTransaction } from '#persistence';
import { Audit } from '#service';
import type { Outcome, Plan } from './vendors/psa-vendor.js';
import { PSA } from './psa.token.js';
import type { PsaVendor } from './vendors/psa-vendor.js';

/** One record to be made so. */
export interface Wish<T> {
  noun: 'project' | 'staffing-request';
  id: string;
  plan(): Promise<Plan<T>>;
  /** The hash of the plan it must be, from If-Match; any plan if not given. */
  onlyIf?: string;
}

/** Plans, and applies plans: the same plan either way, and what was written is known to the capture as ours. */
@Injectable()
export class PsaWriter {
  constructor(
    @Inject(PSA) private readonly vendor: PsaVendor,
    @Inject(Capture) private readonly capture: Capture,
    @Inject(Audit) private readonly audit: Audit,
    @Inject(DataSource) private readonly dataSource: DataSource,
  ) {}

  async planned({ plan }: Pick<Wish<unknown>, 'plan'>): Promise<Planned> {
    const { effects } = await plan();
    return { effects, hash: hashOfEffects(effects) };
  }

  async apply<T extends { id: string }>(wish: Wish<T>): Promise<Applied> {
    const { effects, refs } = await this.vendor.alone(`${wish.noun}:${wish.id}`, () => this.#applyAlone(wish));
    return { effects, refs };
  }

  async #applyAlone<T extends { id: string }>({ noun, id, plan, onlyIf }: Wish<T>): Promise<Outcome<T>> {
    const planned = await plan();
    const hash = hashOfEffects(planned.effects);
    if (onlyIf !== undefined && onlyIf !== hash)
      throw new Problem('precondition-failed', 'The record is no longer as the plan took it to be; nothing was written. Plan again.', {
        code: 'plan-drifted',
      });
    if (planned.effects.length > 0) await this.capture.noteWriting(noun, id);
    const outcome = await planned.apply();
    await this.#note(noun, id, outcome);
    return outcome;
  }

  async #note<T extends { id: string }>(noun: string, id: string, { effects, state }: Outcome<T>): Promise<void> {
    await inTransaction(this.dataSource, async em => {
      if (state) await this.capture.noteWritten(noun, id, state, em);
      if (effects.length === 0) return;
      const [before, after] = [effects.map(effect => effect.before), effects.map(effect => effect.after)];
      await this.audit.record(em, { what: `${noun}-written`, subject: id, before, after });
    });
  }
}

/** The hash in an If-Match header: `"<hash>"`, weak or bare. */
export const hashIn = (ifMatch: string | undefined): string | undefined =>
  ifMatch ? ifMatch.trim().replace(/^(W\/)?"?([^"]*)"?$/, '$2') : undefined;
