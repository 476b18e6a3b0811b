import type { Fault } from '#canonical';

/** What the checks of time and of expenses have in common: whose line it is, on what, and when. */
export interface CheckedLine {
  id: string;
  kind: 'time' | 'expense';
  projectId: string;
  email: string;
  /** As the PSA has it, for people to read; never empty. */
  person: string;
  workDate: string;
  /** Canonical role that the time was booked in; absent where the line names none, and for expenses. */
  role?: string;
}

/** What every fault of a line tells people about it, besides its own parameters. */
export const lineParams = ({ person, workDate }: CheckedLine): Record<string, string> => ({ person, date: workDate });

export function fault(
  code: string,
  line: CheckedLine,
  rest: Pick<Fault, 'category' | 'desk' | 'need'> & { field: string; params?: Record<string, string> },
): Fault {
  const { category, desk, need, field, params } = rest;
  return { reason: { code, params: { ...lineParams(line), ...params }, field }, category, desk, need };
}
