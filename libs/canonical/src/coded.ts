import { Bag, Text } from './decorators.js';

/**
 * A message for people as it is stored: made into text in the reader's language when it is read.
 * Older releases may have used other codes.
 */
export class Coded {
  @Text({ max: 80 }) code: string;
  @Bag({ description: 'What stands in the places of its sentence, each a text.' }) params: Record<string, string>;
}
