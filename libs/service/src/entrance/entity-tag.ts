import { createHash } from 'node:crypto';
import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Documents that an operation answers with an `ETag`, and takes it back as `If-None-Match`. */
export const Conditional = (): MethodDecorator =>
  applyDecorators(
    ApiHeader({
      name: 'if-none-match',
      required: false,
      description: 'The ETag of the answer that the caller has: 304 without a body while it is still the same.',
    }),
    ApiResponse({ status: 304, description: 'The caller has the same answer already.' }),
  );

/** Weak tags compare by their text: RFC 9110, 8.8.3.2. */
const opaque = (tag: string): string => tag.trim().replace(/^W\//, '');

/**
 * The answer with its `ETag`, or an empty one with status 304 when `If-None-Match` names the same.
 * The tag is made of the answer's bytes. So two callers get the same tag only for the same answer,
 * and a tag tells nothing that the answer does not.
 */
export function unlessUnchanged(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  if (reply.statusCode !== 200 || typeof payload !== 'string') return payload;
  const tag = `"${createHash('sha256').update(payload).digest('base64url')}"`;
  // A caller may keep the answer, and has to ask each time whether it still holds.
  reply.headers({ etag: tag, 'cache-control': 'private, no-cache' });
  const had = (request.headers['if-none-match'] ?? '').split(',').map(opaque);
  if (!had.includes(tag) && !had.includes('*')) return payload;
  reply.code(304).removeHeader('content-type').removeHeader('content-length');
  return '';
}
