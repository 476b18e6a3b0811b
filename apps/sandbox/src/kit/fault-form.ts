import type { Fault, FaultAction } from './faults.js';
import { CALL_KINDS, type NoticeFault } from './vendor.js';

/** What is wrong with a fault to be planned: each wrong field, and its allowed values. */
export class FaultRefused extends Error {
  constructor(readonly fields: { field: string; message: string }[]) {
    super(fields.map(({ field, message }) => `${field} ${message}`).join('; '));
  }
}

/** A rule for one value: its allowed values in words, and the check. */
interface Rule {
  may: string;
  holds: (value: unknown) => boolean;
  optional?: boolean;
}

type Form = Record<string, Rule>;

const HOUR_MS = 3_600_000;
const CENTURY_MS = 100 * 365 * 24 * HOUR_MS;

const whole = (min: number, max: number): Rule => ({
  may: `a whole number from ${min} to ${max}`,
  holds: value => Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
});
const oneOf = (values: readonly string[]): Rule => ({ may: `one of ${values.join(', ')}`, holds: value => values.includes(value as string) });
const optional = (rule: Rule): Rule => ({ ...rule, optional: true });
const text: Rule = { may: 'a text', holds: value => typeof value === 'string' && value !== '' };
const expression: Rule = { may: 'a regular expression', holds: value => typeof value === 'string' && isExpression(value) };
const record: Rule = { may: 'an object', holds: value => typeof value === 'object' && value !== null && !Array.isArray(value) };
const flag: Rule = { may: 'true or false', holds: value => typeof value === 'boolean' };
const count = whole(1, 1_000_000);
const counts: Rule = {
  may: 'the number of a matching request, counted from 1, or a list of them',
  holds: value => count.holds(value) || (Array.isArray(value) && value.length > 0 && value.every(count.holds)),
};
const share: Rule = { may: 'a number from 0 to 1', holds: value => typeof value === 'number' && value >= 0 && value <= 1 };

function isExpression(source: string): boolean {
  try {
    return new RegExp(source) instanceof RegExp;
  } catch {
    return false;
  }
}

/** The vendors, each with the notices that can go wrong. */
export type FaultyVendors = ReadonlyMap<string, readonly NoticeFault['how'][]>;

const FAULT: Form = {
  match: record,
  action: record,
  nth: optional(counts),
  rate: optional(share),
  seed: optional(whole(0, 4_294_967_295)),
  times: optional(count),
};

const matchForm = (vendors: FaultyVendors): Form => ({
  vendor: oneOf([...vendors.keys()]),
  kind: optional(oneOf(CALL_KINDS)),
  type: optional(text),
  operation: optional(text),
  path: optional(expression),
  body: optional(expression),
});

const pid = whole(2, 4_194_304);

/** The fields that each action needs besides its name. */
const ACTIONS: Record<FaultAction['do'], Form> = {
  latency: { ms: whole(0, HOUR_MS) },
  error: { status: whole(400, 599) },
  throttle: { retryAfterSeconds: optional(whole(0, 3600)) },
  maintenance: {},
  code: { code: text, message: text, status: optional(whole(400, 599)), done: optional(flag) },
  clock: { aheadMs: whole(-CENTURY_MS, CENTURY_MS), shownIn: oneOf(['answers', 'records']) },
  'lose-answer': {},
  'late-commit': { ms: whole(0, 30_000) },
  timeout: { ms: whole(0, HOUR_MS) },
  kill: { pid, when: oneOf(['before', 'after']) },
  freeze: { pid, ms: whole(1, HOUR_MS) },
  notice: { how: oneOf(['drop', 'delay', 'duplicate']), ms: optional(whole(1, HOUR_MS)) },
};

type Fields = Record<string, unknown>;

/** A fault as it was sent, checked whole. Throws FaultRefused. */
export function readFault(sent: unknown, vendors: FaultyVendors): Omit<Fault, 'id'> {
  if (!record.holds(sent)) throw new FaultRefused([{ field: 'fault', message: 'must be a JSON object; GET / shows one' }]);
  const fault = sent as Fields;
  const shape = faultsOf(fault, FAULT, '');
  if (shape.some(({ field }) => field === 'match' || field === 'action')) throw new FaultRefused(shape);
  const { match, action } = fault as { match: Fields; action: Fields };
  const wrong = [...shape, ...faultsOf(match, matchForm(vendors), 'match.'), ...actionFaults(action)];
  if (wrong.length === 0) wrong.push(...contradictions(vendors, fault, match, action));
  if (wrong.length > 0) throw new FaultRefused(wrong);
  return sent as Omit<Fault, 'id'>;
}

type Wrong = FaultRefused['fields'];

const actionFaults = (action: Fields): Wrong => {
  const name = { do: oneOf(Object.keys(ACTIONS)) };
  const form = typeof action.do === 'string' && Object.hasOwn(ACTIONS, action.do) ? ACTIONS[action.do as FaultAction['do']] : undefined;
  return form ? faultsOf(action, { ...name, ...form }, 'action.') : faultsOf({ do: action.do }, name, 'action.');
};

function faultsOf(fields: Fields, form: Form, within: string): Wrong {
  const unknown = Object.keys(fields).filter(name => !Object.hasOwn(form, name));
  return [
    ...unknown.map(name => ({ field: within + name, message: `is not known here; known are ${Object.keys(form).join(', ')}` })),
    ...Object.entries(form).flatMap(([name, rule]) => {
      const value = fields[name];
      if (value === undefined) return rule.optional ? [] : [{ field: within + name, message: `is required: ${rule.may}` }];
      return rule.holds(value) ? [] : [{ field: within + name, message: `must be ${rule.may}` }];
    }),
  ];
}

function contradictions(vendors: FaultyVendors, fault: Fields, match: Fields, action: Fields): Wrong {
  const wrong: Wrong = [];
  if (fault.nth !== undefined && fault.rate !== undefined) wrong.push({ field: 'rate', message: 'must be absent where nth says when' });
  if (action.do === 'notice') wrong.push(...noticeFaults(vendors, match, action));
  return wrong;
}

function noticeFaults(vendors: FaultyVendors, match: Fields, action: Fields): Wrong {
  const wrong: Wrong = [];
  const able = vendors.get(match.vendor as string) ?? [];
  if (!able.includes(action.how as NoticeFault['how'])) {
    const others = [...vendors].filter(([, notices]) => notices.length > 0).map(([name]) => name);
    const what = able.length === 0 ? `has no notices; ${others.join(' and ')} have` : `can only ${able.join(', ')}`;
    wrong.push({ field: 'action.how', message: `does not fit: ${match.vendor as string} ${what}` });
  }
  if ((action.how === 'delay') !== (action.ms !== undefined)) wrong.push({ field: 'action.ms', message: 'goes with delay, which needs it' });
  if (match.kind !== undefined && match.kind !== 'write') wrong.push({ field: 'match.kind', message: 'must be write: others make no notice' });
  return wrong;
}

/** The form in words, as the control port shows it. */
export const faultHelp = (vendors: FaultyVendors): object => ({
  ...inWords(FAULT),
  match: inWords(matchForm(vendors)),
  action: Object.fromEntries(Object.entries(ACTIONS).map(([name, form]) => [name, inWords(form)])),
  example: {
    match: { vendor: [...vendors.keys()].at(-1), kind: 'write' },
    action: { do: 'late-commit', ms: 20_000 },
    nth: 1,
  },
});

function inWords(form: Form): Record<string, string> {
  return Object.fromEntries(Object.entries(form).map(([name, { may, optional: absent }]) => [name, absent ? `${may}, or absent` : may]));
}
