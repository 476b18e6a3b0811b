import { describe, expect, it } from 'vitest';
import { AS_OF } from './cases/case.fixture.js';
import { compareDocuments } from './compare-documents.js';
import { largeDocument } from './large-document.fixture.js';

const OPERATIONS = 10_000;

describe(`a document of ${OPERATIONS} operations`, () => {
  it.each([
    { title: 'without a change', changed: 0, verdict: 'none' },
    { title: 'with a change in one of ten parts', changed: 0.1, verdict: 'breaking' },
  ])(
    'is compared $title',
    ({ title, changed, verdict }) => {
      const [base, revision] = [largeDocument({ operations: OPERATIONS, seed: 1 }), largeDocument({ operations: OPERATIONS, seed: 1, changed })];
      const [start, used] = [performance.now(), process.cpuUsage()];
      const report = compareDocuments(base, revision, { asOf: AS_OF });
      const [wall, { user, system }] = [performance.now() - start, process.cpuUsage(used)];
      const times = `${Math.round(wall)} ms, of the processor ${Math.round((user + system) / 1000)} ms`;
      console.log(`${OPERATIONS} operations ${title}: ${times}, ${report.changes.length} changes`);
      expect(report.verdict).toBe(verdict);
    },
    120_000,
  );
});
