import type { Fault, Reason } from '#apis';
import { DESKS, type Coded, type Desk, type ExceptionCategory, type Need, type SystemKind } from '#canonical';
import type { AnyNeedKind } from './need.js';

/**
 * The desk with most of the faults. In a tie, the first in the order of `DESKS`: finance before all
 * others.
 */
export function deskOf(faults: Pick<Fault, 'desk'>[]): Desk {
  const count = (desk: Desk) => faults.filter(fault => fault.desk === desk).length;
  return DESKS.reduce((best, desk) => (count(desk) > count(best) ? desk : best));
}

const DESK_OF_SYSTEM: Partial<Record<string, Desk>> = { erp: 'finance', psa: 'pmo' } satisfies Partial<Record<SystemKind, Desk>>;

/**
 * The desk for what a system app refuses, by the app's name, which is the kind of its back end, not
 * the product. Nothing is written to the CRM or HCM, so their refusals go to integration.
 */
export const deskOfSystem = (system: string | undefined): Desk => DESK_OF_SYSTEM[system ?? ''] ?? 'integration';

/** The sentence of the need's kind, filled with what the need and the fault name. */
export function cureOf({ need, reason }: Pick<Fault, 'need' | 'reason'>, kinds: readonly AnyNeedKind[]): Coded {
  for (const { cure, read } of kinds) {
    const parts = read(need);
    if (parts) return { code: typeof cure === 'string' ? cure : cure[Object.values(parts).at(-1)!], params: { ...parts, ...reason.params, need } };
  }
  throw new Error(`no kind of need is declared for ${need}`);
}

/** How an exception states its faults: all of them, and its needs, each once. */
export interface FaultsSaid {
  reasons: Reason[];
  category: ExceptionCategory;
  desk: Desk;
  needs: Omit<Need, 'met'>[];
}

export function exceptionOf(faults: Fault[], kinds: readonly AnyNeedKind[]): FaultsSaid {
  const needs = new Map(faults.map(fault => [fault.need, { need: fault.need, desk: fault.desk, cure: cureOf(fault, kinds) }]));
  return { reasons: faults.map(({ reason }) => reason), category: faults[0].category, desk: deskOf(faults), needs: [...needs.values()] };
}
