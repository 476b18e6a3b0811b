import type { RecordedEvent } from '#apis';
import type { Actor, Applied } from '#canonical';
import type { NewEvent } from '#events';
import type { About, Done, AppliedMessage, StepMessage } from './flow.js';
import { runIdOf, type TurnRef } from './flow-engine.js';
import type { JournaledProblem } from './step.js';

/**
 * Why a step waits although the back end answers: an earlier write may still arrive, or another
 * process works on the record.
 */
const SETTLING = new Set(['unsettled', 'key-leased', 'lease-lost', 'changed-meanwhile']);

/** What each step of a run adds to its journey steps. */
export interface StepContext {
  turn: TurnRef;
  event: RecordedEvent;
  about?: About;
}

/**
 * A step of a run as the journey stores it. Its id is made of the run and the step's name, so that
 * repeating it adds nothing.
 */
export function stepEvent(
  subscription: string,
  { turn, event, about }: StepContext,
  name: string,
  { next, ...told }: StepMessage,
): NewEvent<'journey.step.v1'> {
  const id = `${runIdOf(turn)}:${name}`;
  const { subject = turn.key, at = new Date().toISOString(), legalEntities = about?.legalEntities ?? event.legalEntities } = told;
  return {
    id,
    type: 'journey.step.v1',
    key: `journey:${subject}`,
    time: at,
    data: {
      related: about?.related ?? [],
      params: {},
      system: 'throughline',
      outcome: 'done',
      refs: [],
      money: null,
      actor: actorOf(subscription, event),
      ...told,
      id,
      subject,
      at,
      legalEntities,
      ...(next ? { next: { kind: next, params: {} } } : {}),
      ...(turn.run > 0 ? { runId: runIdOf(turn) } : {}),
    },
    legalEntities,
  };
}

export function waitingStep(name: string, { vendor, code, detail }: JournaledProblem): StepMessage {
  const system = vendor?.system.split(' ')[0] ?? 'throughline';
  const kind = code !== undefined && SETTLING.has(code) ? 'journey.waiting-for-settling' : 'journey.waiting';
  return { kind, params: { step: name, system, detail }, system, outcome: 'waiting' };
}

export const doneOf = (applied: (Applied | undefined)[]): Done => ({
  effects: applied.reduce((sum, one) => sum + (one?.effects.length ?? 0), 0),
  operations: applied.flatMap(one => one?.effects.map(({ operation }) => operation) ?? []),
  refs: applied.flatMap(one => one?.refs ?? []),
});

export const appliedStep = ({ already, kind, ...told }: AppliedMessage, { effects, operations, refs }: Done): StepMessage => ({
  ...told,
  kind: effects === 0 ? (already ?? kind) : kind,
  params: { effects: String(effects), operations: [...new Set(operations)].join(', ') || 'none' },
  system: refs[0]?.system ?? 'throughline',
  refs,
});

export function actorOf(subscription: string, event: Pick<RecordedEvent, 'actor' | 'source'>): Actor {
  const cause = event.actor;
  const system = { kind: 'system' as const, id: event.source };
  const actingFor = !cause
    ? system
    : cause.kind === 'flow'
      ? (cause.actingFor ?? system)
      : { kind: cause.kind, id: cause.id, ...(cause.name ? { name: cause.name } : {}) };
  return { kind: 'flow', id: subscription, actingFor };
}
