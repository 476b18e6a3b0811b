import { readFileSync, writeFileSync } from 'node:fs';
import { schemaDocument } from './graph/schema-document.js';

// `npm run graphql:schema` writes this file; `npm run graphql:check` fails when it differs from the
// code.
const FILE = 'apps/experience/portal/schema.graphql';

const document = await schemaDocument();
if (!process.argv.includes('--check')) {
  writeFileSync(FILE, document);
} else if (readFileSync(FILE, 'utf8') !== document) {
  process.stderr.write(`${FILE} differs from the code; run npm run graphql:schema and look at the difference.\n`);
  process.exitCode = 1;
}
