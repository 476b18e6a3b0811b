import { divided, hourly, scaled } from './amounts.js';
import { type Evidence, type Fields, type Known, type MoneyKind, type ProjectKnown, publishedId } from './evidence.js';

export interface Wanted {
  id: string;
  note: string;
  approved: boolean;
  /** Why it is not approved. */
  why: string;
  kind: 'time' | 'expense';
  projectId: string;
  employeeNumber: string | undefined;
  date: string;
  minutes: number | null;
  currency: string;
  /** What it is to be billed at, in cents; undefined where nobody can say. */
  cents: bigint | undefined;
  /** Cents an hour, of time. */
  rate: bigint | undefined;
  /** Of an expense. */
  spent?: { cents: bigint; currency: string };
  /** The most that was ever approved of it as refunded, in cents above zero. */
  refunded: bigint;
  money: MoneyKind[];
}

/** Every line that was ever approved, as it is at the end. */
export function linesOf({ psa, known }: Evidence): Map<string, Wanted> {
  const last = new Map<string, LastState>();
  for (const { type, id, before, after } of psa) {
    const kind = type === 'time_entries' ? 'time' : type === 'expenses' ? 'expense' : undefined;
    if (!kind) continue;
    const key = `${kind}:${id}`;
    const everApproved = last.get(key)?.everApproved === true || (after as Fields | null)?.approved === true;
    const state = (after ?? before) as Fields;
    const refund =
      kind === 'expense' && (after as Fields | null)?.approved === true ? -(wantedOf({ kind, state, gone: false }, known).cents ?? 0n) : 0n;
    const most = last.get(key)?.refunded ?? 0n;
    last.set(key, { kind, state, gone: after === null, everApproved, refunded: refund > most ? refund : most });
  }
  const lines = [...last].filter(([, { everApproved }]) => everApproved).map(([, line]) => wantedOf(line, known));
  return new Map(lines.map(line => [line.id, line]));
}

interface LastState {
  kind: 'time' | 'expense';
  state: Fields;
  gone: boolean;
  everApproved: boolean;
  refunded: bigint;
}

/** A refund that was approved once, and that takes less back by now. */
export const isCorrected = ({ refunded, approved, cents = 0n }: Wanted): boolean => refunded > 0n && (!approved || -cents < refunded);

function wantedOf({ kind, state, gone, refunded = 0n }: Omit<LastState, 'everApproved' | 'refunded'> & Partial<LastState>, known: Known): Wanted {
  const project = known.projects.get(String(state.workspace_id))!;
  const worker = known.workers.get(String(state.user_id));
  const date = String(kind === 'time' ? state.date_performed : state.date);
  const minutes = kind === 'time' ? Number(state.time_in_minutes) : null;
  const role = known.roles.get(String(state.role_id)) ?? worker?.role;
  const rate = project.billed && state.billable !== false && state.is_billable !== false ? role && known.rateOf(project, role, date) : 0n;
  return {
    id: publishedId(kind === 'time' ? 'tim' : 'exp', 'kantata', known.psaAccount, String(state.id)),
    note: String(state.notes),
    approved: !gone && state.approved === true,
    why: gone ? 'deleted' : 'no longer approved',
    kind,
    projectId: project.id,
    employeeNumber: worker?.employeeNumber,
    date,
    minutes,
    currency: project.currency,
    rate: rate || undefined,
    refunded,
    ...(kind === 'expense'
      ? expenseOf(state, project, date, known)
      : { cents: typeof rate === 'bigint' ? hourly(rate, minutes!) : undefined, money: [] }),
  };
}

/**
 * What was spent, in the project's currency: what was spent in another is worth what the ERP's books of the day say, and not what the PSA
 * made of it. All currencies that the books know have cents.
 */
function expenseOf(state: Fields, project: ProjectKnown, date: string, known: Known): Pick<Wanted, 'cents' | 'spent' | 'money'> {
  const foreign = state.foreign_exchange_amount as { source_value: number; source_currency: string } | null;
  const spent = BigInt(foreign ? foreign.source_value : Number(state.amount_in_cents));
  const isForeign = foreign !== null && foreign.source_currency !== project.currency;
  const rate = isForeign ? known.exchangeRateOf(foreign.source_currency, project.currency, date) : '1';
  return {
    spent: { cents: spent, currency: foreign?.source_currency ?? project.currency },
    cents: !project.billed ? 0n : rate === undefined ? undefined : divided(spent * scaled(rate, RATE_PLACES), 10n ** BigInt(RATE_PLACES)),
    money: [
      ...(spent < 0n ? (['refund'] as const) : []),
      ...(isForeign ? [spent < 0n ? ('foreign-refund' as const) : ('foreign-expense' as const)] : []),
    ],
  };
}

const RATE_PLACES = 12;
