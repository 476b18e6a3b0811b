import { Injectable } from '@nestjs/common';
import { maySee, type Principal } from '#auth';
import { hashOf, hashOfEffects, Problem, type Applied, type Effect, type ExternalRef, type FieldFault, type Planned } from '#canonical';
import { throughPassing } from '#connector';
import { Database, inTransaction } from '#persistence';
import { Audit } from '#service';
import { Capture } from './capture.js';

/** The effects that make a record so; `apply` has them in order, none of them before it is called. */
export interface Plan<T> {
  effects: Effect[];
  apply(): Promise<Outcome<T>>;
}

/** What a plan came to, and where the record is. */
export interface Outcome<T> {
  /** Those that were had, in order. More than planned when somebody else changed the record meanwhile. */
  effects: Effect[];
  refs: ExternalRef[];
  /** The record as it is now, null when there is none. */
  state: T | null;
}

/** What a back end that is planned against can do, whichever it is. */
export interface HoldsAlone {
  /**
   * Plans made inside `work` hold good until it ends: nobody else, in any process, plans and applies under this key meanwhile, a
   * process that was frozen past its lease writes nothing more in it, and, where a lost write of other content (`hash`) could still
   * commit over this one, that is waited out. Throws `vendor-unavailable`, codes `key-leased` and `unsettled`, with when to come back.
   */
  alone<R>(key: string, hash: string, work: () => Promise<R>): Promise<R>;
}

/** One record to be made so. */
export interface Wish<T extends { id: string }> {
  /** As its feed calls it. */
  noun: string;
  desired: { id: string };
  /** What is wrong with it beyond its fields' own rules. */
  faults: FieldFault[];
  /** Whose the record is as asked for, and as last seen if that counts: legal entities of each, every one to be the caller's to see. */
  concerns: string[][];
  caller: Principal;
  vendor: HoldsAlone;
  /** Further keys that nobody else may be at meanwhile: a tax registration that two customers might be matched by. */
  alsoAlone?: string[];
  /** Reads what is there and compares. Called anew for each plan and each apply. */
  plan(): Promise<Plan<T>>;
}

/**
 * Plans, and applies plans: the same plan either way, and what was written is known to the capture as ours, with its audit row, in one
 * transaction. Both throw `invalid` with all the faults at once, and `forbidden`, code `legal-entity`, for what isn't the caller's.
 */
@Injectable()
export class PlannedWrites {
  constructor(
    private readonly capture: Capture,
    private readonly audit: Audit,
    private readonly dataSource: Database,
  ) {}

  /** What applying it would write. Nothing is written. */
  async plan<T extends { id: string }>(wish: Wish<T>): Promise<Planned> {
    refuseUnasked(wish);
    const { effects } = await planned(wish);
    return { effects, hash: hashOfEffects(effects) };
  }

  /** `ifMatch`, a header of that name, holds the hash of the one plan that may be applied; another is `precondition-failed`, `plan-drifted`. */
  async apply<T extends { id: string }>(wish: Wish<T>, ifMatch?: string): Promise<Applied> {
    refuseUnasked(wish);
    const keys = [...(wish.alsoAlone ?? []), `${wish.noun}:${wish.desired.id}`];
    const { effects, refs } = await alone(wish.vendor, keys, hashOf(wish.desired), () => this.#applyAlone(wish, hashIn(ifMatch)));
    return { effects, refs };
  }

  /** What the vendor refuses for a moment is planned anew, from what is there by then, and what is left of the plan is applied. */
  async #applyAlone<T extends { id: string }>(wish: Wish<T>, onlyIf: string | undefined): Promise<Outcome<T>> {
    let begun: Effect[] | undefined;
    const outcome = await throughPassing(async () => {
      const { effects, apply } = await planned(wish);
      if (onlyIf !== undefined && !(begun ? isRestOf(effects, begun) : onlyIf === hashOfEffects(effects))) throw drifted(begun !== undefined);
      begun ??= effects;
      if (effects.length > 0) await this.capture.noteWriting(wish.noun, wish.desired.id);
      return withBegun(await apply(), begun, effects);
    });
    await this.#note(wish, outcome);
    return outcome;
  }

  async #note<T extends { id: string }>({ noun, desired: { id } }: Wish<T>, { effects, state }: Outcome<T>): Promise<void> {
    await inTransaction(this.dataSource, async em => {
      if (state) await this.capture.noteWritten(noun, id, state, em);
      if (effects.length === 0) return;
      const [before, after] = [effects.map(effect => effect.before), effects.map(effect => effect.after)];
      await this.audit.record(em, { what: `${noun}-written`, subject: id, before, after });
    });
  }
}

/** Before the back end is asked anything. */
function refuseUnasked({ faults, concerns, caller }: Wish<{ id: string }>): void {
  if (faults.length > 0) throw new Problem('invalid', faults.map(({ message }) => message).join('; '), { code: 'validation', fields: faults });
  if (!concerns.every(entities => maySee(caller, entities))) throw notYours();
}

async function planned<T extends { id: string }>({ plan, caller }: Wish<T>): Promise<Plan<T>> {
  const made = await plan();
  const entities = made.effects.flatMap(({ before, after }) => [before, after]).flatMap(legalEntitiesIn);
  if (!entities.every(mine => maySee(caller, mine))) throw notYours();
  return made;
}

/** A record that is another legal entity's, before or after, isn't the caller's to change. One below another, a task, doesn't say whose it is. */
function legalEntitiesIn(record: Record<string, unknown> | null): string[][] {
  const { legalEntity, dimensions } = (record ?? {}) as { legalEntity?: string; dimensions?: { legalEntity?: string } };
  const said = legalEntity ?? dimensions?.legalEntity;
  if (said === undefined) return [];
  return [said === '' ? [] : [said]];
}

/** Whether a plan made anew is what an earlier try left to do. */
function isRestOf(effects: Effect[], begun: Effect[]): boolean {
  const known = new Set(begun.map(effect => hashOf(effect)));
  return effects.every(effect => known.has(hashOf(effect)));
}

/** The effects that an earlier try had, which this one found there, and then its own. */
function withBegun<T>(outcome: Outcome<T>, begun: Effect[], planned: Effect[]): Outcome<T> {
  const recordOf = ({ noun, externalId }: Effect) => `${noun}:${externalId}`;
  const left = new Set(planned.map(recordOf));
  return { ...outcome, effects: [...begun.filter(effect => !left.has(recordOf(effect))), ...outcome.effects] };
}

const drifted = (begun: boolean): Problem =>
  new Problem(
    'precondition-failed',
    begun
      ? 'The record was changed by somebody else while the plan was applied; a part of it was written. Plan again.'
      : 'The record is no longer as the plan took it to be; nothing was written. Plan again.',
    { code: 'plan-drifted' },
  );

const notYours = (): Problem => new Problem('forbidden', "The record's legal entity isn't yours.", { code: 'legal-entity' });

function alone<R>(vendor: HoldsAlone, [key, ...rest]: string[], hash: string, work: () => Promise<R>): Promise<R> {
  return key === undefined ? work() : vendor.alone(key, hash, () => alone(vendor, rest, hash, work));
}

/** The hash in an If-Match header: `"<hash>"`, weak or bare. */
const hashIn = (ifMatch: string | undefined): string | undefined => (ifMatch ? ifMatch.trim().replace(/^(W\/)?"?([^"]*)"?$/, '$2') : undefined);
