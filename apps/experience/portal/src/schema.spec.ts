import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { schemaDocument } from './graphql/schema-document.js';

describe("the portal's schema", () => {
  it('is the one committed as schema.graphql', async () => {
    if (process.env.W) (await import('node:fs')).writeFileSync(new URL('../schema.graphql', import.meta.url), await schemaDocument());
    expect(await schemaDocument()).toBe(readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'));
  });
});
