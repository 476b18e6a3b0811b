import { Spectral, type ISpectralDiagnostic } from '@stoplight/spectral-core';
import { Resolver } from '@stoplight/spectral-ref-resolver';
import { isExcepted } from './exceptions.js';
import { RULES } from './rules.js';
import { SHAPE, STYLE } from './ruleset.js';
import { pointerOf, standing } from './schemas.js';
import type { Fields } from './style-rule.js';

/** A document to judge: OpenAPI 3.0 or 3.1 as parsed JSON. */
export interface LintedDocument {
  file: string;
  document: Fields;
}

/** A place in a document that breaks a rule. */
export interface Finding {
  file: string;
  /** JSON Pointer (RFC 6901) of where the thing is written: `$ref` on the way are followed. */
  pointer: string;
  rule: string;
  severity: 'error' | 'warning';
  /** What is wrong there. */
  message: string;
  /** Why the rule exists. */
  reason: string;
}

/** Reads no other file and no address that a document refers to: a document stands by itself. */
const spectral = new Spectral({ resolver: new Resolver() });
spectral.setRuleset(STYLE);
/** Whether a document is of OpenAPI at all. */
const shape = new Spectral({ resolver: new Resolver() });
shape.setRuleset(SHAPE);

/** What is to be mended in the documents, in the order of the documents. */
export async function lint(documents: LintedDocument[]): Promise<Finding[]> {
  return (await everyFinding(documents)).filter(one => !isExcepted(one));
}

/** The same with what is excepted. */
export async function everyFinding(documents: LintedDocument[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { file, document } of documents) {
    const found = (await diagnosticsOf(document)).map(one => findingOf(file, document, one));
    findings.push(...new Map(found.map(one => [`${one.rule} ${one.pointer} ${one.message}`, one])).values());
  }
  return findings;
}

/** Of what is no OpenAPI document at all, only in what respect: most rules cannot read it. */
async function diagnosticsOf(document: Fields): Promise<ISpectralDiagnostic[]> {
  const misfits = await shape.run(document);
  return misfits.some(({ severity }) => severity === ERROR) ? misfits : spectral.run(document);
}

const ERROR = 0;

const findingOf = (file: string, document: Fields, { code, path, severity, message }: ISpectralDiagnostic): Finding => ({
  file,
  pointer: pointerOf(standing(document, path)),
  rule: String(code),
  severity: severity === ERROR ? 'error' : 'warning',
  message,
  reason: reasonOf(String(code)),
});

/** Of a rule of others, the first paragraph of what its set says. */
function reasonOf(rule: string): string {
  const own = RULES[rule as keyof typeof RULES] as { reason: string } | undefined;
  const said = spectral.ruleset?.rules[rule]?.description ?? 'A document stands by itself: nothing else that it names is read.';
  return own?.reason ?? said.split('\n')[0];
}
