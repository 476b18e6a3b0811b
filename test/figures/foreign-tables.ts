import { placeOf, textsOf, type Place, type Source } from './sources.js';

/** What made the tables at the time: by it a table is its room's. */
const MIGRATIONS = /\.migrations\.ts$/;
const MADE = /\bcreate table (?:if not exists )?([a-z_]+\.[a-z_]+)/g;
const NAMED = /\b[a-z_]+\.[a-z_]+\b/g;
/** Says of every table whose its rows are and who may do what to it. */
const ACCESS = 'libs/persistence/src/access/';

/** An app or a lib. */
const roomOf = (path: string): string => /^(?:apps\/[^/]+|libs)\/[^/]+\//.exec(path)?.[0] ?? path;

/** Tables named in texts outside of the room whose migrations make them. */
export function foreignTables(sources: Source[]): Place[] {
  const texts = sources.map(source => ({ source, texts: textsOf(source).map(({ node, pieces }) => ({ node, text: pieces.join('*') })) }));
  const isMigration = ({ source }: (typeof texts)[number]): boolean => MIGRATIONS.test(source.path);
  const owners = new Map(
    texts
      .filter(isMigration)
      .flatMap(({ source, texts: own }) =>
        own.flatMap(({ text }) => [...text.matchAll(MADE)].map(([, table]) => [table, roomOf(source.path)] as const)),
      ),
  );
  return texts
    .filter(one => !isMigration(one) && !one.source.path.startsWith(ACCESS))
    .flatMap(({ source, texts: own }) =>
      own.flatMap(({ node, text }) =>
        [...text.matchAll(NAMED)].flatMap(([table]) => {
          const owner = owners.get(table);
          return owner === undefined || owner === roomOf(source.path) ? [] : [placeOf(source, node, table)];
        }),
      ),
    );
}
