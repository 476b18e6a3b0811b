import { Injectable, ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { LONGEST_PATH, LONGEST_SENTENCE, MOST_FAULTS, Problem, shortened, type FieldFault } from '#canonical';
import { rememberRules } from './known-rules.js';

interface FaultList {
  /** At most MOST_FAULTS of them. */
  fields: FieldFault[];
  count: number;
}

/**
 * The faults of a request, with the path of each field: `roles[0].ratePerHour.amount`. A missing
 * field has only that fault.
 */
export const faultsOf = (errors: ValidationError[], within = ''): FieldFault[] => gather(errors, within, { fields: [], count: 0 }).fields;

/**
 * Paths and sentences have a bounded length and a bounded number, so that an answer isn't larger
 * than its request.
 */
function gather(errors: ValidationError[], within: string, found: FaultList): FaultList {
  const add = (field: string, rule: string, message: string): void => {
    found.count += 1;
    if (found.fields.length < MOST_FAULTS) found.fields.push({ field, rule, message: shortened(message, LONGEST_SENTENCE) });
  };
  for (const { property, value, constraints = {}, children = [] } of errors) {
    const field = found.fields.length < MOST_FAULTS ? under(within, property) : '';
    if (value === undefined && children.length === 0) {
      add(field, 'required', `${field} is required`);
      continue;
    }
    // a function, because a replacement text may contain patterns: `$&` would insert the whole
    // match
    for (const [rule, message] of Object.entries(constraints))
      add(
        field,
        kebab(rule),
        message.replace(property, () => field),
      );
    gather(children, field, found);
  }
  return found;
}

const under = (within: string, property: string): string =>
  shortened(/^\d+$/.test(property) ? `${within}[${property}]` : within === '' ? property : `${within}.${property}`, LONGEST_PATH);

const kebab = (rule: string): string =>
  rule === 'whitelistValidation' ? 'unknown-field' : rule.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);

const MOST_LISTED = 5;

/** The refusal of a value with these faults, which is at the path `within` in the request. */
export function invalid(errors: ValidationError[], within = ''): Problem {
  const { fields, count } = gather(errors, within, { fields: [], count: 0 });
  const things = count === 1 ? 'One thing is' : `${count} things are`;
  const more = count > MOST_LISTED ? `; and ${count - MOST_LISTED} more` : '';
  const listed = fields
    .slice(0, MOST_LISTED)
    .map(({ message }) => message)
    .join('; ');
  return new Problem('invalid', `${things} not valid: ${listed}${more}.`, { fields, code: 'validation' });
}

/** An undeclared field is a fault, and all faults are told at once. */
export const STRICT = { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: false, stopAtFirstError: false };

/**
 * Validates input against its class and reports all faults at once. Requests are strict: an
 * undeclared field is a fault. Query texts are first converted to the type of their field (`true`,
 * `12`); bodies are taken as they are.
 */
@Injectable()
export class RequestValidation extends ValidationPipe {
  constructor() {
    rememberRules();
    super({
      transform: true,
      ...STRICT,
      exceptionFactory: errors => invalid(errors),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'body' && value === undefined && this.toValidate(metadata)) {
      throw new Problem('invalid', 'A JSON body is required.', { code: 'body-missing' });
    }
    return super.transform(metadata.type === 'query' ? typed(value, metadata) : value, metadata);
  }
}

function typed(query: unknown, { metatype }: ArgumentMetadata): unknown {
  if (typeof query !== 'object' || query === null || !metatype) return query;
  const fields = Object.entries(query).map(([name, text]) => [
    name,
    read(text, Reflect.getMetadata('design:type', metatype.prototype as object, name)),
  ]);
  return Object.fromEntries(fields);
}

function read(text: unknown, type: unknown): unknown {
  if (type === Boolean) return text === 'true' ? true : text === 'false' ? false : text;
  if (type === Number) return typeof text === 'string' && text.trim() !== '' && !Number.isNaN(Number(text)) ? Number(text) : text;
  if (type === Array) return Array.isArray(text) ? text : [text];
  return text;
}
