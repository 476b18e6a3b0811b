import type { Api } from '#apis';
import { Problem } from '#canonical';
import { Kept, systemClock, type Clock, type Database, type Transaction } from '#persistence';
import { acknowledgement } from './acknowledgement.table.js';
import { withAcknowledged } from './acknowledgements.js';
import { earlyFault, goneProblem, leavesTheDay, MOST_BROWN_MINUTES, retirementFaults, stillUsing, type LastUse } from './retirement.rules.js';
import { retirement, type BrownOut, type Retirement, type RetirementApproval } from './retirement.table.js';

const keyOf = ({ version, operation }: Pick<Retirement, 'version' | 'operation'>): string => `${version} ${operation}`;

/**
 * What of an app's API has ended. Every app keeps its own in memory; only the governance app changes
 * them. Versions that are declared as retired have ended besides.
 */
export class Retirements extends Kept<ReadonlyMap<string, Retirement>> {
  readonly #wall: Clock;
  readonly #declared: ReadonlyMap<string, Retirement>;

  constructor(database: Database | undefined, app: string, apis: readonly Api[], clock: Clock = systemClock) {
    super(database, {
      name: 'retirements',
      initial: new Map(),
      topics: ['governance.retirement'],
      load: async source => new Map((await source.getRepository(retirement.entity).findBy({ app })).map(row => [keyOf(row), row])),
    });
    this.#wall = clock;
    this.#declared = new Map(apis.flatMap(declaredEnd).map(row => [keyOf(row), row]));
  }

  /** Throws a gone Problem for an operation that has ended, by itself or with its version. */
  refuse(version: string, operation: string): void {
    const whole = keyOf({ version, operation: '' });
    for (const ended of [this.#declared.get(whole), this.get().get(whole), this.get().get(keyOf({ version, operation }))]) {
      const gone = ended && goneProblem(ended, this.#wall.wall());
      if (gone) throw gone;
    }
  }
}

function declaredEnd({ app, version, lifecycle }: Api): Retirement[] {
  if (lifecycle.state !== 'retired') return [];
  const { on, successor = null } = lifecycle;
  return [{ app, version, operation: '', retiredAt: new Date(`${on}T00:00:00Z`), successor, approval: null, brownOuts: [] }];
}

/** A version, or one operation of it. */
export interface Ending {
  app: string;
  version: string;
  /** Its id; left out for the whole version. */
  operation?: string;
  /** The path of what replaces it, behind the gateway. */
  successor?: string;
}

/** What ends, and what was announced of it. */
export interface AnnouncedEnding extends Ending {
  /** The announced end, `YYYY-MM-DD`, of the operation or else of its version; undefined where none was announced. */
  sunset: string | undefined;
}

export interface RetireOptions extends AnnouncedEnding {
  retiredAt: Date;
  /** Who used it when last, as its app counted. */
  uses: readonly LastUse[];
  /** How many days without a call make a consumer one that has moved. */
  graceDays: number;
  approval?: RetirementApproval;
}

/**
 * Ends a version or an operation from `retiredAt` on: it is answered 410 wherever the row is known.
 * Throws a conflict (code still-used) that names each consumer that used it within the grace and
 * that neither the approval lets go nor, where there is one, an acknowledgement, and one (code before-sunset) before the announced end, unless
 * the approval says so. Takes effect everywhere when the transaction commits.
 */
export async function retire(em: Transaction, o: RetireOptions): Promise<void> {
  const now = Date.now();
  const users = stillUsing(ofEnding(o.uses, o), o.graceDays, now);
  const acknowledged = await acknowledgementsOf(em, o);
  const approval = withAcknowledged(o.approval, users, acknowledged);
  const early = earlyFault(o.sunset, approval, o.retiredAt.getTime());
  const fields = [
    ...retirementFaults(users, approval, { retiredAt: o.retiredAt.getTime(), now }).map(message =>
      faultOf('approval.consumers', 'still-used', message),
    ),
    ...(early === undefined ? [] : [faultOf('retiredAt', 'before-sunset', early)]),
  ];
  if (fields.length > 0) {
    const detail = `It can't be retired: ${fields.map(({ message }) => message).join('; ')}.`;
    throw new Problem('conflict', detail, { code: fields[0].rule, fields });
  }
  await put(em, o, { retiredAt: o.retiredAt, approval: approval ?? null });
}

/** Who took note of the end of a version; for one operation, those who took note of that too. */
const acknowledgementsOf = (em: Transaction, { app, version, operation }: Ending) => {
  const of = { app, version, operation: '' };
  return em.getRepository(acknowledgement.entity).findBy(operation === undefined ? of : [of, { ...of, operation }]);
};

const faultOf = (field: string, rule: string, message: string) => ({ field, rule, message });

const ofEnding = (uses: readonly LastUse[], { operation }: Ending): LastUse[] =>
  uses.filter(use => operation === undefined || use.operation === operation);

/** What is said of the end of a version, or of one operation of it. */
export const findRetirement = (em: Transaction, { app, version, operation = '' }: Ending): Promise<Retirement | null> =>
  em.getRepository(retirement.entity).findOneBy({ app, version, operation });

/** Everything that has ended or is to end. */
export const listRetirements = (em: Transaction): Promise<Retirement[]> => em.getRepository(retirement.entity).find();

/**
 * Announces minutes in which it is answered as if it had gone, instead of those announced before.
 * Throws invalid for more than some hours a day: that would be a retirement which nobody approved;
 * and a conflict (code not-deprecated) where nobody was told that it ends.
 */
export async function announceBrownOuts(em: Transaction, ending: AnnouncedEnding, brownOuts: BrownOut[]): Promise<void> {
  if (brownOuts.length > 0 && ending.sunset === undefined)
    throw new Problem('conflict', 'Its end was never announced: callers have to be told first, by npm run api -- deprecate.', {
      code: 'not-deprecated',
    });
  if (!leavesTheDay(brownOuts)) {
    const message = `brownOuts must not have more than ${MOST_BROWN_MINUTES} minutes in any 24 hours`;
    throw new Problem('invalid', `${message}.`, { code: 'validation', fields: [{ field: 'brownOuts', rule: 'hours-a-day', message }] });
  }
  await put(em, ending, { brownOuts });
}

/** Takes a retirement and its brown-outs back. False when there was none. */
export async function withdrawRetirement(em: Transaction, { app, version, operation = '' }: Ending): Promise<boolean> {
  const { affected } = await em.getRepository(retirement.entity).delete({ app, version, operation });
  return affected === 1;
}

async function put(em: Transaction, { app, version, operation = '', successor }: Ending, of: Partial<Retirement>): Promise<void> {
  const row = { app, version, operation, ...(successor === undefined ? {} : { successor }), ...of, changedAt: new Date() };
  await em.getRepository(retirement.entity).upsert(row, ['app', 'version', 'operation']);
}
