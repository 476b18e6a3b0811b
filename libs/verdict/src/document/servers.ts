import type { Change } from '../change.js';
import { found } from './found.js';
import { paired, pairedEntries, sameJson, type Part } from './open-document.js';
import { compareWording } from './wording.js';

/** Without any entry the server is where the document is served. A slash at the end of the address leads to the same paths. */
function serversOf(holder: Part | undefined): Map<string, Part> {
  const servers = new Map<string, Part>();
  for (const part of holder?.get('servers')?.items() ?? []) {
    const url = part.text('url') ?? part.fail('needs a text as `url`.');
    servers.set(url.replace(/\/$/, ''), part);
  }
  return servers;
}

/** The nearest of the holders that names servers. */
export const serversHolder = (holders: Part[]): Part | undefined => holders.find(holder => Array.isArray(holder.raw('servers')));

/** `what` stands within a sentence: `the API`. */
export function compareServers(base: Part | undefined, revision: Part | undefined, what: string): Change[] {
  const pairs = paired(serversOf(base), serversOf(revision));
  const removed = pairs.flatMap(([, before, now]) => (before && !now ? [before] : []));
  const added = pairs.flatMap(([, before, now]) => (now && !before ? [now] : []));
  const urlOf = (part: Part): string => `\`${part.text('url')}\``;
  const isMove = removed.length === 1 && added.length === 1;
  return [
    ...(isMove ? [found('server-url-changed', added[0].pointer, `The server ${urlOf(removed[0])} of ${what} is ${urlOf(added[0])} now.`)] : []),
    ...(isMove ? [] : removed.map(part => found('server-removed', part.pointer, `The server ${urlOf(part)} of ${what} is removed.`))),
    ...(isMove ? [] : added.map(part => found('server-added', part.pointer, `The server ${urlOf(part)} of ${what} is new.`))),
    ...pairs.flatMap(([, before, now]) => (before && now ? compareServer(before, now) : [])),
  ];
}

function compareServer(base: Part, revision: Part): Change[] {
  const variables = pairedEntries(base.get('variables'), revision.get('variables'));
  return [
    ...variables.flatMap(([name, before, now]): Change[] => {
      const enumOf = (part: Part): unknown[] | undefined => {
        const values = part.raw('enum');
        return Array.isArray(values) ? values : undefined;
      };
      const same =
        before !== undefined &&
        now !== undefined &&
        sameJson(before.raw('default'), now.raw('default')) &&
        (enumOf(now) === undefined || enumOf(before)?.every(value => enumOf(now)?.some(other => sameJson(value, other))));
      if (same) return compareWording(before, now, `the variable \`${name}\` of a server`);
      return [
        found('server-variable-changed', (now ?? before)!.pointer, `The variable \`${name}\` of the server \`${revision.text('url')}\` changed.`),
      ];
    }),
    ...compareWording(base, revision, `the server \`${revision.text('url')}\``),
  ];
}
