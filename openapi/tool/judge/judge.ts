import { compareDocuments, compareEvents, DocumentError, type Report } from '#verdict';
import { compareSchemas } from '#verdict/graphql';
import { WrongUse } from '../command.js';
import type { ApiDocument } from '../read/document.js';

/** What changed from one document of an API to the next; `asOf` is the day of the judgement. */
export async function judge(base: ApiDocument, revision: ApiDocument, asOf: string): Promise<Report> {
  if (base.kind === 'GraphQL' && revision.kind === 'GraphQL') return compareSchemas(base.schema, revision.schema, asOf);
  if (base.kind === 'OpenAPI' && revision.kind === 'OpenAPI')
    return ofDocuments(base, revision, () => compareDocuments(base.root, revision.root, { asOf }));
  if (base.kind === 'AsyncAPI' && revision.kind === 'AsyncAPI')
    return ofDocuments(base, revision, () => compareEvents(base.root, revision.root, asOf));
  throw new WrongUse(`${base.name} is of ${base.kind} and ${revision.name} of ${revision.kind}: they can't be compared`);
}

function ofDocuments(base: ApiDocument, revision: ApiDocument, compare: () => Report): Report {
  try {
    return compare();
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw new WrongUse(`${(error.which === 'base' ? base : revision).name} can't be compared: ${error.pointer || 'the document'} ${error.problem}`);
  }
}
