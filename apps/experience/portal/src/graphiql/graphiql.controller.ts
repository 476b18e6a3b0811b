import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Controller, Get, Param, Res, StreamableFile, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ruruHTML } from 'ruru/server';
import { Public } from '#auth';
import { Problem } from '#canonical';

// The package exports its code but no path to its assets: they lie beside the code.
const ASSETS = join(dirname(createRequire(import.meta.url).resolve('ruru/server')), '..', 'static');

const TYPES: Record<string, string> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  ttf: 'font/ttf',
  svg: 'image/svg+xml',
  json: 'application/json',
  map: 'application/json',
};

/** A worker runs under the policy that it is served with, not under its page's. */
const ASSET_POLICY = "default-src 'self'; frame-ancestors 'none'";

const STATIC = './graphiql/static/';

// Ruru's own script for this takes only a path that begins with / or a remote address; the page is
// served under more than one prefix.
const WORKERS = `
<script type="module">
  const FILES = { json: 'jsonWorker.js', graphql: 'graphqlWorker.js' };
  const worker = label => new Worker(new URL('${STATIC}' + (FILES[label] ?? 'editorWorker.js'), document.baseURI), { type: 'module' });
  globalThis.MonacoEnvironment = { getWorker: (_, label) => worker(label) };
</script>`;

/**
 * A GraphQL editor from files on this machine. Its addresses are relative, so that it works under
 * any prefix.
 */
const PAGE = ruruHTML({
  staticPath: STATIC,
  endpoint: './graphql',
  htmlParts: { headerScripts: WORKERS },
  clientConfig: { defaultQuery: '{\n  viewer { person { name } roles legalEntities }\n}\n', defaultHeaders: '{ "Authorization": "Bearer " }' },
} as Parameters<typeof ruruHTML>[0]);

/** The hash of each inline script of the page, as a policy lists it: only these scripts may run. */
const INLINE = [...PAGE.matchAll(/<script(?: type="module")?>([\s\S]*?)<\/script>/g)].map(
  ([, script]) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
);

// The page may call only its own origin, whatever it or a query's result contains.
const POLICY = [
  "default-src 'none'",
  "connect-src 'self'",
  `script-src 'self' ${INLINE.join(' ')}`,
  "style-src 'self' 'unsafe-inline'",
  "worker-src 'self' blob:",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/**
 * GraphiQL, without internet access. The page and its scripts are the same for everybody and
 * contain no data: users enter their own token in its headers tab, and /graphql checks that.
 */
@ApiExcludeController()
@Controller({ path: 'graphiql', version: VERSION_NEUTRAL })
export class GraphiqlController {
  #names: Promise<Set<string>> | undefined;

  @Get()
  @Public('A static page without data; it calls /graphql with the token that its user enters.')
  page(@Res({ passthrough: true }) reply: FastifyReply): string {
    void reply.type('text/html; charset=utf-8').headers({ 'content-security-policy': POLICY, 'referrer-policy': 'no-referrer' });
    return PAGE;
  }

  @Get('static/:name')
  @Public('Scripts and styles of the page: published files of a library.')
  async asset(@Param('name') name: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<StreamableFile> {
    // Only names that the folder contains are served, so a name can't contain a path.
    this.#names ??= readdir(ASSETS).then(names => new Set(names));
    if (!(await this.#names).has(name)) throw new Problem('not-found', 'There is no such file.');
    void reply.headers({ 'cache-control': 'public, max-age=86400', 'referrer-policy': 'no-referrer', 'content-security-policy': ASSET_POLICY });
    return new StreamableFile(createReadStream(join(ASSETS, name)), { type: TYPES[name.split('.').at(-1)!] ?? 'application/octet-stream' });
  }
}
