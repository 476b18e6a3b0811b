import { WrongUse } from '../command.js';
import { unescaped } from '../../style/schemas.js';
import { circlesOf } from './circles.js';

/** What the rules of the style guide walk in half a minute. */
const MAX_VALUES = 10_000_000;
/** References that lead from one to the next. Few documents have ten. */
const MAX_REFERENCES = 256;

/** A part of a document that something refers to. */
interface Part {
  /** Values written in it. */
  readonly values: number;
  /** Where its references lead, each as often as it stands there. */
  readonly leadsTo: readonly object[];
}

interface Measure {
  values: number;
  references: number;
}

/**
 * Refuses a document that is too large with its references written out, as the rules of the style
 * guide see it: forty schemas that each refer to the next two make billions of values. Where a part
 * leads back to itself the reference stays as it is, so that it counts once.
 */
export function boundedWrittenOut(name: string, document: Record<string, unknown>): void {
  const parts = partsOf(name, document);
  const measured = new Map<object, Measure>();
  for (const circle of circlesOf<object>(document, part => parts.get(part)!.leadsTo)) {
    const measure = measureOf(
      circle.map(part => parts.get(part)!),
      measured,
    );
    if (measure.values > MAX_VALUES) throw tooMany(name);
    if (measure.references > MAX_REFERENCES) throw new WrongUse(`${name} has more than ${MAX_REFERENCES} references that lead from one to the next`);
    for (const part of circle) measured.set(part, measure);
  }
}

const tooMany = (name: string): WrongUse => new WrongUse(`${name} has more than ${MAX_VALUES} values, its references written out`);

/** Of parts that lead to each other; what they lead to besides is measured. */
function measureOf(circle: Part[], measured: ReadonlyMap<object, Measure>): Measure {
  const measure = { values: 0, references: 0 };
  for (const { values, leadsTo } of circle) {
    measure.values += values;
    for (const part of leadsTo) {
      const beyond = measured.get(part);
      if (!beyond) continue;
      measure.values += beyond.values;
      measure.references = Math.max(measure.references, beyond.references + 1);
    }
  }
  return measure;
}

/** The document and every part of it that is referred to. */
function partsOf(name: string, document: Record<string, unknown>): Map<object, Part> {
  const parts = new Map<object, Part>();
  const waiting: object[] = [document];
  let walked = 0;
  for (let held = waiting.pop(); held; held = waiting.pop()) {
    if (parts.has(held)) continue;
    const { values, references } = contentOf(held);
    // a part within another is walked again
    walked += values;
    if (walked > MAX_VALUES) throw tooMany(name);
    const leadsTo = references.flatMap(reference => targetOf(document, reference) ?? []);
    parts.set(held, { values, leadsTo });
    waiting.push(...new Set(leadsTo));
  }
  return parts;
}

function contentOf(part: object): { values: number; references: string[] } {
  const content = { values: 0, references: [] as string[] };
  const visit = (value: unknown): void => {
    content.values += 1;
    if (typeof value !== 'object' || value === null) return;
    if ('$ref' in value && typeof value.$ref === 'string') content.references.push(value.$ref);
    for (const one of Object.values(value)) visit(one);
  };
  visit(part);
  return content;
}

/** What a reference within the document leads to. */
function targetOf(document: object, reference: string): object | undefined {
  if (!/^#(\/|$)/.test(reference)) return undefined;
  let held: unknown = document;
  for (const name of reference.split('/').slice(1).map(unescaped)) {
    if (typeof held !== 'object' || held === null || !Object.hasOwn(held, name)) return undefined;
    held = (held as Record<string, unknown>)[name];
  }
  return typeof held === 'object' && held !== null ? held : undefined;
}
