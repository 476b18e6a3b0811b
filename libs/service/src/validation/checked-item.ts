import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { ItemProblem, type Shape } from '#apis';
import { itemListsOf, Problem } from '#canonical';
import { context } from '../context/context.js';
import { problemBody } from '../problems/problem-body.js';
import { invalid, STRICT } from './request-validation.pipe.js';
import { textFaults } from './text-faults.js';

/**
 * One item of a list (`@Items`) as its class declares it. Throws an invalid Problem with all its
 * faults; `path` is where the item stands in the request: `days[0].time[2]`. Lists of further items
 * in it are left to their own check.
 */
export async function checkedItem<T extends object>(type: Shape<T>, value: unknown, path: string): Promise<T> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const message = `${path} must be an object`;
    throw new Problem('invalid', `${message}.`, { fields: [{ field: path, rule: 'is-object', message }], code: 'validation' });
  }
  const lists = itemListsOf(type.prototype as object);
  const own = Object.fromEntries(Object.entries(value).filter(([name]) => !lists.includes(name)));
  const fields = textFaults(own, path, path);
  if (fields.length > 0) throw new Problem('invalid', `${fields[0].message}.`, { fields, code: 'validation' });
  const item = plainToInstance(type, value);
  const errors = await validate(item, STRICT);
  if (errors.length > 0) throw invalid(errors, path);
  return item;
}

/** How a problem of one item is answered within the answer to all. What is no Problem is thrown. */
export function itemProblem(error: unknown): ItemProblem {
  if (!(error instanceof Problem)) throw error;
  const { type, title, status, detail, code } = problemBody(error, context().correlationId);
  return {
    type,
    title,
    status,
    detail,
    ...(code ? { code } : {}),
    fields: error.fields.map(({ field, rule, message }) => ({ field, rule, message })),
  };
}
