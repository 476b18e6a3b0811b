import type { Change, Report, Severity } from '#verdict';
import { dayOf } from '../arguments.js';
import type { Command } from '../command.js';
import { judge } from '../judge/judge.js';
import { documentOf } from '../read/document.js';

export const diff: Command = {
  operands: 'BASE REVISION',
  count: [2, 2],
  options: { 'as-of': { value: 'YYYY-MM-DD' }, json: {} },
  summary: 'What a change of a document means for callers. Each is a file, git:<revision>:<path>, or a release: crm, crm@1, crm@1.0.',
  async run({ operands: [base = '', revision = ''], flags, values }, io) {
    const asOf = dayOf('--as-of', values['as-of'] ?? io.today);
    const report = await judge(await documentOf(base, io), await documentOf(revision, io), asOf);
    io.out(flags.has('json') ? `${JSON.stringify(report, null, 2)}\n` : readable(report));
    return report.verdict === 'breaking' ? 1 : 0;
  },
};

const WORDS: Record<Severity, string> = { breaking: 'BREAKING', warning: 'warning', info: 'fine' };

/** The changes, the worst first, each with the rule that judged it and where it stands. */
export function readable({ verdict, changes }: Report): string {
  const order = Object.keys(WORDS);
  const sorted = changes.toSorted((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
  return [`verdict: ${verdict}`, ...sorted.map(entry)].join('\n\n') + '\n';
}

export const entry = ({ severity, operation, text, id, pointer }: Change): string =>
  `${WORDS[severity].padEnd(9)} ${operation ?? 'the document'}\n          ${text}\n          ${id} at ${pointer || '/'}`;
