import { centsIn, hourly, sumOf } from './amounts.js';
import type { Evidence, Fields, Finding, Held, LedgerEntry, Overage } from './evidence.js';
import type { Wanted } from './wanted-lines.js';

/** Caps of projects, which are raised or taken away while lines come. */
export class Caps {
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
