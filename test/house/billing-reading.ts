import type { BillingLine, BillingQueue, LineState } from '#canonical';
import { eventually } from '#testing';
import type { House } from './house.js';

const API = '/process/time-to-billing/v1';

/** A line as time to billing tells it; undefined while it knows none. */
export async function lineOf(house: House, lineId: string): Promise<BillingLine | undefined> {
  const { status, body } = await house.rest<BillingLine>('GET', `${API}/lines/${lineId}`);
  if (status === 404) return undefined;
  if (status !== 200) throw new Error(`GET /lines/${lineId}: ${status} ${JSON.stringify(body)}`);
  return body;
}

/** Waits until each of these lines is in one of the states, at a version where one is asked for; answers them in the order asked. */
export async function linesIn(
  house: House,
  lineIds: string[],
  states: LineState | LineState[],
  { version, withinMs = 60_000 }: { version?: number; withinMs?: number } = {},
): Promise<BillingLine[]> {
  return eventually(
    async () => {
      const lines = await Promise.all(lineIds.map(id => lineOf(house, id)));
      const late = lines.flatMap((line, index) =>
        line && [states].flat().includes(line.state) && (version === undefined || line.version === version) ? [] : [told(lineIds[index], line)],
      );
      if (late.length > 0) throw new Error(`not ${[states].flat().join(' or ')}${version ? ` at version ${version}` : ''}: ${late.join('; ')}`);
      return lines as BillingLine[];
    },
    { withinMs, everyMs: 200 },
  );
}

const told = (id: string, line: BillingLine | undefined): string =>
  line ? `${id} v${line.version} ${line.state} ${line.block?.reasons.map(({ code }) => code).join(', ') ?? ''}`.trim() : `${id} unknown`;

export async function queueOf(house: House): Promise<BillingQueue> {
  const { status, body } = await house.rest<BillingQueue>('GET', `${API}/queue`);
  if (status !== 200) throw new Error(`GET /queue: ${status} ${JSON.stringify(body)}`);
  return body;
}

export interface OpenException {
  id: string;
  state: string;
  desk: string;
  needs: { need: string }[];
}

/** Time to billing's exceptions that nobody has settled. */
export async function openExceptions(house: House): Promise<OpenException[]> {
  const { status, body } = await house.rest<{ items: OpenException[] }>('GET', `${API}/exceptions?state=open&limit=200`);
  if (status !== 200) throw new Error(`GET /exceptions: ${status} ${JSON.stringify(body)}`);
  return body.items;
}
