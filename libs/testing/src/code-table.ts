import { beforeAll, expect, it } from 'vitest';
import { cutText } from '#canonical';
import type { CodeClass, CodeTable, Refusal } from '#connector';

/**
 * An answer as the vendor gives it, and its meaning: the class, and our Problem's kind and code.
 */
export interface CodeExample {
  status: number;
  text: string;
  on?: 'read' | 'write';
  is: CodeClass;
  kind: string;
  code?: string;
}

/** The rules that every vendor's table of codes must meet. The examples reach each of its rows. */
export function describeCodeTable(table: CodeTable, examples: CodeExample[]): void {
  let connector: typeof import('#connector');
  beforeAll(async () => void (connector = await import('#connector')));

  const answerOf = ({ status, text }: CodeExample) => ({ status, headers: {}, text, json: <T>() => JSON.parse(text) as T });
  const read = (example: CodeExample): Refusal | undefined => {
    try {
      return table.read(answerOf(example));
    } catch {
      return undefined;
    }
  };

  it.each(examples.map(example => [`${example.status} ${cutText(example.text, 160)}`, example] as const))('%s', (_, example) => {
    const refusal = read(example);
    expect(connector.classify(table, refusal, example.status, example.on ?? 'write').is).toBe(example.is);
    const problem = connector.refusalProblem('vendor', table, answerOf(example), { operation: 'do-it', kind: example.on ?? 'write' });
    expect([problem.kind, problem.code]).toEqual([example.kind, example.code]);
    // Whoever handles it needs the vendor's own code and words.
    expect(problem.detail).toContain(refusal?.code ?? String(example.status));
    expect(problem.vendor?.message).toContain(refusal?.message ?? '');
  });

  it('has no row that no answer reaches, and every row has a class and a source', () => {
    const reached = new Set(
      examples.map(example => {
        const refusal = read(example);
        return table.rows.find(row => connector.classify({ rows: [row] }, refusal, example.status, example.on ?? 'write').listed);
      }),
    );
    expect(table.rows.filter(row => !reached.has(row))).toEqual([]);
    expect(table.rows.every(({ is, source }) => connector.CODE_CLASSES.includes(is) && source !== undefined)).toBe(true);
  });

  it('decides no answer by its status when the vendor gives a code', () => {
    const other = { code: 'A_CODE_THAT_NOBODY_LISTED', form: 'a form that nobody listed', message: 'x' };
    const byStatus = table.rows.filter(({ code, form }) => code === undefined && form === undefined);
    for (const row of byStatus) {
      const status = typeof row.status === 'number' ? row.status : row.status![0];
      expect(connector.classify({ rows: [row] }, other, status, 'write').listed).toBe(false);
    }
  });
}
