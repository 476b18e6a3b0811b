import { canonicalJson, totals, type Effect } from '#canonical';
import type { PlanView } from '../calls.js';
import { ValueType, type EffectRow, type Plan } from './plan.model.js';

interface Value {
  type: ValueType;
  text: string;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/;

/** A flattened record: path -> value, in the record's own order. Money is one value, not two. */
function flat(record: unknown, path = ''): [string, Value][] {
  if (record === null || record === undefined) return [];
  if (Array.isArray(record)) return record.flatMap((item, index) => flat(item, `${path}[${index}]`));
  if (typeof record !== 'object') return [[path, valueOf(record)]];
  const { amount, currency, ...rest } = record as Record<string, unknown>;
  if (typeof amount === 'string' && typeof currency === 'string' && Object.keys(rest).length === 0) {
    return [[path, { type: ValueType.MONEY, text: `${amount} ${currency}` }]];
  }
  return Object.entries(record).flatMap(([name, value]) => flat(value, path === '' ? name : `${path}.${name}`));
}

function valueOf(value: unknown): Value {
  if (typeof value === 'boolean') return { type: ValueType.BOOLEAN, text: String(value) };
  if (typeof value === 'number') return { type: ValueType.NUMBER, text: String(value) };
  if (typeof value !== 'string') return { type: ValueType.TEXT, text: canonicalJson(value) };
  return { type: DATE.test(value) ? ValueType.DATE : INSTANT.test(value) ? ValueType.INSTANT : ValueType.TEXT, text: value };
}

/** What an effect changes, field by field; unchanged fields are included, marked as unchanged. */
export function rowsOf({ before, after }: Pick<Effect, 'before' | 'after'>): EffectRow[] {
  const [was, becomes] = [new Map(flat(before)), new Map(flat(after))];
  const fields = [...new Set([...was.keys(), ...becomes.keys()])];
  return fields.map(field => {
    const [old, now] = [was.get(field), becomes.get(field)];
    return { field, type: (now ?? old)!.type, before: old?.text ?? null, after: now?.text ?? null, changed: old?.text !== now?.text };
  });
}

export function planOf({ hash, dealId, effects, createdAt }: Pick<PlanView, 'hash' | 'dealId' | 'effects' | 'createdAt'>): Plan {
  // Tasks and milestones repeat a project's money, so only the project's own record is summed.
  const whole = effects.filter(effect => effect.noun === 'project' && effect.money).map(effect => ({ money: effect.money! }));
  return {
    hash,
    dealId,
    createdAt,
    money: totals(whole),
    effects: effects.map(({ before, after, ...effect }) => ({ ...effect, money: effect.money ?? null, rows: rowsOf({ before, after }) })),
  };
}
