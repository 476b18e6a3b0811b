import { Injectable, type ExecutionContext } from '@nestjs/common';
import { ThrottlerGuard, type ThrottlerRequest } from '@nestjs/throttler';
import type { ThrottlerLimitDetail } from '@nestjs/throttler/dist/throttler.guard.interface.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { replyOf, requestOf } from '#auth';
import { Problem } from '#canonical';

/**
 * One budget of calls per client and app, whatever the operation; callers of public operations share one per address. Answers
 * carry `RateLimit-Limit`, `-Remaining` and `-Reset`, and the newer `RateLimit` and `RateLimit-Policy` of the same draft.
 */
@Injectable()
export class ClientThrottlerGuard extends ThrottlerGuard {
  protected override headerPrefix = 'RateLimit';

  protected override getRequestResponse(context: ExecutionContext): { req: Record<string, unknown>; res: Record<string, unknown> } {
    // a GraphQL operation over a socket has no reply to put headers on
    const reply = replyOf(context) ?? {};
    return { req: requestOf(context) as unknown as Record<string, unknown>, res: reply };
  }

  protected override async getTracker(request: Record<string, unknown>): Promise<string> {
    const { principal, ip } = request as unknown as FastifyRequest;
    return principal ? `client ${principal.clientId}` : `address ${ip}`;
  }

  protected override generateKey(_: ExecutionContext, tracker: string, name: string): string {
    return `${name} ${tracker}`;
  }

  protected override async handleRequest(request: ThrottlerRequest): Promise<boolean> {
    // several root fields of one GraphQL operation are one call
    const { req, res } = this.getRequestResponse(request.context) as unknown as {
      req: FastifyRequest & { counted?: boolean };
      res: Partial<FastifyReply>;
    };
    if (req.counted) return true;
    req.counted = true;
    const allowed = await super.handleRequest(request);
    const remaining = res.getHeader?.('RateLimit-Remaining');
    const reset = res.getHeader?.('RateLimit-Reset');
    res.header?.('RateLimit-Policy', `"client";q=${request.limit};w=${request.ttl / 1000}`);
    res.header?.('RateLimit', `"client";r=${String(remaining)};t=${String(reset)}`);
    return allowed;
  }

  protected override async throwThrottlingException(context: ExecutionContext, detail: ThrottlerLimitDetail): Promise<void> {
    const { limit, ttl, timeToBlockExpire } = detail;
    replyOf(context)?.headers({ 'RateLimit-Limit': limit, 'RateLimit-Remaining': 0, 'RateLimit-Reset': timeToBlockExpire });
    throw new Problem('rate-limited', `This client may make ${limit} calls in ${ttl / 1000} s; the next is welcome in ${timeToBlockExpire} s.`, {
      retryAfterMs: timeToBlockExpire * 1000,
    });
  }
}
