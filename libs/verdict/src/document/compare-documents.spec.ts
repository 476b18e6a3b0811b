import { describe, expect, it } from 'vitest';
import { AS_OF, type Case, type Json } from './cases/case.fixture.js';
import { BODIES } from './cases/bodies.fixture.js';
import { DECLARATIONS } from './cases/declarations.fixture.js';
import { DOCUMENTS } from './cases/documents.fixture.js';
import { LIVES } from './cases/lives.fixture.js';
import { PARAMETERS } from './cases/parameters.fixture.js';
import { PATHS } from './cases/paths.fixture.js';
import { PROPERTIES } from './cases/properties.fixture.js';
import { RESPONSES } from './cases/responses.fixture.js';
import { SECURITY_SCHEMES } from './cases/security-schemes.fixture.js';
import { SECURITY } from './cases/security.fixture.js';
import { SERVERS } from './cases/servers.fixture.js';
import { STABILITIES } from './cases/stability.fixture.js';
import { STATUSES } from './cases/statuses.fixture.js';
import { WEBHOOKS } from './cases/webhooks.fixture.js';
import { compareDocuments } from './compare-documents.js';
import { DOCUMENT_RULES } from './document-rules.js';

const CASES = {
  PATHS,
  PARAMETERS,
  BODIES,
  STATUSES,
  RESPONSES,
  WEBHOOKS,
  SECURITY,
  SECURITY_SCHEMES,
  SERVERS,
  LIVES,
  STABILITIES,
  PROPERTIES,
  DECLARATIONS,
  DOCUMENTS,
};

function reportOn({ base, revision, ownVersions }: Case) {
  const grown = ownVersions ? revision : { ...revision, info: { ...(revision.info as Json), version: '2.0.0' } };
  return compareDocuments(base, grown, { asOf: AS_OF });
}

const bySign = (a: { id: string; operation: string | null }, b: typeof a): number => {
  const [one, other] = [a, b].map(({ id, operation }) => JSON.stringify([id, operation]));
  return one < other ? -1 : Number(one > other);
};

for (const [title, cases] of Object.entries(CASES)) {
  describe(`${title.toLowerCase()}`, () => {
    it.each(cases)('$name: $why', one => {
      const { changes } = reportOn(one);
      const expected = one.expected === 'none' ? [] : one.expected;
      expect(changes.map(({ text: _, ...change }) => change).sort(bySign)).toMatchObject([...expected].sort(bySign));
      for (const { text } of changes) expect(text).toMatch(/^[A-Z`].*\.$/);
    });
  });
}

describe('the rules of documents', () => {
  const all = Object.values(CASES).flat();

  it('each have a case, which names its severity and direction', () => {
    const seen = new Set(all.flatMap(({ expected }) => (expected === 'none' ? [] : expected.map(({ id }) => id))));
    expect(Object.keys(DOCUMENT_RULES).filter(id => !seen.has(id))).toEqual([]);
  });

  it('have at least 120 cases with names of their own', () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    expect(all.length).toBeGreaterThanOrEqual(120);
  });
});
