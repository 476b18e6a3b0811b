import type { FastifyReply } from 'fastify';

/**
 * An answer as it was first given. The interceptor throws it so that nothing after it runs; the
 * filter sends it.
 */
export class StoredAnswer {
  constructor(
    readonly status: number,
    readonly headers: Record<string, string>,
    readonly body: string,
  ) {}

  sendOn(reply: FastifyReply): undefined {
    void reply
      .code(this.status)
      .headers({ ...this.headers, 'Idempotency-Replayed': 'true' })
      .send(this.body);
    return undefined;
  }
}
