import { createHash } from 'node:crypto';

// The judge of a run. It knows the sandboxes' ledgers, the sample firm's price lists and the published id function, and nothing of the
// product: no import of its code, no look into its database.

/** A committed write as a sandbox's control port tells it. */
export interface LedgerEntry {
  seq: number;
  type: string;
  id: string;
  externalId: string | null;
  before: unknown;
  after: unknown;
}

/** What the ledgers name by the vendors' own ids, looked up at the vendors; and the firm's price lists. */
export interface Known {
  /** The PSA's account id, from which line ids are made. */
  psaAccount: string;
  /** The CRM's, from which ids of deals and customers are made. */
  crmAccount: string;
  /** Projects of deals that were won in the CRM -> Kantata workspace id. */
  sold: Map<string, string>;
  /** Whether the ERP takes what is below zero. */
  negativeLines: boolean;
  /** Kantata workspace id -> project. */
  projects: Map<string, ProjectKnown>;
  /** Kantata user id -> worker; absent for whom the firm doesn't employ. */
  workers: Map<string, WorkerKnown>;
  /** Kantata role id -> role code. */
  roles: Map<string, string>;
  /** The ERP's currency id -> code. */
  currencies: Map<string, string>;
  /** Cents per hour of a role on a project on a day; undefined where no price list has one. */
  rateOf(project: ProjectKnown, role: string, date: string): bigint | undefined;
  /** What the ERP's books of a day say that one of a currency is worth in another, as a decimal; undefined where they say nothing. */
  exchangeRateOf(from: string, to: string, date: string): string | undefined;
}

export interface ProjectKnown {
  id: string;
  number: string;
  currency: string;
  /** Whether time and expenses are billed; else lines are kept at no price. */
  billed: boolean;
  /** Its cap when the ledgers begin, in cents; null: none. */
  notToExceed: bigint | null;
}

export interface WorkerKnown {
  employeeNumber: string;
  role: string;
}

export interface Evidence {
  crm: LedgerEntry[];
  psa: LedgerEntry[];
  erp: LedgerEntry[];
  /** Lines with an open exception, by canonical id, with what it says. */
  openExceptions: Map<string, string>;
  /** What of which lines waits for room under a cap, as the platform names it to people. */
  overages: Map<string, Overage>;
  /** Lines with a planted business fault, by their note. */
  planted: Set<string>;
  known: Known;
}

export interface Overage {
  cents: bigint;
  minutes: number | null;
}

export interface Finding {
  rule:
    | 'lost'
    | 'twice'
    | 'not-newest'
    | 'not-withdrawn'
    | 'versions-fall'
    | 'two-alive'
    | 'id-used-again'
    | 'rewritten'
    | 'written-again'
    | 'unknown-transaction'
    | 'content'
    | 'amount'
    | 'cost'
    | 'sum'
    | 'cap-passed'
    | 'overage'
    | 'room-left'
    | 'billed-removed'
    | 'billed-twice'
    | 'billed-amount'
    | 'deal-goes-on'
    | 'customer-not-followed'
    | 'straight-through';
  line: string;
  detail: string;
}

/** What has to have come to the ERP for a run to say anything of it. */
export const MONEY_KINDS = [
  'refund',
  'foreign-expense',
  'foreign-refund',
  'over-cap',
  'released-overage',
  'invoiced',
  'taken-back',
  'deleted',
  'after-merge',
  'corrected-refund',
  'credit-awaited',
  'deal-deleted',
  'account-merged',
] as const;
export type MoneyKind = (typeof MONEY_KINDS)[number];

