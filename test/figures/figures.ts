import { arrowsBetween, backArrows, circles, mutualArrows, type Module } from './imports.js';
import { builtCodes } from './codes.js';
import { deadSentences } from './dead-sentences.js';
import { envelopes } from './envelopes.js';
import { foreignTables } from './foreign-tables.js';
import { LINE_COLUMNS, PORTAL_STOREYS, ROLES, VENDOR_ROOMS } from './house.data.js';
import { needlessInjects, unseenInjects } from './injects.js';
import { lineColumns } from './line-columns.js';
import { paths } from './paths.js';
import { playedByHand } from './played-by-hand.js';
import { unknownRoles } from './roles.js';
import { linesOf, longestFunctions, longFiles } from './sizes.js';
import { isTest, type Place, type Source } from './sources.js';
import { vendorNames, vendorsOf } from './vendor-names.js';

/** What was counted: how much, and where. */
export interface Figure {
  name: string;
  value: number;
  places: Place[];
}

const PORTAL = 'apps/experience/portal/src/';
const FLOW = 'apps/process/project-initiation/src/flows/deal-to-project/deal-to-project.flow.ts';
const LONG = 300;
/** What made the tables at the time, and is never changed. */
const MIGRATIONS = /\.migrations\.ts$/;

/** Every figure of the house. `codes`: those of the sentences that people read. */
export function figuresOf(sources: Source[], modules: Module[], codes: readonly string[]): Figure[] {
  const product = sources.filter(({ path }) => !isTest(path));
  const arrows = arrowsBetween(modules, PORTAL);
  const vendors = vendorsOf(sources);
  const [longest] = longestFunctions(sources.filter(({ path }) => path.endsWith('.conformance.ts')));
  return [
    counted(
      'arrows between the portal’s folders',
      arrows.map(({ place }) => place),
    ),
    counted(
      'back arrows of them',
      backArrows(arrows, PORTAL_STOREYS).map(({ place }) => place),
    ),
    counted(
      'mutual pairs of them',
      mutualArrows(arrows).map(({ place }) => place),
    ),
    counted('type-only circles of files', circles(modules)),
    counted('hand-built event envelopes', envelopes(product)),
    counted('path strings between apps', paths(product)),
    counted('apps that specs play by hand', playedByHand(sources)),
    counted('tables named outside their rooms', foreignTables(product)),
    counted('message codes built or cast', builtCodes(product, codes)),
    counted('sentences that no code says', deadSentences(sources)),
    counted('vendors’ names outside their rooms', vendorNames(product, vendors, VENDOR_ROOMS)),
    counted('@Inject that metadata makes needless', needlessInjects(product)),
    counted('injected classes that are imported as types', unseenInjects(product)),
    counted(
      'places of a billing line’s columns',
      lineColumns(
        product.filter(({ path }) => !MIGRATIONS.test(path)),
        LINE_COLUMNS,
      ),
    ),
    lines(
      'lines of deal-to-project.flow.ts',
      product.filter(({ path }) => path === FLOW),
    ),
    ...vendors.map(vendor =>
      lines(
        `lines of vendors/${vendor}`,
        product.filter(({ path }) => path.includes(`/src/vendors/${vendor}/`)),
      ),
    ),
    { name: 'lines of the longest conformance function', value: longest?.lines ?? 0, places: longest ? [longest.place] : [] },
    counted('files whose name has a role that is not listed', unknownRoles(sources, Object.keys(ROLES))),
    counted(`files over ${LONG} lines`, longFiles(sources, LONG)),
  ];
}

const counted = (name: string, places: Place[]): Figure => ({ name, value: places.length, places });

const lines = (name: string, sources: Source[]): Figure => ({
  name,
  value: sources.reduce((sum, source) => sum + linesOf(source), 0),
  places: sources.map(source => ({ path: source.path, line: 1, what: `${linesOf(source)} lines` })),
});
