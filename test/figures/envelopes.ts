import ts from 'typescript';
import { namesIn, nodesOf, placeOf, type Place, type Source } from './sources.js';

/** What makes an object the envelope of an event, and no other thing. */
const FIELDS = ['source', 'type', 'key', 'time', 'data'];

/** What the log adds: an envelope that has it is read from there. */
const OF_THE_LOG = 'keySeq';

/** Event envelopes that are written out by hand. */
export function envelopes(sources: Source[]): Place[] {
  return sources.flatMap(source =>
    nodesOf(source)
      .filter(node => {
        const names = ts.isObjectLiteralExpression(node) ? namesIn(node) : [];
        return FIELDS.every(field => names.includes(field)) && !names.includes(OF_THE_LOG);
      })
      .map(node => placeOf(source, node)),
  );
}
