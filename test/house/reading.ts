import type { LedgerRow } from '../../apps/sandbox/src/kit/index.js';
import { eventually } from '#testing';
import type { House } from './house.js';

export interface StepSeen {
  kind: string;
  text: string;
  system: string;
  outcome: string;
  refs: { system: string; type: string; nativeId: string }[];
  actor: { kind: string; id: string };
  runId: string | null;
}

export interface JourneySeen {
  summary: string;
  steps: StepSeen[];
  blocking: { id: string; needs: { need: string }[] }[];
}

const JOURNEY = `query ($of: ID!) { journey(of: $of) { summary { text }
  steps(first: 100) { nodes { kind text system outcome runId actor { kind id } refs { system type nativeId } } }
  blocking { id needs { need } } } }`;

/** The journey of anything, by any id, as the portal tells it; null while it knows no such thing. */
export async function journeyOf(house: House, of: string): Promise<JourneySeen | null> {
  const { data, errors } = await house.graphql<{
    journey: { summary: { text: string }; steps: { nodes: StepSeen[] }; blocking: JourneySeen['blocking'] } | null;
  }>(JOURNEY, { of });
  if (errors && !data?.journey) return null;
  return data.journey && { summary: data.journey.summary.text, steps: data.journey.steps.nodes, blocking: data.journey.blocking };
}

export const kindsOf = (journey: JourneySeen | null): string[] => journey?.steps.map(step => step.kind) ?? [];

/** Waits until the journey has come to a step of this kind. */
export async function reached(house: House, of: string, kind: string, withinMs = 60_000): Promise<JourneySeen> {
  return eventually(
    async () => {
      const journey = await journeyOf(house, of);
      if (!kindsOf(journey).includes(kind)) throw new Error(`${of} has not come to ${kind}: ${kindsOf(journey).join(', ') || 'no steps'}`);
      return journey!;
    },
    { withinMs },
  );
}

/** Whoever shows what the vendors committed: the house of a suite, or a platform. */
export interface VendorLedgers {
  ledger(vendor: 'kantata' | 'netsuite'): Promise<LedgerRow[]>;
}

/** Live projects at both vendors that bear this reference, by what the sandboxes' own ledgers say. */
export async function liveProjects(house: VendorLedgers): Promise<{ kantata: Map<string, string[]>; netsuite: Map<string, string[]> }> {
  return { kantata: await liveWorkspaces(house), netsuite: await liveJobs(house) };
}

async function liveWorkspaces(house: VendorLedgers): Promise<Map<string, string[]>> {
  const live = new Map<string, string[]>();
  const state = new Map<string, { archived?: boolean; external: string | null }>();
  for (const row of await house.ledger('kantata')) {
    if (row.type !== 'workspaces' && row.type !== 'workspace') continue;
    if (row.after === null) state.delete(row.id);
    else
      state.set(row.id, {
        archived: (row.after as { archived?: boolean }).archived,
        external: row.externalId ?? state.get(row.id)?.external ?? null,
      });
  }
  for (const [id, { archived, external }] of state)
    if (!archived && external?.startsWith('prj_')) live.set(external, [...(live.get(external) ?? []), id]);
  return live;
}

async function liveJobs(house: VendorLedgers): Promise<Map<string, string[]>> {
  const live = new Map<string, string[]>();
  const state = new Map<string, { isInactive?: boolean; externalId?: string }>();
  for (const row of await house.ledger('netsuite')) {
    if (row.type !== 'job') continue;
    if (row.after === null) state.delete(row.id);
    else state.set(row.id, row.after as { isInactive?: boolean; externalId?: string });
  }
  for (const [id, { isInactive, externalId }] of state)
    if (!isInactive && externalId?.startsWith('prj_')) live.set(externalId, [...(live.get(externalId) ?? []), id]);
  return live;
}

/** Our id of a deal, by its id in the CRM, once its feed has been read. */
export async function dealOf(house: House, opportunityId: string): Promise<string> {
  const [row] = await eventually(
    async () => {
      const rows = await house.sql<{ id: string }>(`select id from capture.shadow where noun = 'deal' and state->'refs' @> $1::jsonb`, [
        JSON.stringify([{ nativeId: opportunityId }]),
      ]);
      return rows.length > 0 && rows;
    },
    { withinMs: 30_000 },
  );
  return row.id;
}
