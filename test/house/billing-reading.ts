import type { BillingLine, BillingQueue, LineState, Money } from '#canonical';
import { eventually } from '#testing';
import type { House } from './house.js';

/** A line as the API tells it: what is null is left out. */
export type LineSeen = Pick<BillingLine, 'id' | 'state' | 'since' | 'projectId' | 'workDate' | 'legalEntities'> & {
  [Name in Exclude<keyof BillingLine, 'explanation'>]?: NonNullable<BillingLine[Name]>;
} & { explanation: { code: string; text: string }[] };

const API = '/process/time-to-billing/v1';

/** A line as time to billing tells it; undefined while it knows none. */
export async function lineOf(house: House, lineId: string): Promise<LineSeen | undefined> {
  const { status, body } = await house.rest<LineSeen>('GET', `${API}/lines/${lineId}`);
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
): Promise<LineSeen[]> {
  return eventually(
    async () => {
      const lines = await Promise.all(lineIds.map(id => lineOf(house, id)));
      const late = lines.flatMap((line, index) =>
        line && [states].flat().includes(line.state) && (version === undefined || line.version === version) ? [] : [told(lineIds[index], line)],
      );
      if (late.length > 0) throw new Error(`not ${[states].flat().join(' or ')}${version ? ` at version ${version}` : ''}: ${late.join('; ')}`);
      return lines as LineSeen[];
    },
    { withinMs, everyMs: 200 },
  );
}

const told = (id: string, line: LineSeen | undefined): string =>
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

/** Somebody of the finance desk decides. */
export async function decide(house: House, exceptionId: string, action: 'retry' | 'skip', reason: string): Promise<void> {
  const { status, body } = await house.rest('POST', `${API}/exceptions/${exceptionId}/actions`, {
    as: { person: 'finance' },
    body: { action, reason },
  });
  if (status !== 200) throw new Error(`${action} ${exceptionId}: ${status} ${JSON.stringify(body)}`);
}

export interface BillingInPortal {
  summary: string;
  lines: number;
  money: Money[];
  states: Record<string, number>;
  desks: string[];
}

const JOURNEY = `query ($of: ID!) { journey(of: $of) { summary { text }
  billing { lines money { amount currency } states { state lines } blocked { desk } } } }`;

/** What the portal answers for a line, a timesheet, a worker's week or a project's month; null while it knows no such thing. */
export async function billingInPortal(house: House, of: string): Promise<BillingInPortal | null> {
  const { data, errors } = await house.graphql<{
    journey: {
      summary: { text: string };
      billing: { lines: number; money: Money[]; states: { state: string; lines: number }[]; blocked: { desk: string }[] } | null;
    } | null;
  }>(JOURNEY, { of });
  if (errors) throw new Error(JSON.stringify(errors));
  if (!data.journey?.billing) return null;
  const { lines, money, states, blocked } = data.journey.billing;
  const counted = states.filter(state => state.lines > 0).map(state => [state.state, state.lines] as const);
  return { summary: data.journey.summary.text, lines, money, states: Object.fromEntries(counted), desks: blocked.map(({ desk }) => desk) };
}
