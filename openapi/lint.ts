import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { TOP } from './checkout.js';
import { lint, type Finding, type LintedDocument } from './style/lint.js';
import { isFields } from './style/style-rule.js';

/** Judges documents by the style guide: the files that are named, or all emitted ones. Ends with 1 on findings, 2 on wrong use. */
async function main(args: string[]): Promise<number> {
  const named = args.filter(arg => arg !== '--json');
  const wrong = named.find(arg => arg.startsWith('-'));
  if (wrong) throw new WrongUse(`There is no option ${wrong}. Usage: lint [file…] [--json]`);
  // npm runs scripts at the top of the checkout; files are named from where the caller stands.
  const from = process.env.INIT_CWD ?? process.cwd();
  const files = named.length > 0 ? named.map(file => resolve(from, file)) : await emitted();
  const findings = await lint(await Promise.all(files.map(read)));
  if (args.includes('--json')) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
  else process.stdout.write(readable(findings, files.length));
  return findings.length === 0 ? 0 : 1;
}

class WrongUse extends Error {}

const emitted = async (): Promise<string[]> =>
  (await readdir(join(TOP, 'openapi'))).filter(file => file.endsWith('.json')).map(file => join(TOP, 'openapi', file));

async function read(file: string): Promise<LintedDocument> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) throw new WrongUse(`There is no file ${file}.`);
  let document: unknown;
  try {
    document = file.endsWith('.json') ? JSON.parse(text) : parse(text);
  } catch (error) {
    throw new WrongUse(`${file} is neither JSON nor YAML: ${(error as Error).message.split('\n')[0]}`);
  }
  if (isFields(document) && /^3\.[01]\./.test(String(document.openapi))) return { file, document };
  throw new WrongUse(`${file} is not a document of OpenAPI 3.0 or 3.1.`);
}

/** Each finding with its place, and each rule's reason once. */
function readable(findings: Finding[], count: number): string {
  const lines = findings.map(({ file, pointer, rule, severity, message }) => `${file}#${pointer}\n  ${severity} ${rule}: ${message}\n`);
  const reasons = [...new Map(findings.map(({ rule, reason }) => [rule, reason]))].map(([rule, reason]) => `  ${rule}: ${reason}\n`);
  const { user, system } = process.cpuUsage();
  const summary = `${findings.length} findings in ${count} documents, ${((user + system) / 1e6).toFixed(1)} s of CPU\n`;
  return lines.join('') + (reasons.length > 0 ? `\nWhy:\n${reasons.join('')}\n` : '') + summary;
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof WrongUse)) throw error;
  process.stderr.write(`${error.message}\n`);
  return 2;
});
