import { deprecatedParameters, deprecationOf, placeOf, type Api, type Deprecation, type Operation } from '#apis';

const instantOf = (day: string): Date => new Date(`${day}T00:00:00Z`);

/** How an operation is called by method and route, inside the app: `POST /v1/projects/:id/plans`. */
export const routeOf = ({ version }: Pick<Api, 'version'>, { method, path }: Pick<Operation, 'method' | 'path'>): string =>
  `${method.toUpperCase()} /v${version}/${path}`;

/**
 * What answers of an operation say of its end: `Deprecation` (RFC 9745, a structured date),
 * `Sunset` (RFC 8594, an HTTP date), and links to its successor and its document. Undefined where
 * it does not go away.
 */
export function deprecationHeaders(api: Api, operation: string): Record<string, string> | undefined {
  const deprecation = deprecationOf(api, operation);
  return deprecation && headersOf(api, deprecation);
}

function headersOf(api: Api, { since, sunset, successor }: Pick<Deprecation, 'since' | 'sunset' | 'successor'>): Record<string, string> {
  const base = placeOf(api);
  const document = `${base}/openapi/v${api.version}.json`;
  const links = [
    ...(successor ? [[pathOfSuccessor(api, successor), 'successor-version']] : []),
    [document, 'deprecation'],
    [document, 'service-desc'],
  ];
  return {
    Deprecation: `@${instantOf(since).getTime() / 1000}`,
    Sunset: instantOf(sunset).toUTCString(),
    Link: links.map(([target, relation]) => `<${target}>; rel="${relation}"`).join(', '),
  };
}

/**
 * What answers say to a request that sends deprecated parameters: since when the first of them is,
 * and which day is the first on which one may be gone. The whole operation's end goes before.
 */
function parameterHeaders(api: Api, operation: string): GovernedRoute['headersFor'] {
  const whole = deprecationHeaders(api, operation);
  const parameters = deprecatedParameters(api, operation);
  return query => {
    if (whole || parameters.size === 0) return whole;
    const sent = [...parameters].filter(([name]) => Object.hasOwn(Object(query) as object, name)).map(([, deprecation]) => deprecation);
    if (sent.length === 0) return undefined;
    return headersOf(api, { since: earliest(sent.map(({ since }) => since)), sunset: earliest(sent.map(({ sunset }) => sunset)) });
  };
}

const earliest = (days: string[]): string => days.reduce((a, b) => (a < b ? a : b));

/** A successor's address: a path as it stands, or that of an operation of the same version. */
function pathOfSuccessor({ layer, app, version, operations }: Api, successor: string): string {
  const path = successor.startsWith('/') ? successor : `${placeOf({ layer, app })}/v${version}/${operations[successor]?.path ?? ''}`;
  // a path with parameters has an address only up to them
  return path.replace(/\/?:.*$/, '').replace(/\/$/, '');
}

/** An operation as the server finds it, and what its answers say of its end. */
export interface GovernedRoute {
  version: string;
  operation: string;
  headers: Record<string, string> | undefined;
  /** The same of a request with this query, which may send parameters that go away. */
  headersFor: (query: unknown) => Record<string, string> | undefined;
}

/** Finds an operation of any version by method and route; `/graphql` is one operation of its API. */
export type FindRoute = (method: string, route: string | undefined) => GovernedRoute | undefined;

export function governedRoutes(apis: readonly Api[]): FindRoute {
  const routes = new Map(
    apis.flatMap(api => {
      const governed = (operation: string): GovernedRoute => ({
        version: api.version,
        operation,
        headers: deprecationHeaders(api, operation),
        headersFor: parameterHeaders(api, operation),
      });
      if (api.graphql) return ['GET /graphql', 'POST /graphql'].map(route => [route, governed('graphql')] as const);
      return Object.values(api.operations).map(operation => [routeOf(api, operation), governed(operation.id)] as const);
    }),
  );
  return (method, route) => routes.get(`${method === 'HEAD' ? 'GET' : method} ${route}`);
}

/**
 * What an answer to a GraphQL query says of the deprecated fields that it selected (`Deal.stage`):
 * since when the first of them is, and which day is the first on which one may be gone.
 */
export function fieldDeprecationHeaders({ deprecations }: Api, selected: ReadonlySet<string>): Record<string, string> {
  const going = deprecations.filter(({ of }) => selected.has(of));
  if (going.length === 0) return {};
  const first = (days: string[]): Date => instantOf(earliest(days));
  return {
    Deprecation: `@${first(going.map(({ since }) => since)).getTime() / 1000}`,
    Sunset: first(going.map(({ sunset }) => sunset)).toUTCString(),
  };
}
