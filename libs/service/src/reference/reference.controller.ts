import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dirname, join } from 'node:path';
import { Controller, Get, Header, Inject, Param, Query, Res, StreamableFile, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Authority, Public } from '#auth';
import { Problem } from '#canonical';
import { APP, type App } from '../app-definition.js';
import { Documents } from '../openapi/documents.js';
import { ServiceConfig } from '../service.config.js';
import { policyOf, referencePage, START, STATIC_POLICY } from './reference-page.js';

const PACKAGE = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));

/** The files of the package that the page needs, with their types. */
const FILES: Record<string, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'oauth2-redirect.html': 'text/html; charset=utf-8',
  'oauth2-redirect.js': 'text/javascript; charset=utf-8',
};

const STATIC = 'Published files of a library, the same for everybody.';

/**
 * The app's reference, one page per version, from files on this machine. Its reader signs in at the
 * issuer by authorization code with PKCE; the page itself has no data and no token.
 */
@ApiExcludeController()
@Controller({ path: 'docs', version: VERSION_NEUTRAL })
export class ReferenceController {
  constructor(
    private readonly documents: Documents,
    private readonly authority: Authority,
    private readonly config: ServiceConfig,
    @Inject(APP) private readonly app: App,
  ) {}

  @Get()
  @Public('A static page about published documents; it calls the API with the token of who signs in there.')
  async page(@Query('version') version: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { versions } = this.documents;
    const shown = version === undefined ? versions.at(-1) : versions.find(one => one === version);
    if (!shown) throw new Problem('not-found', `There is no such version; versions are ${versions.join(', ')}.`);
    const endpoints = await this.authority.endpoints().catch(() => undefined);
    void reply.type('text/html; charset=utf-8').header('content-security-policy', policyOf(endpoints?.token));
    const graphql = this.app.apis.some(api => api.graphql);
    return referencePage({ title: this.app.title, versions, shown, graphql, clientId: this.config.docsClientId });
  }

  @Get('start.js')
  @Public(STATIC)
  @Header('content-type', 'text/javascript; charset=utf-8')
  start(): string {
    return START;
  }

  @Get(':file')
  @Public(STATIC)
  file(@Param('file') file: string, @Res({ passthrough: true }) reply: FastifyReply): StreamableFile {
    if (!Object.hasOwn(FILES, file)) throw new Problem('not-found', 'There is no such file.');
    void reply.headers({ 'cache-control': 'public, max-age=86400', 'content-security-policy': STATIC_POLICY });
    return new StreamableFile(createReadStream(join(PACKAGE, file)), { type: FILES[file] });
  }
}
