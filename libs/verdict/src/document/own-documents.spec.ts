import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AS_OF, type Json } from './cases/case.fixture.js';
import { EDITS, reachIn, type Edit } from './cases/own-documents.fixture.js';
import { compareDocuments } from './compare-documents.js';

const emitted = (name: string): Json => JSON.parse(readFileSync(`${import.meta.dirname}/../../../../openapi/${name}.v1.json`, 'utf8')) as Json;

/** The document after the edit, under a new minor version, as no break is meant within v1. */
function edited({ document, edit }: Edit): Json {
  const revision = emitted(document);
  edit(reachIn(revision));
  const info = revision.info as { version: string };
  const [major, minor] = info.version.split('.').map(Number);
  info.version = `${major}.${minor + 1}.0`;
  return revision;
}

describe('an edit of our own documents is judged', () => {
  it.each(EDITS)('$document: $name: $why', one => {
    const { verdict, changes } = compareDocuments(emitted(one.document), edited(one), { asOf: AS_OF });
    const told: Edit['told'] = {};
    for (const { severity, id, operation } of changes) (told[`${severity} ${id}`] ??= []).push(operation);
    const kept = one.verdict === 'breaking' ? { 'warning version-not-bumped': [null] } : {};
    expect({ verdict, told }).toEqual({ verdict: one.verdict, told: { ...one.told, ...kept } });
  });

  it.each([...new Set(EDITS.map(({ document }) => document))])('%s has no change from itself', name => {
    expect(compareDocuments(emitted(name), emitted(name), { asOf: AS_OF }).verdict).toBe('none');
  });
});
