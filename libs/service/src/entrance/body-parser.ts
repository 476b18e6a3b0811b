import type { FastifyInstance } from 'fastify';
import { withinBounds, withinLevels } from '#canonical';

/**
 * Reads JSON bodies within the bounds. Levels are counted in the text before parsing, so later code
 * need not fear deep recursion. The other bounds are counted in the parsed value, before any code
 * looks at it.
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
