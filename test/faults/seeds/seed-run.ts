import { setTimeout as sleep } from 'node:timers/promises';
import { check } from './checker/check.js';
import type { Overage, Verdict } from './checker/evidence.js';
import type { PlannedAtSandbox } from './control-port.js';
import { Finance } from '../../house/finance.js';
import { Sales } from '../../house/sales.js';
import { Kantata } from './kantata.js';
import { lookUp } from './known.js';
import { Load, noteOf } from './load.js';
import { underWay } from './quiet.js';
import { type FaultKind, type PlannedFault, type Schedule } from './schedule.js';
import type { Scene, SceneOptions, Stage } from './stage.js';
import { patiently, until } from './waiting.js';

/** What one run came to. */
export interface SeedResult {
  seed: number;
  ok: boolean;
  seconds: number;
  /** Where they went: until the house served, until the load was done, until it was at rest. */
  parts: { start: number; load: number; rest: number };
  /** Why it failed: findings of the checker, or what kept the house from coming to rest. */
  findings: { rule: string; line: string; detail: string }[];
  delivered: Partial<Record<FaultKind, number>>;
  planned: FaultKind[];
  counts: Pick<Verdict, 'lines' | 'approved' | 'posted' | 'exceptions' | 'clean' | 'cleanPosted' | 'versions'> & {
    corrections: number;
    planted: number;
  };
  /** What of each kind of money is in the ERP as it has to be. */
  money: Verdict['money'];
  workers: number;
}

const TRANSACTIONS = ['timeBill', 'charge', 'expenseReport'];
const QUIET_WITHIN_MS = 45_000;
/** So long nothing may change before what is there counts as what there will be. */
const STEADY_MS = 150;

export interface RunOptions {
  /** Over the environment that the schedule asks for. */
  environment?: Record<string, string>;
  /** Leaves the logs of a run that failed in the stage's folder. */
  keepLogs?: boolean;
}

/** Runs one schedule against a fresh copy of the house, from the first approval until nothing is under way, and judges what is there then. */
export async function runSeed(stage: Stage, schedule: Schedule, options: RunOptions = {}): Promise<SeedResult> {
  const startedAt = performance.now();
  const scene = await stage.scene(sceneOf(schedule, options));
  const servedAt = performance.now();
  const run = new SeedRun(scene, schedule);
  let findings: SeedResult['findings'];
  let verdict: Verdict | undefined;
  try {
    verdict = await run.play();
    findings = verdict.findings;
  } catch (error) {
    findings = [
      { rule: 'not-quiet', line: '-', detail: error instanceof NotQuiet ? error.message : String(error instanceof Error ? error.stack : error) },
    ];
  } finally {
    await run.end();
  }
  const restedAt = performance.now();
  await scene.close({ keep: findings.length > 0 && options.keepLogs === true });
  const { lines = 0, approved = 0, posted = 0, exceptions = 0, clean = 0, cleanPosted = 0, versions = 0 } = verdict ?? {};
  return {
    seed: schedule.seed,
    ok: findings.length === 0,
    seconds: (performance.now() - startedAt) / 1000,
    parts: { start: servedAt - startedAt, load: run.loadedAt - servedAt, rest: restedAt - run.loadedAt },
    findings,
    delivered: run.delivered,
    planned: schedule.faults.map(({ kind }) => kind),
    counts: { lines, approved, posted, exceptions, clean, cleanPosted, versions, corrections: schedule.load.corrections, planted: run.planted.size },
    money: verdict?.money ?? {},
    workers: schedule.workers,
  };
}

function sceneOf({ workers, latencyMs, load: { negativeLines }, erp, erpForgetsKeys }: Schedule, { environment }: RunOptions): SceneOptions {
  return {
    workers,
    latencyMs,
    choices: { netsuite: { ...erp, negativeTime: negativeLines, ...(erpForgetsKeys ? { idempotencyKeyHours: 0 } : {}) } },
    environment: { NETSUITE_REVERSING_LINES: String(negativeLines), ...environment },
  };
}

class NotQuiet extends Error {}

/** What no look at changes can find: nothing told of it, or the vendor stamped it further back than a look goes while its answers had the right time. */
const isForTheSweep = ({ kind, action }: PlannedFault): boolean =>
  kind === 'notice-dropped' || (action.do === 'clock' && action.shownIn === 'records' && action.aheadMs < 0);

