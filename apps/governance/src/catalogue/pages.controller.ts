import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Controller, Get, Param, Res, StreamableFile, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AUDIENCE, Public } from '#auth';
import { Problem } from '#canonical';
import { ServiceConfig } from '#service';
import { GovernanceConfig } from '../governance.config.js';
import { ASSETS, PAGES } from './assets.js';

/** What the pages need to sign a person in. */
interface PageSettings {
  issuer: string;
  clientId: string;
  scope: string;
  audience: string;
}

/**
 * The catalogue's pages. They are the same for everybody and hold no data: they ask the API with
 * the token of the person who signs in.
 */
@ApiExcludeController()
@Controller({ path: 'catalogue', version: VERSION_NEUTRAL })
export class PagesController {
  constructor(
    private readonly service: ServiceConfig,
    private readonly config: GovernanceConfig,
  ) {}

  @Get()
  @Public('A static page without data; it asks the API with the token of whoever signs in.')
  async page(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.type('text/html; charset=utf-8').headers({ 'content-security-policy': this.#policy(), 'referrer-policy': 'no-referrer' });
    return readFile(join(PAGES, 'catalogue.html'), 'utf8');
  }

  @Get('settings.json')
  @Public('Where the page signs people in; anybody who opens it sees that.')
  settings(): PageSettings {
    return { issuer: this.#issuer, clientId: this.config.browserClientId, scope: 'openid governance.read', audience: AUDIENCE };
  }

  @Get(':name')
  @Public('Scripts and styles of the page.')
  asset(@Param('name') name: string, @Res({ passthrough: true }) reply: FastifyReply): StreamableFile {
    if (!Object.hasOwn(ASSETS, name)) throw new Problem('not-found', 'There is no such file.');
    void reply.headers({ 'cache-control': 'no-cache', 'referrer-policy': 'no-referrer' });
    return new StreamableFile(createReadStream(join(PAGES, name)), { type: ASSETS[name] });
  }

  get #issuer(): string {
    return this.service.issuerUrl.replace(/\/$/, '');
  }

  /** The page may reach its own origin and the issuer, whatever an answer contains. */
  #policy(): string {
    return [
      "default-src 'none'",
      `connect-src 'self' ${new URL(this.#issuer).origin}`,
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
    ].join('; ');
  }
}
