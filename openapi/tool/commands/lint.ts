import { lint as judge, type Finding, type LintedDocument } from '../../style/lint.js';
import { emittedApis } from '../apis/emitted.js';
import { WrongUse, type Command, type Io } from '../command.js';
import { documentOf } from '../read/document.js';
import { boundedWrittenOut } from '../read/written-out.js';

export const lint: Command = {
  operands: '[file…]',
  count: [0, Infinity],
  options: { json: {} },
  summary: 'What a document breaks of the style guide, and why each rule is there. Without a file: every emitted document.',
  async run({ operands, flags }, io) {
    const documents = operands.length > 0 ? await Promise.all(operands.map(file => named(file, io))) : await emitted(io);
    const findings = await judge(documents);
    io.out(flags.has('json') ? `${JSON.stringify(findings, null, 2)}\n` : readable(findings, documents.length));
    return findings.length === 0 ? 0 : 1;
  },
};

async function named(file: string, io: Io): Promise<LintedDocument> {
  const document = await documentOf(file, io);
  if (document.kind !== 'OpenAPI') throw new WrongUse(`${file} is of ${document.kind}: the style guide is for OpenAPI`);
  boundedWrittenOut(file, document.root);
  return { file, document: document.root };
}

async function emitted({ top, ...io }: Io): Promise<LintedDocument[]> {
  const documents = await Promise.all(
    (await emittedApis(top)).map(async ({ file }) => ({ file, document: await documentOf(file, { ...io, top, cwd: top }) })),
  );
  return documents.flatMap(({ file, document }) => (document.kind === 'OpenAPI' ? [{ file, document: document.root }] : []));
}

/** Each finding with its place, then each rule's reason once. */
function readable(findings: Finding[], count: number): string {
  const lines = findings.map(({ file, pointer, rule, severity, message }) => `${file}#${pointer}\n  ${severity} ${rule}: ${message}\n`);
  const reasons = [...new Map(findings.map(({ rule, reason }) => [rule, reason]))].map(([rule, reason]) => `  ${rule}: ${reason}\n`);
  const { user, system } = process.cpuUsage();
  const summary = `${findings.length} findings in ${count} documents, ${((user + system) / 1e6).toFixed(1)} s of CPU\n`;
  return lines.join('') + (reasons.length > 0 ? `\nWhy:\n${reasons.join('')}\n` : '') + summary;
}
