import type { Change } from '../change.js';
import { found } from './found.js';
import type { Part } from './open-document.js';

/** One way to prove who one is: scopes by scheme, all of them at once. Empty: nobody has to. */
type Way = Map<string, Set<string>>;

/** An operation's own list counts, also an empty one; else the document's. Pointer and list of it. */
function securityOf(operation: Part, root?: Part): Part | undefined {
  return operation.get('security') ?? root?.get('security');
}

/** The schemes that an operation asks for. */
export function schemesUsed(operation: Part, root: Part): string[] {
  return (
    securityOf(operation, root)
      ?.items()
      .flatMap(way => Object.keys(way.fields())) ?? []
  );
}

function waysOf(security: Part | undefined, names?: Map<string, string>): Way[] {
  const ways = security?.items() ?? [];
  if (ways.length === 0) return [new Map()];
  return ways.map(
    way => new Map(way.entries().map(([name, scopes]) => [names?.get(name) ?? name, new Set(scopes.items().map(({ value }) => String(value)))])),
  );
}

/** Whether one who proves `held` is let in by `asked`. */
const admits = (asked: Way, held: Way): boolean =>
  [...asked].every(([name, scopes]) => [...scopes].every(scope => held.get(name)?.has(scope)) && held.has(name));

const sameSchemes = (a: Way, b: Way): boolean => a.size === b.size && [...a.keys()].every(name => b.has(name));

const isOpen = (way: Way): boolean => way.size === 0;

const shown = (way: Way): string =>
  [...way].map(([name, scopes]) => (scopes.size > 0 ? `${name} (${[...scopes].join(', ')})` : name)).join(' and ') || 'nothing';

const listed = (names: string[]): string => names.map(name => `\`${name}\``).join(', ');

/** The nearest way to `way` with the same schemes, by scopes that it asks more. */
function scopesMissing(way: Way, others: Way[]): string[] | undefined {
  return others
    .filter(other => sameSchemes(way, other))
    .map(other => [...other].flatMap(([name, scopes]) => [...scopes].filter(scope => !way.get(name)!.has(scope))))
    .sort((a, b) => a.length - b.length)[0];
}

/** Who may call an operation: each way of the base that lets nobody in any more breaks those who use it. */
export function compareSecurity(
  base: { operation: Part; root: Part },
  revision: { operation: Part; root: Part },
  names: Map<string, string>,
): Change[] {
  const security = securityOf(revision.operation, revision.root);
  const before = waysOf(securityOf(base.operation, base.root), names);
  const now = waysOf(security);
  const pointer = security?.pointer ?? revision.operation.pointer;
  return [
    ...before.filter(way => !now.some(asked => admits(asked, way))).map(way => wayLost(way, now, pointer)),
    ...now.filter(way => !before.some(held => admits(way, held) && admits(held, way))).flatMap(way => wayGained(way, before, now, pointer)),
  ];
}

function wayLost(way: Way, now: Way[], pointer: string): Change {
  if (isOpen(way)) return found('security-added', pointer, `Callers have to prove who they are: ${now.map(shown).join(', or ')}.`);
  const missing = scopesMissing(way, now);
  if (missing) return found('security-scope-required', pointer, `Who calls with ${shown(way)} also needs ${listed(missing)}.`);
  const more = now.find(other => [...way.keys()].every(name => other.has(name)));
  if (more) {
    const added = [...more.keys()].filter(name => !way.has(name));
    return found('security-scheme-required', pointer, `Who calls with ${shown(way)} also needs ${listed(added)}.`);
  }
  return found('security-alternative-removed', pointer, `Nobody can call with ${shown(way)} any more.`);
}

function wayGained(way: Way, before: Way[], now: Way[], pointer: string): Change[] {
  if (isOpen(way)) {
    return now.length === 1
      ? [found('security-removed', pointer, 'Callers need not prove who they are any more.')]
      : [found('security-made-optional', pointer, 'Callers may call without proving who they are.')];
  }
  const fewer = before.find(held => sameSchemes(way, held) && admits(way, held));
  if (fewer) return [found('security-scope-no-longer-required', pointer, `Who calls with ${shown(fewer)} needs only ${shown(way)}.`)];
  // What asks more than a way that is lost is told as that one's loss.
  const lost = before.filter(held => !now.some(asked => admits(asked, held)));
  if (lost.some(held => admits(held, way) || sameSchemes(held, way))) return [];
  return [found('security-alternative-added', pointer, `Callers may prove who they are with ${shown(way)} too.`)];
}

/** What receivers of a webhook check a call by. Only what is said of the operation itself is theirs. */
export function compareReceivedSecurity(base: Part, revision: Part, names: Map<string, string>): Change[] {
  const [before, now] = [waysOf(base.get('security'), names), waysOf(revision.get('security'))];
  const equal = (a: Way, b: Way): boolean => admits(a, b) && admits(b, a);
  const lost = before.filter(way => !isOpen(way) && !now.some(other => equal(way, other)));
  return lost.map(way => found('webhook-security-changed', revision.pointer, `Calls no longer prove to be ours with ${shown(way)}.`));
}
