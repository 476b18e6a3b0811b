import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { deprecationOf, extensionsOf, releaseOf, SCOPES, type Api, type Scope } from '#apis';
import { SECURITY_SCHEME } from '#auth';
import { uriVersions } from '#versioning';
import { newestApi, type AppDefinition } from '../app-definition.js';
import { rootOf } from '../app-root.js';
import { unconfigured } from '../service.module.js';
import { markDeprecated } from './deprecations.js';
import { METHODS } from './documents.js';
import { asDraft2020, withoutUnused, type Json } from './json-schema.js';
import { addProblems, PROBLEM_COMPONENTS } from './problem-responses.js';
import { asTheDoorReads, boundPathParameters } from './request-schemas.js';

interface Operation {
  operationId?: string;
  security?: Record<string, Scope[]>[];
  tags?: string[];
  parameters?: { in?: string; name?: string; schema?: object }[];
  responses?: Record<string, unknown>;
  'x-public'?: unknown;
}

/**
 * The app's OpenAPI 3.1 documents, version -> document, from its code alone: nothing is
 * constructed, connected or listening, and no setting is needed. Throws when an operation states
 * neither scopes nor that it is public.
 */
export async function emitOpenApi(def: AppDefinition): Promise<Map<string, OpenAPIObject>> {
  const options = { preview: true, logger: false, abortOnError: false } as const;
  const app = await NestFactory.create(rootOf(def, unconfigured(def)), new FastifyAdapter(), options);
  app.enableVersioning(uriVersions(def.apis.map(({ version }) => version)));
  return documentsOf(app, def);
}

/** The same, for an app that is already built. */
export function documentsOf(app: INestApplication, def: AppDefinition): Map<string, OpenAPIObject> {
  const whole = SwaggerModule.createDocument(app, skeleton(def), {
    autoTagControllers: false,
    operationIdFactory: (controller, method) => lowerFirst(controller.replace(/Controller$/, '')) + upperFirst(method),
  });
  return new Map(def.apis.map(api => [api.version, versionOf(whole, def, api)]));
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function skeleton(def: AppDefinition): Omit<OpenAPIObject, 'paths'> {
  return new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(def.title)
    .setDescription(def.description)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer(def.prefix, 'Behind the gateway')
    .build();
}

function versionOf(whole: OpenAPIObject, def: AppDefinition, api: Api): OpenAPIObject {
  const { version, owner } = api;
  const release = releaseOf(api);
  const paths = pathsOf(whole, version).sort(inOrderOf(pathsOf(whole, newestApi(def).version)));
  const operations = paths.flatMap(([path, item]) =>
    METHODS.flatMap(method => (item[method] ? [{ path, method, operation: item[method] as unknown as Operation }] : [])),
  );
  const scopes = new Set<Scope>();
  for (const { path, method, operation } of operations) {
    secure(operation, `${method.toUpperCase()} ${path} of ${def.name}`).forEach(scope => scopes.add(scope));
    boundPathParameters(operation.parameters ?? []);
    const goesAway = api.lifecycle.state === 'retired' || deprecationOf(api, operation.operationId ?? '') !== undefined;
    addProblems(path, method, operation, goesAway);
  }
  const { paths: _, components, tags: __, info, ...rest } = whole;
  const schemas = structuredClone(components?.schemas ?? {});
  markDeprecated(
    api,
    operations.map(({ operation }) => operation),
    schemas as Parameters<typeof markDeprecated>[2],
  );
  const document = {
    ...rest,
    info: {
      ...info,
      version: release.version,
      contact: { name: owner.team, email: owner.email },
      ...extensionsOf(api),
      ...(release.on ? { 'x-released-on': release.on } : {}),
    },
    tags: tagsOf(operations.map(({ operation }) => operation)),
    paths: Object.fromEntries(paths),
    components: {
      schemas: { ...schemas, ...PROBLEM_COMPONENTS.schemas },
      headers: PROBLEM_COMPONENTS.headers,
      responses: PROBLEM_COMPONENTS.responses,
      parameters: PROBLEM_COMPONENTS.parameters,
      securitySchemes: { [SECURITY_SCHEME]: schemeOf([...scopes].sort()) },
    },
  };
  return asTheDoorReads(withoutUnused(asDraft2020(document as unknown as Json))) as unknown as OpenAPIObject;
}

type Paths = [string, OpenAPIObject['paths'][string]][];

const pathsOf = (whole: OpenAPIObject, version: string): Paths =>
  Object.entries(structuredClone(whole.paths)).filter(([path]) => path === `/v${version}` || path.startsWith(`/v${version}/`));

/** Versions name their operations in the order of the newest, so that their documents can be read side by side. */
function inOrderOf(newest: Paths): (a: Paths[number], b: Paths[number]) => number {
  const idsOf = ([, item]: Paths[number]): (string | undefined)[] => METHODS.flatMap(method => item[method]?.operationId ?? []);
  const places = new Map(newest.flatMap((path, at) => idsOf(path).map(id => [id, at])));
  const placeOf = (path: Paths[number]): number => places.get(idsOf(path)[0]) ?? newest.length;
  return (a, b) => placeOf(a) - placeOf(b);
}

/** The scopes that an operation requires; a public one states explicitly that it requires none. */
function secure(operation: Operation, name: string): Scope[] {
  if (operation['x-public'] !== undefined) {
    operation.security = [];
    return [];
  }
  const scopes = operation.security?.flatMap(requirement => requirement[SECURITY_SCHEME] ?? []) ?? [];
  if (scopes.length === 0) throw new Error(`${name} states neither @Scopes nor @Public`);
  return scopes;
}

/**
 * The token endpoint of the issuer in `npm start`. In other deployments, discovery at the issuer
 * finds it.
 */
const SAMPLE_TOKEN_ENDPOINT = 'http://127.0.0.1:8081/token';

const schemeOf = (scopes: Scope[]): object => ({
  type: 'oauth2',
  description: 'A bearer token for the audience urn:throughline.',
  flows: { clientCredentials: { tokenUrl: SAMPLE_TOKEN_ENDPOINT, scopes: Object.fromEntries(scopes.map(scope => [scope, SCOPES[scope]])) } },
});

const tagsOf = (operations: Operation[]): { name: string }[] =>
  [...new Set(operations.flatMap(({ tags }) => tags ?? []))].sort().map(name => ({ name, description: `${name}.` }));
