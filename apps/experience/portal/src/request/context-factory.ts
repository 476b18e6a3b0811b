import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '#auth';
import { Database } from '#persistence';
import { Budgets } from '#throttling';
import { Reader } from '#read-model';
import { languageOf, PortalContext } from './portal-context.js';

/** Makes the context of one GraphQL request. Nothing is read or opened yet. */
@Injectable()
export class ContextFactory {
  constructor(
    private readonly dataSource: Database,
    private readonly budgets: Budgets,
  ) {}

  of(request: FastifyRequest, reply: FastifyReply, viewer: Principal): PortalContext {
    const language = languageOf(request.headers['accept-language']);
    // The entrance already charged one call.
    const charge = (calls: number): Promise<void> => this.budgets.charge(request, calls - 1);
    return new PortalContext(request, reply, viewer, language, new Reader(this.dataSource, viewer), charge);
  }
}
