import type { Change } from '../change.js';
import type { Comparing } from './comparing.js';
import { found, sentence } from './found.js';
import { compareMarks, type Around } from './marks.js';
import { paired, pairedEntries, sameJson, type Part } from './open-document.js';

const schemesOf = (root: Part): Map<string, Part> => new Map(root.get('components')?.get('securitySchemes')?.entries());

/**
 * What each scheme of the base is called in the revision. A scheme that is gone is the new one that
 * says the same, if there is one: a name stands in the document only.
 */
export function schemeNames({ base, revision }: Comparing): Map<string, string> {
  const [before, now] = [schemesOf(base.root), schemesOf(revision.root)];
  const added = [...now].filter(([name]) => !before.has(name));
  return new Map(
    [...before].map(([name, scheme]) => {
      if (now.has(name)) return [name, name];
      const same = added.findIndex(([, other]) => sameJson(scheme.value, other.value));
      return [name, same === -1 ? name : added.splice(same, 1)[0][0]];
    }),
  );
}

/** `used` are the schemes of the base that some operation of it asks for. */
export function compareSecuritySchemes(comparing: Comparing, names: Map<string, string>, used: Set<string>, around: Around): Change[] {
  const [before, now] = [schemesOf(comparing.base.root), schemesOf(comparing.revision.root)];
  const taken = new Set(names.values());
  return [
    ...[...before].flatMap(([name, scheme]): Change[] => {
      const newName = names.get(name)!;
      const other = now.get(newName);
      if (!other) {
        return [
          found(
            used.has(name) ? 'security-scheme-removed' : 'security-scheme-unused-removed',
            scheme.pointer,
            `The security scheme \`${name}\` is removed.`,
          ),
        ];
      }
      if (newName !== name) return [found('security-scheme-renamed', other.pointer, `The security scheme \`${name}\` is called \`${newName}\` now.`)];
      return compareScheme(scheme, other, `the security scheme \`${name}\``, around);
    }),
    ...[...now].flatMap(([name, scheme]) =>
      taken.has(name) ? [] : [found('security-scheme-added', scheme.pointer, `The security scheme \`${name}\` is new.`)],
    ),
  ];
}

function compareScheme(base: Part, revision: Part, what: string, around: Around): Change[] {
  const { pointer } = revision;
  const differs = (key: string): boolean => !sameJson(base.raw(key), revision.raw(key));
  const told = (key: string): string =>
    `${sentence(what)} had \`${key}\` ${JSON.stringify(base.raw(key))}, and has ${JSON.stringify(revision.raw(key))} now.`;
  const marks = compareMarks(base, revision, what, around);
  if (differs('type')) return [found('security-scheme-type-changed', pointer, told('type')), ...marks];
  const httpScheme = (part: Part): string | undefined => part.text('scheme')?.toLowerCase();
  const keyMoved = (['in', 'name'] as const).filter(differs).filter(key => key !== 'name' || !sameHeader(base, revision));
  return [
    ...keyMoved.map(key => found('security-scheme-key-moved', pointer, told(key))),
    ...(httpScheme(base) === httpScheme(revision) ? [] : [found('security-scheme-http-changed', pointer, told('scheme'))]),
    ...(differs('bearerFormat') ? [found('security-scheme-bearer-format-changed', pointer, told('bearerFormat'))] : []),
    ...(differs('openIdConnectUrl') ? [found('security-scheme-discovery-changed', pointer, told('openIdConnectUrl'))] : []),
    ...paired(flowsOf(base), flowsOf(revision)).flatMap(([flow, before, now]) => compareFlow(`the flow ${flow} of ${what}`, before, now)),
    ...marks,
  ];
}

/** Whether both are a key in the same header, which is named in large or small letters alike. */
const sameHeader = (base: Part, revision: Part): boolean =>
  [base, revision].every(part => part.raw('in') === 'header') && base.text('name')?.toLowerCase() === revision.text('name')?.toLowerCase();

const flowsOf = (scheme: Part): Map<string, Part> => new Map(scheme.get('flows')?.members());

function compareFlow(what: string, base: Part | undefined, revision: Part | undefined): Change[] {
  if (!revision) return base ? [found('security-flow-removed', base.pointer, `${sentence(what)} is removed.`)] : [];
  if (!base) return [found('security-flow-added', revision.pointer, `${sentence(what)} is new.`)];
  const urls = (['authorizationUrl', 'tokenUrl', 'refreshUrl'] as const).filter(key => !sameJson(base.raw(key), revision.raw(key)));
  const scopes = pairedEntries(base.get('scopes'), revision.get('scopes'));
  return [
    ...urls.map(key =>
      found(
        key === 'refreshUrl' ? 'security-flow-refresh-url-changed' : 'security-flow-url-changed',
        revision.pointer,
        `The ${key} of ${what} is ${String(revision.raw(key) ?? 'none')}, and was ${String(base.raw(key) ?? 'none')}.`,
      ),
    ),
    ...scopes.flatMap(([scope, before, now]): Change[] => {
      if (!now) return before ? [found('security-scope-removed', before.pointer, `The scope \`${scope}\` of ${what} is removed.`)] : [];
      if (!before) return [found('security-scope-added', now.pointer, `The scope \`${scope}\` of ${what} is new.`)];
      return sameJson(before.value, now.value)
        ? []
        : [found('documentation-changed', now.pointer, `The documentation of the scope \`${scope}\` changed.`)];
    }),
  ];
}
