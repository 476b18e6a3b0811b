import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { schemaDocument } from './graph/schema-document.js';

describe("the portal's schema", () => {
  it('is the one committed as schema.graphql', async () => {
    expect(await schemaDocument()).toBe(readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'));
  });

  it('has no floating-point number in it', async () => {
    expect(await schemaDocument()).not.toContain('Float');
  });
});
