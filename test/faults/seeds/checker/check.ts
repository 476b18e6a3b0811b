import { sumOf } from './amounts.js';
import { Caps } from './caps.js';
import { ErpHistory } from './erp-history.js';
import type { Evidence, MoneyKind, Verdict } from './evidence.js';
import { areParts, differences, names, wrongCost, wrongOverage, wrongQuantity } from './line-rules.js';
import { salesOf } from './sales.js';
import { isCorrected, linesOf } from './wanted-lines.js';

// The judge of a run. It knows the sandboxes' ledgers, the sample firm's price lists and the published id function, and nothing of the
// product: no import of its code, no look into its database.

/** Of the clean lines so many have to be posted with nobody acting. */
const STRAIGHT_THROUGH_PERCENT = 97;

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
