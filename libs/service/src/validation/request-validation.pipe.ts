import { Injectable, ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { Problem, type FieldFault } from '#canonical';

/** Every fault of a request, with the path of its field: `roles[0].ratePerHour.amount`. Of a field that is missing, only that. */
export function faultsOf(errors: ValidationError[], within = ''): FieldFault[] {
  return errors.flatMap(({ property, value, constraints = {}, children = [] }) => {
    const field = /^\d+$/.test(property) ? `${within}[${property}]` : within === '' ? property : `${within}.${property}`;
    if (value === undefined && children.length === 0) return [{ field, rule: 'required', message: `${field} is required` }];
    const own = Object.entries(constraints).map(([rule, message]) => ({ field, rule: kebab(rule), message: message.replace(property, field) }));
    return [...own, ...faultsOf(children, field)];
  });
}

const kebab = (rule: string): string =>
  rule === 'whitelistValidation' ? 'unknown-field' : rule.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);

const TOLD = 5;

function invalid(errors: ValidationError[]): Problem {
  const fields = faultsOf(errors);
  const count = fields.length === 1 ? 'One thing is' : `${fields.length} things are`;
  const more = fields.length > TOLD ? `; and ${fields.length - TOLD} more` : '';
  const told = fields
    .slice(0, TOLD)
    .map(({ message }) => message)
    .join('; ');
  return new Problem('invalid', `${count} not valid: ${told}${more}.`, { fields, code: 'validation' });
}

/**
 * Checks what comes in against its class and tells all faults at once. Requests are strict: a field nobody declared is a fault.
 * Texts of a query are read as the type of their field first (`true`, `12`); bodies are taken as they are.
 */
@Injectable()
export class RequestValidation extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: false,
      stopAtFirstError: false,
      exceptionFactory: invalid,
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
