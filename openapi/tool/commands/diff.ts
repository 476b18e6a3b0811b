import { dayOf } from '../arguments.js';
import type { Command } from '../command.js';
import { judge } from '../judge/judge.js';
import { readable } from '../judge/readable.js';
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
