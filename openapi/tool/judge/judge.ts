import { compareDocuments, DocumentError, type Report } from '#verdict';
import { compareEvents } from './events.js';
import { WrongUse } from '../command.js';
import type { ApiDocument } from '../read/document.js';
import { compareSchemas } from './graphql.js';

/** What changed from one document of an API to the next; `asOf` is the day of the judgement. */
export async function judge(base: ApiDocument, revision: ApiDocument, asOf: string): Promise<Report> {
  if (base.kind === 'GraphQL' && revision.kind === 'GraphQL') return compareSchemas(base.schema, revision.schema, asOf);
  if (base.kind === 'OpenAPI' && revision.kind === 'OpenAPI') return compareOperations(base, revision, asOf);
  if (base.kind === 'AsyncAPI' && revision.kind === 'AsyncAPI') return compareEvents(base.root, revision.root, asOf);
  throw new WrongUse(`${base.name} is of ${base.kind} and ${revision.name} of ${revision.kind}: they can't be compared`);
}

type WithRoot = ApiDocument & { readonly root: unknown };

function compareOperations(base: WithRoot, revision: WithRoot, asOf: string): Report {
  try {
    return compareDocuments(base.root, revision.root, { asOf });
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw new WrongUse(`${(error.which === 'base' ? base : revision).name} can't be compared: ${error.pointer || 'the document'} ${error.problem}`);
  }
}
