import { setTimeout as sleep } from 'node:timers/promises';
import type { ThroughlineApi } from './throughline-api.js';

export interface JourneyStep {
  id: string;
  at: string;
  kind: string;
  text: string;
  system: string;
  outcome: string;
  refs: { system: string; type: string; nativeId: string }[];
}

export interface Blocking {
  id: string;
  owner: string;
  state: string;
  reasons: { text: string }[];
  needs: { need: string; met: boolean; cure: { text: string } }[];
}

export interface Journey {
  summary: { code: string; text: string };
  steps: JourneyStep[];
  blocking: Blocking[];
}

const JOURNEY = `query Journey($of: ID!) {
  journey(of: $of) {
    summary { code text }
    steps(first: 100) { nodes { id at kind text system outcome refs { system type nativeId } } }
    blocking { id owner state reasons { text } needs { need met cure { text } } }
  }
}`;

/** The journey of a deal by any id of it; null until the portal knows it. */
export async function readJourney(api: ThroughlineApi, of: string): Promise<Journey | null> {
  const { journey } = await api.graphql<{ journey: (Omit<Journey, 'steps'> & { steps: { nodes: JourneyStep[] } }) | null }>(JOURNEY, { of });
  return journey && { ...journey, steps: journey.steps.nodes };
}

export interface FollowOptions {
  /** Called with each step when it becomes known; steps may become known out of order. */
  onStep?: (step: JourneyStep) => void;
  settled: (journey: Journey) => boolean;
  withinMs: number;
}

/**
 * Follows a journey to its end; its steps are then ordered by time. Throws when it does not end
 * within the limit.
 */
export async function followJourney(api: ThroughlineApi, of: string, { onStep, settled, withinMs }: FollowOptions): Promise<Journey> {
  const giveUpAt = Date.now() + withinMs;
  const known = new Set<string>();
  for (;;) {
    const journey = await readJourney(api, of);
    for (const step of journey?.steps ?? []) {
      if (known.has(step.id)) continue;
      known.add(step.id);
      onStep?.(step);
    }
    if (journey && settled(journey)) return journey;
    if (Date.now() > giveUpAt)
      throw new Error(`The journey of ${of} has not settled within ${withinMs / 1000} s: ${journey?.summary.text ?? 'nothing is known of it'}`);
    await sleep(100);
  }
}

/** At its end, or blocked until a person decides. */
const AT_REST: ReadonlySet<string> = new Set(['summary.blocked', 'summary.complete', 'summary.undone']);

export const atRest = ({ summary }: Journey): boolean => AT_REST.has(summary.code);