export interface Verdict {
  findings: Finding[];
  /** Lines that were ever approved. */
  lines: number;
  approved: number;
  posted: number;
  exceptions: number;
  /** Approved lines without a planted fault, and how many of them are posted. */
  clean: number;
  cleanPosted: number;
  /** Versions that were ever posted. */
  versions: number;
  /** How often each kind of money is in the ERP as it has to be. */
  money: Partial<Record<MoneyKind, number>>;
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TRANSACTIONS = ['timeBill', 'charge', 'expenseReport'];
const EXTERNAL_ID = /^tl-((?:tim|exp)_[0-9a-hjkmnp-tv-z]{20})-v([1-9]\d*)(?:-o[1-9]\d*|(-c))?(-r)?$/;
/** Of the clean lines so many have to be posted with nobody acting. */
const STRAIGHT_THROUGH_PERCENT = 97;

/** prefix, `_`, and the first 100 bits of sha-256 of the parts joined with `:`, five bits a letter. */
export function publishedId(prefix: string, ...parts: string[]): string {
  const bits = [...createHash('sha256').update(parts.join(':')).digest()].map(byte => byte.toString(2).padStart(8, '0')).join('');
  return `${prefix}_${Array.from({ length: 20 }, (_, n) => ALPHABET[Number.parseInt(bits.slice(5 * n, 5 * n + 5), 2)]).join('')}`;
}

export function check(evidence: Evidence): Verdict {
  const wanted = linesOf(evidence);
  const caps = new Caps(evidence, wanted);
  const history = new ErpHistory(evidence.erp, caps);
  const findings = [...history.findings];
  const sums = new Map<string, { expected: bigint; found: bigint }>();
  let [approved, posted, exceptions, clean, cleanPosted] = [0, 0, 0, 0, 0];
  const waiting: string[] = [];
  const money: Verdict['money'] = {};
  const count = (kind: MoneyKind) => (money[kind] = (money[kind] ?? 0) + 1);
  for (const line of wanted.values()) {
    const held = history.inForce(line.id);
    const open = evidence.openExceptions.has(line.id);
    if (open) exceptions++;
    if (!line.approved) {
      const left = [...held, ...history.costsOf(line.id)];
      if (left.length > 0 && !open) findings.push({ rule: 'not-withdrawn', line: line.id, detail: `${line.why}, and the ERP has ${names(left)}` });
      if (left.length === 0 && line.why === 'deleted' && history.newest(line.id) !== undefined) count('deleted');
      if (left.length === 0 && isCorrected(line) && caps.had(line.projectId)) count('corrected-refund');
      if (open && held.some(part => history.isBilled(part))) count('credit-awaited');
      continue;
    }
    approved++;
    const over = evidence.overages.get(line.id);
    if (!open) {
      const sum = sums.get(line.currency) ?? { expected: 0n, found: 0n };
      sums.set(line.currency, { expected: sum.expected + (line.cents ?? 0n) - (over?.cents ?? 0n), found: sum.found + history.sumOf(line.id) });
    }
    // What is over a cap waits for no mistake, and what only something below zero would say waits for a credit where the ERP takes none.
    const lacksNegative = !evidence.known.negativeLines && ((line.spent?.cents ?? 0n) < 0n || held.some(part => history.isBilled(part)));
    const isClean = !evidence.planted.has(line.note) && !over && !lacksNegative;
    if (isClean) clean++;
    if (isClean && open) waiting.push(`${line.note}: ${evidence.openExceptions.get(line.id)}`);
    if (over && !open) findings.push(...wrongOverage(line, held, over, caps));
    if (held.length === 0 && over) {
      count('over-cap');
      continue;
    }
    if (held.length === 0) {
      if (!open) findings.push({ rule: 'lost', line: line.id, detail: `${line.note}: approved, not in the ERP, and nobody was told` });
      continue;
    }
    const newest = history.newest(line.id)!;
    if (held.some(({ version }) => version < newest)) {
      if (!open) findings.push({ rule: 'not-newest', line: line.id, detail: `${names(held)} in force, version ${newest} was posted` });
      continue;
    }
    if (held.length > 1 && !(caps.had(line.projectId) && areParts(held) && sumOf(held) <= (line.cents ?? 0n))) {
      findings.push({ rule: 'twice', line: line.id, detail: names(held) });
      continue;
    }
    const wrong = held.flatMap(part => differences(line, part, evidence.known));
    wrong.push(...wrongQuantity(line, held, over), ...wrongCost(line, [...held, ...history.costsOf(line.id)], evidence.known));
    // What is in force says something else than the PSA: an older version, unless somebody was told that the newer can't be posted.
    if (wrong.length > 0 && !open) findings.push(...wrong);
    if (wrong.length > 0 && open && held.some(part => history.isBilled(part))) count('credit-awaited');
    if (wrong.length > 0) continue;
    posted++;
    if (isClean) cleanPosted++;
    for (const kind of line.money) count(kind);
    if (over) count('over-cap');
    if (held.length > 1) count('released-overage');
    if (history.merged.has(line.projectId)) count('after-merge');
    if (isCorrected(line) && caps.had(line.projectId)) count('corrected-refund');
  }
  const sold = salesOf(evidence);
  findings.push(...sold.findings);
  for (const kind of sold.right) count(kind);

  findings.push(...caps.findings(line => history.inForce(line)), ...history.billedWrong());
  money.invoiced = history.billed;
  money['taken-back'] = history.takenBack;
  for (const stranger of history.strangers(wanted)) findings.push(stranger);
  for (const [currency, { expected, found }] of sums)
    if (expected !== found) findings.push({ rule: 'sum', line: currency, detail: `the PSA's lines are worth ${expected}, the ERP's ${found} cents` });
  if (cleanPosted * 100 < clean * STRAIGHT_THROUGH_PERCENT)
    findings.push({
      rule: 'straight-through',
      line: '-',
      detail: `of ${clean} lines with nothing wrong ${cleanPosted} are posted; ${waiting.join('; ')}`,
    });
  return { findings, lines: wanted.size, approved, posted, exceptions, clean, cleanPosted, versions: history.versions, money };
}

// ---- what the PSA says ---------------------------------------------------------------------------------------------------

interface Wanted {
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

type Fields = Record<string, unknown>;

/** Every line that was ever approved, as it is at the end. */
function linesOf({ psa, known }: Evidence): Map<string, Wanted> {
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
const isCorrected = ({ refunded, approved, cents = 0n }: Wanted): boolean => refunded > 0n && (!approved || -cents < refunded);

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

/** Half away from zero. */
function divided(what: bigint, by: bigint): bigint {
  const half = what < 0n ? -by : by;
  return (what * 2n + half) / (by * 2n);
}

/** Cents an hour times minutes. */
const hourly = (centsAnHour: bigint, minutes: number): bigint => divided(centsAnHour * BigInt(minutes), 60n);

// ---- what the ERP says ---------------------------------------------------------------------------------------------------

interface Held {
  id: string;
  externalId: string;
  line: string;
  version: number;
  type: string;
  /** What was spent, beside what is billed. */
  cost: boolean;
  record: Fields;
  cents: bigint;
}

/** What the ERP's ledger tells of our transactions, in the order in which they were committed. */
class ErpHistory {
  readonly findings: Finding[] = [];
  /** Projects that came to another customer. */
  readonly merged = new Set<string>();
  readonly #alive = new Map<string, Held>();
  readonly #used = new Set<string>();
  readonly #newest = new Map<string, number>();
  readonly #unknown: Finding[] = [];
  readonly #invoices = new Invoices();
  versions = 0;

  constructor(
    rows: LedgerEntry[],
    private readonly caps: Caps,
  ) {
    for (const row of rows) {
      if (TRANSACTIONS.includes(row.type)) this.#take(row);
      if (row.type === 'job') {
        caps.stated(row);
        if (parentOf(row.before) !== parentOf(row.after)) this.merged.add(row.externalId!);
      }
      if (row.type === 'invoice') this.#invoices.take(row);
    }
  }

  newest(line: string): number | undefined {
    return this.#newest.get(line);
  }

  /** What counts of a line: what was neither deleted nor taken back by a reversing one. */
  inForce(line: string): Held[] {
    return this.#inForce(line).filter(({ cost }) => !cost);
  }

  /** What was spent, where that is apart from what is billed. */
  costsOf(line: string): Held[] {
    return this.#inForce(line).filter(({ cost }) => cost);
  }

  #inForce(line: string): Held[] {
    const own = [...this.#alive.values()].filter(held => held.line === line);
    return own.filter(({ externalId }) => !externalId.endsWith('-r') && !this.#alive.has(`${externalId}-r`));
  }

  /** Everything the ERP has of a line, added up. */
  sumOf(line: string): bigint {
    return [...this.#alive.values()].filter(held => held.line === line).reduce((sum, { cents }) => sum + cents, 0n);
  }

  isBilled(held: Held): boolean {
    return this.#invoices.on(held).length > 0;
  }

  /** Transactions that are on an invoice. */
  get billed(): number {
    return [...this.#alive.values()].filter(held => this.#invoices.on(held).length > 0).length;
  }

  /** Of these, those that a reversing one takes back. */
  get takenBack(): number {
    return [...this.#alive.values()].filter(held => this.#invoices.on(held).length > 0 && this.#alive.has(`${held.externalId}-r`)).length;
  }

  /** What customers are billed at is what the transaction says, once. */
  billedWrong(): Finding[] {
    return [...this.#alive.values()].flatMap(held => {
      const amounts = this.#invoices.on(held);
      const twice: Finding[] =
        amounts.length > 1 ? [{ rule: 'billed-twice', line: held.line, detail: `${held.externalId} is on ${amounts.length} invoices` }] : [];
      const wrong = amounts.filter(cents => cents !== held.cents);
      return [
        ...twice,
        ...wrong.map((cents): Finding => ({
          rule: 'billed-amount',
          line: held.line,
          detail: `${held.externalId}: ${cents} cents on the invoice, ${held.cents} in the books`,
        })),
      ];
    });
  }

  /** Transactions that no line of the PSA explains. */
  strangers(lines: Map<string, unknown>): Finding[] {
    const known = [...this.#alive.values()].filter(({ line }) => !lines.has(line));
    return [
      ...this.#unknown,
      ...known.map(({ line, externalId }): Finding => ({
        rule: 'unknown-transaction',
        line,
        detail: `${externalId} stands for no line that was approved`,
      })),
    ];
  }

  #take({ type, id, externalId, before, after }: LedgerEntry): void {
    const [, line, version, cost, reversal] = EXTERNAL_ID.exec(externalId ?? '') ?? [];
    if (!line) {
      this.#unknown.push({ rule: 'unknown-transaction', line: `${type} ${id}`, detail: `external id ${externalId ?? 'none'} is none of ours` });
      return;
    }
    if (after === null) {
      const gone = this.#alive.get(externalId!);
      if (gone && this.#invoices.on(gone).length > 0)
        this.findings.push({ rule: 'billed-removed', line, detail: `${externalId} was removed though it is on an invoice` });
      this.#alive.delete(externalId!);
      return;
    }
    const held: Held = {
      id,
      externalId: externalId!,
      line,
      version: Number(version),
      type,
      cost: cost !== undefined,
      record: after as Fields,
      cents: centsOf(type, after as Fields),
    };
    if (before === null) this.#created(held, reversal !== undefined);
    else if (invoiceOf(before as Fields) === invoiceOf(held.record)) this.#writtenAgain(held, before as Fields);
    this.#alive.set(externalId!, held);
    if (before === null && held.cents > 0n) this.findings.push(...this.caps.passedBy(held, [...this.#alive.values()]));
  }

  #created({ externalId, line, version, cents }: Held, reversal: boolean): void {
    if (this.#used.has(externalId)) this.findings.push({ rule: 'id-used-again', line, detail: externalId });
    this.#used.add(externalId);
    if (reversal) return this.#reversed(externalId, line, cents);
    this.versions++;
    const newest = this.#newest.get(line) ?? 0;
    if (version < newest) this.findings.push({ rule: 'versions-fall', line, detail: `${externalId} came after version ${newest}` });
    this.#newest.set(line, Math.max(newest, version));
    const others = this.#inForce(line).filter(held => held.version !== version);
    if (others.length > 0) this.findings.push({ rule: 'two-alive', line, detail: `${externalId} came while ${names(others)} was in force` });
  }

  /** A transaction that is there is never sent again: it is looked for first, and superseded when it is to say something else. */
  #writtenAgain({ externalId, line, type, record }: Held, before: Fields): void {
    const [was, is] = [contentOf(type, before), contentOf(type, record)];
    this.findings.push(
      was === is ? { rule: 'written-again', line, detail: externalId } : { rule: 'rewritten', line, detail: `${externalId}: ${was} became ${is}` },
    );
  }

  #reversed(externalId: string, line: string, cents: bigint): void {
    const original = this.#alive.get(externalId.slice(0, -2));
    if (original?.cents !== -cents)
      this.findings.push({ rule: 'amount', line, detail: `${externalId} takes back ${-cents} cents of ${original?.cents ?? 'nothing'}` });
  }
}

const parentOf = (job: unknown): string | undefined => ((job as Fields | null)?.parent as { id?: string } | undefined)?.id;

/** A charge says itself which invoice it is on. */
const invoiceOf = (record: Fields): string | undefined => (record.invoice as { id?: string } | undefined)?.id;

/** What finance has billed: transactions by the invoices that name them. */
class Invoices {
  /** Invoice -> type and id of each transaction on it -> cents. */
  readonly #live = new Map<string, Map<string, bigint>>();

  take({ id, after }: LedgerEntry): void {
    const invoice = after as Fields | null;
    if (invoice === null || (invoice.status as { id?: string } | undefined)?.id === 'V') this.#live.delete(id);
    else
      this.#live.set(
        id,
        new Map([
          ...amountsOn(invoice, 'time', 'timeBill', 'doc'),
          ...amountsOn(invoice, 'expCost', 'expenseReport', 'doc'),
          ...amountsOn(invoice, 'item', 'charge', 'charge'),
        ]),
      );
  }

  /** What it is billed at by each invoice that it is on. */
  on({ type, id }: Pick<Held, 'type' | 'id'>): bigint[] {
    return [...this.#live.values()].flatMap(lines => lines.get(`${type} ${id}`) ?? []);
  }
}

function amountsOn(invoice: Fields, sublist: string, type: string, reference: string): [string, bigint][] {
  const { items = [] } = (invoice[sublist] ?? {}) as { items?: Fields[] };
  return items.flatMap(line => {
    const named = line[reference] as { id: string } | undefined;
    return named ? [[`${type} ${named.id}`, centsIn(line.amount)]] : [];
  });
}

const names = (held: Held[]): string => held.map(({ externalId }) => externalId).join(', ');

/** What the PSA and the ERP disagree on. */
function differences(line: Wanted, { externalId, type, record }: Held, { currencies }: Known): Finding[] {
  const found: Finding[] = [];
  const compare = (what: string, expected: unknown, is: unknown) => {
    if (expected !== is) found.push({ rule: 'content', line: line.id, detail: `${externalId}: ${what} is ${String(is)}, not ${String(expected)}` });
  };
  const said = factsOf(type, record);
  compare('project', line.projectId, said.projectId);
  compare('worker', line.employeeNumber, said.employeeNumber);
  compare('day', line.date, said.date);
  // Time has none of its own: it is its project's.
  if (type !== 'timeBill' && !isUnbilledReport(type, record)) compare('currency', line.currency, currencies.get(String(said.currency)));
  return found;
}

/** What was spent is in the books once, in the currency of that, whatever is billed. */
function wrongCost(line: Wanted, held: Held[], { currencies }: Known): Finding[] {
  if (!line.spent) return [];
  const reports = held.filter(({ type }) => type === 'expenseReport');
  const booked = reports.map(
    ({ type, record }) => `${centsIn(expenseLine(record).amount)} ${currencies.get(String(factsOf(type, record).currency))}`,
  );
  const spent = `${line.spent.cents} ${line.spent.currency}`;
  if (booked.length === 1 && booked[0] === spent) return [];
  return [{ rule: 'cost', line: line.id, detail: `${spent} were spent, ${booked.join(' and ') || 'nothing'} is booked: ${names(held)}` }];
}

const isUnbilledReport = (type: string, record: Fields): boolean => type === 'expenseReport' && expenseLine(record).isBillable === false;

/** What is in force of a line, less what waits for room, is the line: in cents, and in minutes of time. */
function wrongQuantity(line: Wanted, held: Held[], over: Overage | undefined): Finding[] {
  const found: Finding[] = [];
  const minutes = line.minutes === null ? null : minutesIn(held);
  const due = line.minutes === null ? null : line.minutes - (over?.minutes ?? 0);
  if (minutes !== due) found.push({ rule: 'content', line: line.id, detail: `${names(held)}: minutes is ${minutes}, not ${due}` });
  const cents = sumOf(held);
  const worth = line.cents === undefined ? undefined : line.cents - (over?.cents ?? 0n);
  if (cents !== worth)
    found.push({ rule: 'amount', line: line.id, detail: `${names(held)}: ${cents} cents, not ${worth ?? 'known to anybody'} (${line.currency})` });
  return found;
}

const sumOf = (held: Held[]): bigint => held.reduce((sum, { cents }) => sum + cents, 0n);

const minutesIn = (held: Held[]): number => held.reduce((sum, { type, record }) => sum + (factsOf(type, record).minutes ?? 0), 0);

/** Parts of one version, each another one of what was released of it. */
const areParts = (held: Held[]): boolean => new Set(held.map(({ version }) => version)).size === 1;

/** Only under a cap anything waits for room, and never more than the line. */
function wrongOverage(line: Wanted, held: Held[], { cents, minutes }: Overage, caps: Caps): Finding[] {
  const whole = cents > 0n && cents <= (line.cents ?? 0n) && (minutes === null) === (line.minutes === null);
  const all = held.length > 0 || (cents === line.cents && minutes === line.minutes);
  if (caps.of(line.projectId) && whole && all) return [];
  const said = `${cents} cents and ${minutes} minutes are told to be over the cap`;
  return [{ rule: 'overage', line: line.id, detail: `${said} of ${line.cents} and ${line.minutes}; the cap is ${caps.of(line.projectId)}` }];
}

// ---- what sales does -----------------------------------------------------------------------------------------------------

/** A deal that was deleted is over in both systems, and whose account was merged is the survivor's, whose record the ERP has once. */
function salesOf({ crm, psa, erp, known }: Evidence): { findings: Finding[]; right: MoneyKind[] } {
  const findings: Finding[] = [];
  const right: MoneyKind[] = [];
  const judge = (kind: MoneyKind, rule: Finding['rule'], line: string, wrong: string[]) => {
    if (wrong.length === 0) right.push(kind);
    else findings.push({ rule, line, detail: wrong.join('; ') });
  };
  const last = (rows: LedgerEntry[], type: string, is: (row: LedgerEntry) => boolean) => {
    const row = rows.findLast(one => one.type === type && is(one));
    return row && (row.after as Fields | null);
  };
  const idOf = (prefix: string, id: unknown) => publishedId(prefix, 'salesforce', known.crmAccount, String(id));
  for (const { id, before } of crm.filter(({ type, before, after }) => type === 'Opportunity' && before !== null && after === null)) {
    const project = publishedId('prj', idOf('dea', id));
    if (!known.sold.has(project)) continue;
    const job = last(erp, 'job', ({ externalId }) => externalId === project);
    const workspace = last(psa, 'workspaces', row => row.id === known.sold.get(project));
    const wrong = [...(job?.isInactive === true ? [] : ['the ERP has its project open']), ...(workspace?.archived === true ? [] : ['the PSA too'])];
    judge('deal-deleted', 'deal-goes-on', String((before as Fields).Name), wrong);
  }
  for (const { id, before, after } of crm.filter(({ type, before, after }) => type === 'Opportunity' && isMoved(before, after))) {
    const [loser, winner] = [before, after].map(deal => idOf('cus', (deal as Fields).AccountId));
    if (!known.sold.has(publishedId('prj', idOf('dea', id)))) continue;
    const states = new Map(erp.filter(({ type }) => type === 'customer').map(row => [row.id, { row, state: row.after as Fields | null }]));
    const live = [...states.values()].filter(({ state }) => state !== null && state.isInactive !== true);
    const ofWinner = live.filter(({ row }) => row.externalId === winner).length;
    const wrong = [
      ...(ofWinner === 1 ? [] : [`the ERP has the survivor ${ofWinner} times`]),
      ...(live.some(({ row }) => row.externalId === loser) ? ['it has the merged one still'] : []),
    ];
    judge('account-merged', 'customer-not-followed', String((after as Fields).Name), wrong);
  }
  return { findings, right };
}

const isMoved = (before: unknown, after: unknown): boolean =>
  before !== null && after !== null && (before as Fields).AccountId !== (after as Fields).AccountId;

// ---- what may be billed at most --------------------------------------------------------------------------------------------

/** Caps of projects, which are raised or taken away while lines come. */
class Caps {
  readonly #now: Map<string, bigint | null>;
  readonly #capped: Set<string>;

  constructor(
    private readonly evidence: Evidence,
    private readonly lines: Map<string, Wanted>,
  ) {
    const begun = [...evidence.known.projects.values()].map(({ id, notToExceed }) => [id, notToExceed] as const);
    this.#now = new Map(begun);
    this.#capped = new Set(begun.flatMap(([project, cap]) => (cap === null ? [] : [project])));
  }

  of(project: string): bigint | null {
    return this.#now.get(project) ?? null;
  }

  /** Whether there is a cap, or was one: what was split under it stays so. */
  had(project: string): boolean {
    return this.#capped.has(project);
  }

  stated({ externalId, after }: LedgerEntry): void {
    const said = (after as Fields | null)?.custentity_not_to_exceed;
    const cap = said === undefined || said === null ? null : centsIn(said);
    this.#now.set(externalId!, cap);
    if (cap !== null) this.#capped.add(externalId!);
  }

  /** Refunds make room as soon as they are approved, in whatever order the ERP gets them: so much more may stand there for a while. */
  passedBy({ externalId, line }: Held, alive: Held[]): Finding[] {
    const project = this.lines.get(line)?.projectId;
    const cap = project === undefined ? null : this.of(project);
    if (cap === null) return [];
    const own = [...this.lines.values()].filter(one => one.projectId === project);
    const refunds = own.reduce((sum, { refunded }) => sum + refunded, 0n);
    const reversed = new Set(alive.map(held => held.externalId).filter(id => id.endsWith('-r')));
    const stands = (held: Held) => held.cents > 0n && !reversed.has(`${held.externalId}-r`);
    const billed = alive.filter(held => stands(held) && this.lines.get(held.line)?.projectId === project);
    const sum = sumOf(billed);
    return sum <= cap + refunds ? [] : [{ rule: 'cap-passed', line, detail: `${externalId} makes it ${sum} cents of at most ${cap}` }];
  }

  /** At rest: no more than the cap and what refunds made room for once is billed, and nothing waits that there is room for. */
  findings(inForce: (line: string) => Held[]): Finding[] {
    return [...this.#now].flatMap(([project, cap]) => {
      const own = [...this.lines.values()].filter(({ projectId }) => projectId === project);
      const [oldest] = own.filter(({ id, approved }) => approved && this.evidence.overages.has(id)).sort(byAge);
      if (cap === null) return oldest ? [{ rule: 'room-left' as const, line: oldest.id, detail: 'waits, and the project has no cap' }] : [];
      const held = own.flatMap(({ id }) => inForce(id));
      const billed = sumOf(held);
      // What a refund made room for stays billed when less of it is refunded.
      const less = own.reduce((sum, { refunded }) => sum + refunded, 0n) + sumOf(held.filter(({ cents }) => cents < 0n));
      const most = cap + (less > 0n ? less : 0n);
      const found: Finding[] = [];
      if (billed > most) found.push({ rule: 'cap-passed', line: project, detail: `${billed} cents are billed of at most ${most}` });
      if (oldest && !this.evidence.openExceptions.has(oldest.id) && fits(oldest, this.evidence.overages.get(oldest.id)!, cap - billed))
        found.push({ rule: 'room-left', line: oldest.id, detail: `the oldest that waits, and of ${cap} cents ${cap - billed} are left` });
      return found;
    });
  }
}

const byAge = (a: Wanted, b: Wanted): number => (a.date + a.id < b.date + b.id ? -1 : 1);

/** Whether anything of it could be billed: of time all, or whole minutes whose price and that of the others sum to the whole. */
function fits({ rate }: Wanted, { cents, minutes }: Overage, room: bigint): boolean {
  if (cents <= room) return true;
  if (minutes === null) return room > 0n;
  return Array.from({ length: minutes - 1 }, (_, index) => index + 1).some(
    first => hourly(rate!, first) > 0n && hourly(rate!, first) <= room && hourly(rate!, first) + hourly(rate!, minutes - first) === cents,
  );
}

interface Said {
  projectId: unknown;
  employeeNumber: unknown;
  date: unknown;
  minutes: number | null;
  currency: unknown;
}

function factsOf(type: string, record: Fields): Said {
  const refer = (value: unknown) => (value as { externalId?: string } | undefined)?.externalId;
  if (type === 'timeBill')
    return {
      projectId: refer(record.customer),
      employeeNumber: refer(record.employee),
      date: record.tranDate,
      minutes: minutesOf(record.hours),
      currency: null,
    };
  if (type === 'charge')
    return {
      projectId: refer(record.billTo),
      employeeNumber: refer(record.chargeEmployee),
      date: record.serviceStartDate ?? record.chargeDate,
      minutes: null,
      currency: (record.currency as { id?: string } | undefined)?.id,
    };
  const line = expenseLine(record);
  return {
    projectId: refer(line.customer),
    employeeNumber: refer(record.entity),
    date: line.expensedate ?? record.tranDate,
    minutes: null,
    currency: (record.expensereportcurrency as { id?: string } | undefined)?.id,
  };
}

/** What a transaction will be billed at: of time, rate times hours as the ERP rounds it. */
function centsOf(type: string, record: Fields): bigint {
  if (type === 'charge') return centsIn(record.amount);
  if (type === 'expenseReport') return expenseLine(record).isBillable === false ? 0n : centsIn(expenseLine(record).amount);
  return record.isBillable === false ? 0n : timesHours(record.rate, minutesOf(record.hours));
}

const expenseLine = (record: Fields): Fields => ((record.expense as { items?: Fields[] } | undefined)?.items ?? [])[0] ?? {};

/** "7:30", or a number of hours. */
function minutesOf(hours: unknown): number {
  const [, sign, h, m] = /^(-?)(\d+):(\d{2})$/.exec(String(hours)) ?? [];
  if (h === undefined) return Math.round(Number(hours) * 60);
  return (sign ? -1 : 1) * (Number(h) * 60 + Number(m));
}

const centsIn = (amount: unknown): bigint => scaled(amount, 2);

/** A rate may have more digits than cents. */
const timesHours = (rate: unknown, minutes: number): bigint => divided(scaled(rate, 8) * BigInt(minutes), 60_000_000n);

/** The number's digits as a whole number of its 10^-places. */
function scaled(amount: unknown, places: number): bigint {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(amount ?? 0)) ?? [];
  if (whole === undefined || fraction.length > places) throw new Error(`${String(amount)} is not an amount of ${places} places`);
  return BigInt(`${sign}${whole}${fraction.padEnd(places, '0')}`);
}

/** What must never change in a transaction that bears our id. */
const contentOf = (type: string, record: Fields): string => JSON.stringify({ ...factsOf(type, record), cents: String(centsOf(type, record)) });
