import type { Finding, Lack } from './finding.js';

/** A handler method of one of the app's controllers. */
export interface HandlerFacts {
  /** `DealsController.list` */
  name: string;
  /** It states scopes, or that it is public. */
  stated: boolean;
  /** Anybody may call it, without a token. */
  public: boolean;
  /** It changes nothing, although its method may be unsafe. */
  writesNothing: boolean;
  /** It has no version and its controller says that documents leave it out: probes, metrics. */
  outsideDocuments: boolean;
}

/** A route of the running HTTP server. */
export interface RouteFacts {
  method: string;
  /** Without the app's prefix: `/v1/deals/:id`. */
  path: string;
  /** Empty: no controller serves it. Several, where controllers have one name. */
  handlers: HandlerFacts[];
  /** The GraphQL endpoint: its schema is its document, and its operations are checked one by one. */
  graphql: boolean;
}

/** What an app really serves, and what it declares. */
export interface AppFacts {
  app: string;
  routes: RouteFacts[];
  /**
   * The operations of its OpenAPI documents, `GET /v1/deals/:id`; or why the documents can't be
   * made.
   */
  documented: string[] | Error;
  /** GraphQL operations that state neither scopes nor that they are public. */
  unstatedOperations: string[];
  /** The stages that a request passes, in their order. */
  stages: readonly string[];
  /** The stages that it must pass. */
  declaredStages: readonly string[];
  /** Whether it has a database, in which it keeps answers and audit rows. */
  hasDatabase: boolean;
  /** How its controllers differ from the definition of its API. */
  definitionFaults: string[];
}

const UNSAFE = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
/** Answered from the route of another method, without a handler of their own. */
const DERIVED = new Set(['HEAD', 'OPTIONS']);

/** Everything in which the app is not what it declares. Empty: it conforms. */
export function findingsOf(facts: AppFacts): Finding[] {
  const { app, stages, declaredStages, unstatedOperations, definitionFaults } = facts;
  const finding = (route: string | null, missing: Lack, text: string): Finding => ({ app, route, missing, text });
  const inOrder = stages.join() === declaredStages.join();
  return [
    ...(inOrder
      ? []
      : [finding(null, 'order', `requests must pass ${declaredStages.join(', ')}, in this order; here they pass ${stages.join(', ')}`)]),
    ...definitionFaults.map(fault => finding(null, 'definition', fault)),
    ...unstatedOperations.map(name => finding(name, 'scope', 'it states neither @Scopes nor @Public')),
    ...documentFindings(facts, finding),
    ...facts.routes
      .filter(({ method }) => !DERIVED.has(method))
      .flatMap(route => lacksOf(route, facts).map(([missing, text]) => finding(nameOf(route), missing, text))),
  ];
}

type Make = (route: string | null, missing: Lack, text: string) => Finding;

const nameOf = ({ method, path }: RouteFacts): string => `${method} ${path}`;

function documentFindings({ routes, documented }: AppFacts, finding: Make): Finding[] {
  if (documented instanceof Error) return [finding(null, 'document', `its documents can't be made: ${documented.message}`)];
  const served = new Set(routes.map(nameOf));
  return [
    ...routes
      .filter(
        route =>
          !DERIVED.has(route.method) &&
          !route.graphql &&
          !(route.handlers.length > 0 && route.handlers.every(({ outsideDocuments }) => outsideDocuments)) &&
          !documented.includes(nameOf(route)),
      )
      .map(route => finding(nameOf(route), 'document', `${servedBy(route)}, and no document has it`)),
    ...documented
      .filter(operation => !served.has(operation))
      .map(operation => finding(operation, 'route', 'a document has it, and nothing serves it')),
  ];
}

const servedBy = ({ handlers }: RouteFacts): string =>
  handlers.length === 0 ? 'it is served by no controller' : `${handlers.map(({ name }) => name).join(' and ')} serves it`;

/** What an operation lacks of what every operation has. */
function lacksOf(route: RouteFacts, { stages, hasDatabase }: AppFacts): [Lack, string][] {
  const { method, handlers, graphql } = route;
  const lacks: [Lack, string][] = [];
  const lack = (missing: Lack, text: string): void => void lacks.push([missing, text]);
  const passes = (stage: string): boolean => stages.includes(stage);
  const isPublic = handlers.length > 0 && handlers.every(handler => handler.public);

  if (!isPublic && !passes('token')) lack('auth', 'nothing checks its token');
  if (!passes('client budget') || !passes('address budget')) lack('throttle', 'nothing counts its calls');
  if (graphql && handlers.length === 0) return lacks;

  if (handlers.length === 0) lack('scope', 'it is served by no controller, so no guard checks scopes');
  else if (!handlers.every(({ stated }) => stated))
    lack('scope', `${handlers.map(({ name }) => name).join(' and ')} states neither @Scopes nor @Public`);
  else if (!isPublic && !passes('scope')) lack('scope', 'no guard checks its scopes');

  if (UNSAFE.has(method) && !(handlers.length > 0 && handlers.every(({ writesNothing }) => writesNothing))) {
    const kept = handlers.length > 0 && hasDatabase;
    if (!kept || !passes('idempotency')) lack('idempotency', 'its answer is not kept under its Idempotency-Key');
    if (!kept || !passes('audit')) lack('audit', 'it leaves no audit row');
  }
  return lacks;
}
