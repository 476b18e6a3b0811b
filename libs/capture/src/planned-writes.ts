import { Injectable } from '@nestjs/common';
import { maySee, type Principal } from '#auth';
import { hashOf, hashOfEffects, Problem, type Applied, type Effect, type ExternalRef, type FieldFault, type Planned } from '#canonical';
import { throughPassing } from '#connector';
import { Database, inTransaction } from '#persistence';
import { Audit } from '#service';
import { Capture } from './capture.js';

/**
 * The effects that bring a record into the desired state. `apply` performs them in order; none is
 * performed before it is called.
 */
export interface Plan<T> {
  effects: Effect[];
  apply(): Promise<Outcome<T>>;
}

/** The result of applying a plan, and where the record is. */
export interface Outcome<T> {
  /**
   * The effects performed, in order. More than planned if somebody else changed the record
   * meanwhile.
   */
  effects: Effect[];
  refs: ExternalRef[];
  /** The record as it is now, or null when there is none. */
  state: T | null;
}

/** Exclusive access to a back end's record while a plan is made and applied, for any vendor. */
export interface ExclusiveWrites {
  /**
   * Plans made inside `work` stay valid until it ends. Nobody else, in any process, plans or
   * applies under this key meanwhile. A process that was frozen past its lease writes nothing more
   * under it. If a lost write with other content (`hash`) could still commit over this one, this
   * waits until it can't. Throws `vendor-unavailable`, codes `key-leased` and `unsettled`, with
   * when to retry.
   */
  exclusively<R>(key: string, hash: string, work: () => Promise<R>): Promise<R>;
}

/** The desired state of one record, and what is needed to write it. */
export interface DesiredWrite<T extends { id: string }> {
  /** The noun, as its feed names it. */
  noun: string;
  desired: { id: string };
  /** Faults that the rules of its single fields don't find. */
  faults: FieldFault[];
  /**
   * Legal entities of the record as requested, and as last seen if that counts. The caller must be
   * able to see every list of them.
   */
  concerns: string[][];
  caller: Principal;
  vendor: ExclusiveWrites;
  /**
   * Further keys to hold exclusively: for example a tax registration by which two customers might
   * be matched.
   */
  alsoExclusive?: string[];
  /** Reads the current state and compares. Called anew for each plan and each apply. */
  plan(): Promise<Plan<T>>;
}

/**
 * Plans, and applies plans. Both use the same plan. A write is recorded in the capture as ours,
 * with its audit row, in one transaction. Both methods throw `invalid` with all faults at once, and
 * `forbidden`, code `legal-entity`, when the record isn't the caller's.
 */
@Injectable()
export class PlannedWrites {
  constructor(
    private readonly capture: Capture,
    private readonly audit: Audit,
    private readonly dataSource: Database,
  ) {}

  /** The effects that applying would have. Writes nothing. */
  async plan<T extends { id: string }>(write: DesiredWrite<T>): Promise<Planned> {
    refuseInvalid(write);
    const { effects } = await planned(write);
    return { effects, hash: hashOfEffects(effects) };
  }

  /**
   * `ifMatch`, the header of that name, holds the hash of the only plan that may be applied. For
   * any other plan this throws `precondition-failed`, code `plan-drifted`.
   */
  async apply<T extends { id: string }>(write: DesiredWrite<T>, ifMatch?: string): Promise<Applied> {
    refuseInvalid(write);
    const keys = [...(write.alsoExclusive ?? []), `${write.noun}:${write.desired.id}`];
    const { effects, refs } = await exclusively(write.vendor, keys, hashOf(write.desired), () => this.#applyExclusively(write, hashIn(ifMatch)));
    return { effects, refs };
  }

  /**
   * When the vendor refuses temporarily, this plans again from the state at that time and applies
   * the rest.
   */
  async #applyExclusively<T extends { id: string }>(write: DesiredWrite<T>, onlyIf: string | undefined): Promise<Outcome<T>> {
    let begun: Effect[] | undefined;
    const outcome = await throughPassing(async () => {
      const { effects, apply } = await planned(write);
      if (onlyIf !== undefined && !(begun ? isRestOf(effects, begun) : onlyIf === hashOfEffects(effects))) throw drifted(begun !== undefined);
      begun ??= effects;
      if (effects.length > 0) await this.capture.noteWriting(write.noun, write.desired.id);
      return withBegun(await apply(), begun, effects);
    });
    await this.#note(write, outcome);
    return outcome;
  }