class SeedRun {
  readonly planted: Set<string>;
  /** In performance.now() ms. */
  loadedAt = performance.now();
  readonly #mark: string;
  readonly #kantata: Kantata;
  readonly #finance: Finance;
  /** By fault: how often it was delivered before the sandboxes were started anew, and since. */
  readonly #counted = new Map<PlannedFault, { before: number; now: number }>();
  #ids = new Map<string, PlannedFault>();
  #watching = true;
  #erpSeq = 0;
  #erpTransactions = 0;
  #watch: Promise<void> = Promise.resolve();

  constructor(
    private readonly scene: Scene,
    private readonly schedule: Schedule,
  ) {
    this.#mark = `seed-${schedule.seed}`;
    this.#kantata = new Kantata(scene.sandboxes.endpoints.kantata);
    this.#finance = new Finance(scene.sandboxes.endpoints.netsuite);
    this.planted = new Set(
      schedule.load.sheets.flatMap(sheet => sheet.lines.filter(({ planted }) => planted !== null).map(line => noteOf(this.#mark, line))),
    );
  }

  get delivered(): Partial<Record<FaultKind, number>> {
    const sums: Partial<Record<FaultKind, number>> = {};
    for (const [{ kind }, { before, now }] of this.#counted) if (before + now > 0) sums[kind] = (sums[kind] ?? 0) + before + now;
    return sums;
  }

  async play(): Promise<Verdict> {
    const { scene, schedule } = this;
    const before = { crm: await this.#seqOf('salesforce'), psa: await this.#seqOf('kantata'), erp: await this.#seqOf('netsuite') };
    const known = { ...(await lookUp(this.#kantata, this.#finance)), negativeLines: schedule.load.negativeLines };
    const sales = await Sales.logIn(scene.sandboxes.endpoints.salesforce);
    await this.#plan(schedule.faults);
    // What was planned is forgotten with the sandboxes: what was not delivered is planned again.
    scene.sandboxes.onRestart = () => this.#planAgain();
    this.#watch = this.#watchDeliveries();
    await new Load(schedule.load, this.#kantata, this.#finance, sales, () => this.#erpWrites(), this.#mark).run();
    this.loadedAt = performance.now();
    const loadEndedAt = new Date();
    if (schedule.faults.some(isForTheSweep)) await this.#sweep('psa', 'time-entries', 'expenses');
    if (this.#sold) await this.#sweep('crm', 'deals', 'customers');
    await this.#comeToRest(loadEndedAt);
    const [crm, psa, erp, openExceptions, overages] = await Promise.all([
      scene.sandboxes.control.ledger('salesforce', before.crm),
      scene.sandboxes.control.ledger('kantata', before.psa),
      scene.sandboxes.control.ledger('netsuite', before.erp),
      this.#openExceptions(),
      this.#overages(),
    ]);
    return check({ crm, psa, erp, openExceptions, overages, planted: this.planted, known });
  }

  async end(): Promise<void> {
    this.#watching = false;
    await this.#watch;
  }

  /** Nothing under way, nothing new in the ledgers for a while; what was not delivered by then never will be, since nobody calls any more. */
  async #comeToRest(loadEndedAt: Date): Promise<void> {
    const { scene, schedule } = this;
    const latestMs = Math.max(0, ...schedule.faults.map(({ action }) => (action.do === 'late-commit' ? action.ms : 0)));
    const steadyMs = latestMs + STEADY_MS;
    // Telling the PSA how far its timesheets are takes a second that only matters where that is to go wrong.
    const toldOfStatus = schedule.faults.some(({ match }) => match.vendor === 'kantata' && match.type === 'external_references');
    let steady = { at: performance.now(), seen: '' };
    const why = await until(async () => {
      const busy = await underWay(scene, loadEndedAt, { status: toldOfStatus, deals: this.#sold });
      if (busy) {
        steady = { at: performance.now(), seen: '' };
        return busy;
      }
      const seen = `${await this.#seqOf('kantata')} ${await this.#seqOf('netsuite')}`;
      if (seen !== steady.seen) steady = { at: performance.now(), seen };
      return performance.now() - steady.at < steadyMs ? 'the ledgers still move' : undefined;
    }, QUIET_WITHIN_MS);
    if (why) throw new NotQuiet(`not at rest within ${QUIET_WITHIN_MS / 1000} s: ${why}`);
  }

  /** What the next comparison with everything finds, a quarter of an hour later, it finds now: the one thing that only time would bring. */
  async #sweep(system: 'crm' | 'psa', ...feeds: string[]): Promise<void> {
    for (const feed of feeds) await this.#rest('POST', `/system/${system}/v1/feeds/${feed}/sweeps`);
  }

  /** Whether sales does something to deals. */
  get #sold(): boolean {
    return this.schedule.load.steps.some(step => step.do === 'delete-deal' || step.do === 'merge-accounts');
  }

  async #plan(faults: PlannedFault[]): Promise<void> {
    const { control } = this.scene.sandboxes;
    this.#ids = new Map();
    for (const fault of faults) {
      const { id } = await control.plan({ match: fault.match, nth: fault.nth, action: this.#actionOf(fault) });
      this.#ids.set(id, fault);
      if (!this.#counted.has(fault)) this.#counted.set(fault, { before: 0, now: 0 });
    }
  }

  #actionOf({ action }: PlannedFault) {
    if (action.do !== 'kill' && action.do !== 'freeze') return action;
    const { scene } = this;
    const pid = { worker: scene.workers[0].pid, sandbox: scene.sandboxes.pid, postgres: scene.cluster.pid }[action.victim];
    return action.do === 'kill' ? { do: action.do, pid, when: action.when } : { do: action.do, pid, ms: action.ms };
  }

  async #planAgain(): Promise<void> {
    const left: PlannedFault[] = [];
    for (const [fault, count] of this.#counted) {
      const killedIt = fault.action.do === 'kill' && fault.action.victim === 'sandbox';
      // A kill of the sandboxes can't be told by themselves: that they are dead tells it.
      count.before += killedIt ? 1 : count.now;
      count.now = 0;
      if (!killedIt && count.before === 0) left.push(fault);
    }
    await this.#plan(left);
  }

  /** Notes what was delivered, again and again, since a killed sandbox takes its count along. */
  async #watchDeliveries(): Promise<void> {
    while (this.#watching) {
      await this.#note();
      await sleep(60);
    }
    await this.#note();
  }

  async #note(): Promise<void> {
    const faults = await this.scene.sandboxes.control.faults().catch((): PlannedAtSandbox[] => []);
    for (const { id, delivered } of faults) {
      const fault = this.#ids.get(id);
      if (fault) this.#counted.get(fault)!.now = delivered;
    }
  }

  /** How many transactions the ERP has committed since the last time it was asked, and before. */
  async #erpWrites(): Promise<number> {
    const rows = await this.scene.sandboxes.control.ledger('netsuite', this.#erpSeq);
    this.#erpSeq = rows.at(-1)?.seq ?? this.#erpSeq;
    this.#erpTransactions += rows.filter(({ type }) => TRANSACTIONS.includes(type)).length;
    return this.#erpTransactions;
  }

  async #seqOf(vendor: 'salesforce' | 'kantata' | 'netsuite'): Promise<number> {
    const rows = await patiently(() => this.scene.sandboxes.control.ledger(vendor));
    return rows.at(-1)?.seq ?? 0;
  }

  /** What people are told waits for them: by line, why. */
  async #openExceptions(): Promise<Map<string, string>> {
    const open = await this.#all<OpenException>('/process/time-to-billing/v1/exceptions?state=open&limit=200');
    return new Map(open.flatMap(({ keys, reasons }) => (keys.line ? [[keys.line, reasons.map(({ text }) => text).join(' ')] as const] : [])));
  }

  /** What people are told is over a cap, by line. */
  async #overages(): Promise<Map<string, Overage>> {
    const lines = await this.#all<LineWithOverage>('/process/time-to-billing/v1/lines?limit=200');
    return new Map(lines.flatMap(({ id, overage }) => (overage ? [[id, overageOf(overage)] as const] : [])));
  }

  async #all<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: T[]; nextCursor: string | null } = await this.#rest(
        'GET',
        `${path}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
      );
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor);
    return items;
  }

  /** Asks the platform, also while it is starting again. */
  #rest<T>(method: string, path: string): Promise<T> {
    return patiently(async () => {
      const { status, body } = await this.scene.rest<T>(method, path);
      if (status !== 200) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body)}`);
      return body;
    });
  }
}

interface OpenException {
  keys: { line?: string };
  reasons: { text: string }[];
}

interface LineWithOverage {
  id: string;
  overage?: { minutes?: number; money: { amount: string } };
}

const overageOf = ({ minutes, money }: NonNullable<LineWithOverage['overage']>): Overage => ({
  cents: BigInt(money.amount.replace('.', '')),
  minutes: minutes ?? null,
});
