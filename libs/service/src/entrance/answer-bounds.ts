import type { FastifyReply } from 'fastify';
import { Problem } from '#canonical';
import { sendable } from '../problems/problem.filter.js';

const UNITS_PER_BYTE = 3;

const isLarger = (text: string, bytes: number): boolean =>
  text.length > bytes || (text.length * UNITS_PER_BYTE > bytes && Buffer.byteLength(text) > bytes);

/**
 * The answer, or a Problem instead if it is larger than `most` bytes. A truncated answer is never
 * sent.
 */
export function answerWithin(most: number, reply: FastifyReply, payload: unknown): unknown {
  if (typeof payload !== 'string' || !isLarger(payload, most)) return payload;
  const problem = new Problem('unprocessable', `The answer would have more than ${most} bytes. Ask for less: a smaller page, a narrower filter.`, {
    code: 'answer-too-large',
  });
  return sendable(reply, problem);
}