  async #note<T extends { id: string }>({ noun, desired: { id } }: DesiredWrite<T>, { effects, state }: Outcome<T>): Promise<void> {
    await inTransaction(this.dataSource, async em => {
      if (state) await this.capture.noteWritten(noun, id, state, em);
      if (effects.length === 0) return;
      const [before, after] = [effects.map(effect => effect.before), effects.map(effect => effect.after)];
      await this.audit.record(em, { what: `${noun}-written`, subject: id, before, after });
    });
  }
}

/** Called before the back end is asked anything. */
function refuseInvalid({ faults, concerns, caller }: DesiredWrite<{ id: string }>): void {
  if (faults.length > 0) throw new Problem('invalid', faults.map(({ message }) => message).join('; '), { code: 'validation', fields: faults });
  if (!concerns.every(entities => maySee(caller, entities))) throw notYours();
}

async function planned<T extends { id: string }>({ plan, caller }: DesiredWrite<T>): Promise<Plan<T>> {
  const made = await plan();
  const entities = made.effects.flatMap(({ before, after }) => [before, after]).flatMap(legalEntitiesIn);
  if (!entities.every(mine => maySee(caller, mine))) throw notYours();
  return made;
}

/**
 * A caller may not change a record that belongs to another legal entity, before or after the
 * change. Records below another one, such as a task, name no legal entity.
 */
function legalEntitiesIn(record: Record<string, unknown> | null): string[][] {
  const { legalEntity, dimensions } = (record ?? {}) as { legalEntity?: string; dimensions?: { legalEntity?: string } };
  const said = legalEntity ?? dimensions?.legalEntity;
  if (said === undefined) return [];
  return [said === '' ? [] : [said]];
}

/** Whether a new plan contains only effects that an earlier attempt left undone. */
function isRestOf(effects: Effect[], begun: Effect[]): boolean {
  const known = new Set(begun.map(effect => hashOf(effect)));
  return effects.every(effect => known.has(hashOf(effect)));
}

/** The effects that an earlier attempt performed and this one found in place, then its own. */
function withBegun<T>(outcome: Outcome<T>, begun: Effect[], planned: Effect[]): Outcome<T> {
  const recordOf = ({ noun, externalId }: Effect) => `${noun}:${externalId}`;
  const left = new Set(planned.map(recordOf));
  return { ...outcome, effects: [...begun.filter(effect => !left.has(recordOf(effect))), ...outcome.effects] };
}

const drifted = (begun: boolean): Problem =>
  new Problem(
    'precondition-failed',
    begun
      ? 'Somebody else changed the record while the plan was applied; a part of the plan was written. Plan again.'
      : 'The record has changed since the plan was made; nothing was written. Plan again.',
    { code: 'plan-drifted' },
  );

const notYours = (): Problem => new Problem('forbidden', "The record's legal entity isn't yours.", { code: 'legal-entity' });

function exclusively<R>(vendor: ExclusiveWrites, [key, ...rest]: string[], hash: string, work: () => Promise<R>): Promise<R> {
  return key === undefined ? work() : vendor.exclusively(key, hash, () => exclusively(vendor, rest, hash, work));
}

/** The hash in an If-Match header: `"<hash>"`, weak or bare. */
const hashIn = (ifMatch: string | undefined): string | undefined => (ifMatch ? ifMatch.trim().replace(/^(W\/)?"?([^"]*)"?$/, '$2') : undefined);
