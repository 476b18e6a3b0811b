import { readFile } from 'node:fs/promises';

/** What libs/service logs of an answer that differs. */
const DIFFERS = 'an answer differs from its document';

/** Throws when one of these logs of apps has an answer that differed from its document. */
export async function refuseUndocumentedAnswers(...logs: string[]): Promise<void> {
  const texts = await Promise.all(logs.map(log => readFile(log, 'utf8').catch(() => '')));
  const lines = texts.flatMap(text => text.split('\n')).filter(line => line.includes(DIFFERS));
  if (lines.length > 0) throw new Error(`Answers differ from their documents:\n${[...new Set(lines.map(toldIn))].join('\n')}`);
}

function toldIn(line: string): string {
  const { app, operation, status, pointer, expected } = JSON.parse(line) as Record<string, string>;
  return `  ${app} ${operation} ${status}: ${pointer || '/'} ${expected}`;
}
