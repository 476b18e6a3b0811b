import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import type { Principal } from '#auth';
import { Reader } from '../reading/reader.js';
import { languageOf, PortalContext } from './portal-context.js';

/** Makes what one GraphQL request works with. Nothing is read or opened yet. */
@Injectable()
export class ContextFactory {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  of(request: FastifyRequest, reply: FastifyReply, viewer: Principal): PortalContext {
    const language = languageOf(request.headers['accept-language']);
    return new PortalContext(request, reply, viewer, language, new Reader(this.dataSource, viewer));
  }
}
