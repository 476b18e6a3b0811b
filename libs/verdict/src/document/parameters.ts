import type { Change } from '../change.js';
import type { Comparing, Exchange } from './comparing.js';
import type { RuleId } from './document-rules.js';
import { found, sentence } from './found.js';
import { removalOf, type Notice } from './lifecycle.js';
import { compareMarks } from './marks.js';
import { compareValue } from './messages.js';
import { Part, paired } from './open-document.js';
import { templateNames } from './paths.js';
import type { PlaceOfValue } from './serialization.js';

interface Parameter {
  part: Part;
  name: string;
  place: PlaceOfValue;
  required: boolean;
}

const PLACES: readonly unknown[] = ['path', 'query', 'header', 'cookie'];

/** Headers that a parameter cannot describe: OpenAPI says to ignore such a parameter. */
const IGNORED = new Set(['accept', 'content-type', 'authorization']);

/**
 * The parameters of an operation by what they are to a caller: in a path their position, in a header
 * the name in small letters, else the name. An operation's own replace those of its path.
 */
function parametersOf(path: string, pathItem: Part, operation: Part): Map<string, Parameter> {
  const names = templateNames(path);
  const parameters = new Map<string, Parameter>();
  // A template parameter is in the path whether or not anything is said of it.
  names.forEach((name, at) => {
    const part = new Part(operation.document, { name, in: 'path', required: true }, operation.pointer);
    parameters.set(`path:${at}`, { part, name, place: 'path', required: true });
  });
  for (const part of [pathItem, operation].flatMap(holder => holder.get('parameters')?.items() ?? [])) {
    part.fields();
    const name = part.text('name') ?? part.fail('needs a text as `name`.');
    const place = part.raw('in');
    if (!isPlace(place)) return part.fail(`is in ${JSON.stringify(place)}; a parameter is in path, query, header or cookie.`);
    const key = place === 'path' ? names.indexOf(name) : place === 'header' ? name.toLowerCase() : name;
    if (key === -1 || (place === 'header' && IGNORED.has(String(key)))) continue;
    parameters.set(`${place}:${key}`, { part, name, place, required: place === 'path' || part.raw('required') === true });
  }
  return parameters;
}

const isPlace = (value: unknown): value is PlaceOfValue => PLACES.includes(value);

/** The rules of what a caller sends, and of what we send in a webhook. */
const RULES = {
  request: {
    moved: 'parameter-moved',
    removed: 'parameter-removed',
    addedRequired: 'parameter-added-required',
    addedOptional: 'parameter-added-optional',
    required: 'parameter-became-required',
    optional: 'parameter-became-optional',
    narrowed: 'parameter-allowance-narrowed',
    widened: 'parameter-allowance-widened',
  },
  response: {
    moved: 'webhook-parameter-moved',
    removed: 'webhook-parameter-removed',
    addedRequired: 'webhook-parameter-added',
    addedOptional: 'webhook-parameter-added',
    required: 'webhook-parameter-became-required',
    optional: 'webhook-parameter-became-optional',
    narrowed: 'webhook-parameter-allowance-narrowed',
    widened: 'webhook-parameter-allowance-widened',
  },
} satisfies Record<string, Record<string, RuleId>>;

const titled = ({ name, place }: Parameter): string => `the ${place} parameter \`${name}\``;

/** What of an operation has parameters: its path as it is written, its path item, and itself. */
export interface Holder {
  path: string;
  pathItem: Part;
  operation: Part;
}

export function compareParameters(base: Holder, revision: Holder, { sent }: Exchange, comparing: Comparing, notice: Notice): Change[] {
  const rules = RULES[sent];
  const pairs = paired(
    parametersOf(base.path, base.pathItem, base.operation),
    parametersOf(revision.path, revision.pathItem, revision.operation),
  ).map(([, before, now]) => ({ before, now }));
  const added = pairs.flatMap(({ before, now }) => (before || !now ? [] : [now]));

  const moved = new Map<Parameter, Parameter>();
  for (const { before, now } of pairs) {
    if (!before || now) continue;
    const there = added.find(parameter => parameter.place !== before.place && parameter.name.toLowerCase() === before.name.toLowerCase());
    if (!there) continue;
    moved.set(before, there);
    added.splice(added.indexOf(there), 1);
  }

  return [
    ...pairs.flatMap(({ before, now }): Change[] => {
      if (!before) return [];
      if (now) {
        return comparing.once(before.part, now.part, `${sent} ${notice.audience} ${titled(now)}`, () =>
          compareParameter(before, now, sent, comparing, notice),
        );
      }
      const there = moved.get(before);
      if (there)
        return [found(rules.moved, there.part.pointer, `The ${before.place} parameter \`${before.name}\` is a ${there.place} parameter now.`)];
      const ended = sent === 'request' && removalOf([before.part], notice.asOf) === 'after-sunset';
      return [found(ended ? 'parameter-removed-after-sunset' : rules.removed, before.part.pointer, `${sentence(titled(before))} is removed.`)];
    }),
    ...added.map(parameter =>
      parameter.required
        ? found(
            rules.addedRequired,
            parameter.part.pointer,
            `${sentence(titled(parameter))} is new, and ${sent === 'request' ? 'must be' : 'is always'} sent.`,
          )
        : found(rules.addedOptional, parameter.part.pointer, `${sentence(titled(parameter))} is new; it may be left out.`),
    ),
  ];
}

function compareParameter(before: Parameter, now: Parameter, sent: Exchange['sent'], comparing: Comparing, notice: Notice): Change[] {
  const rules = RULES[sent];
  const { part: base, place } = before;
  const { part: revision } = now;
  const what = titled(now);
  const the = sentence(what);
  const required: Change[] =
    before.required === now.required
      ? []
      : [
          now.required
            ? found(rules.required, revision.pointer, `${the} must be sent now.`)
            : found(rules.optional, revision.pointer, `${the} may be left out now.`),
        ];
  const allowances = (['allowReserved', 'allowEmptyValue'] as const).flatMap(allowance => {
    const [was, is] = [base.raw(allowance) === true, revision.raw(allowance) === true];
    if (was === is) return [];
    const kind = allowance === 'allowReserved' ? 'reserved characters as they are' : 'an empty value';
    return [
      is
        ? found(rules.widened, revision.pointer, `${the} may have ${kind} now.`)
        : found(rules.narrowed, revision.pointer, `${the} may not have ${kind} any more.`),
    ];
  });
  return [
    ...required,
    ...allowances,
    ...(before.name !== now.name && place === 'path'
      ? [found('path-parameter-renamed', revision.pointer, `The path parameter \`${before.name}\` is called \`${now.name}\` now.`)]
      : []),
    ...compareValue(base, revision, place, { what, sent, notice, unasked: true }, comparing),
    ...compareMarks(base, revision, what, { notice, sent }),
  ];
}
