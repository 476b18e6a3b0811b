import type { FastifyInstance } from 'fastify';
import { withinBounds, withinLevels } from '#canonical';

/**
 * Reads bodies: JSON alone, within the bounds. Levels are counted in the text before it is parsed, so that nothing after has to
 * fear recursion; the rest is counted in what was parsed, before anything looks at it.
 */
export function readBodiesWithinBounds(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    try {
      withinLevels(text);
    } catch (error) {
      done(error as Error);
      return;
    }
    void parse(request, text, (unreadable, value: unknown) => {
      if (unreadable) return done(unreadable);
      try {
        withinBounds(value);
      } catch (error) {
        return done(error as Error);
      }
      return done(null, value);
    });
  });
}
