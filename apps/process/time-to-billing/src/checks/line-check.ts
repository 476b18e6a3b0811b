import { reasonOf, type Fault, type MessageCode, type ParamsBeside, type ParamsOf, type SlotsOf } from '#apis';

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
export const lineParams = ({ person, workDate }: CheckedLine): { person: string; date: string } => ({ person, date: workDate });

/** What its sentence says beside that. */
type Own<Code extends MessageCode> = [Exclude<SlotsOf<Code>, 'person' | 'date'>] extends [never]
  ? { params?: Record<string, string> }
  : { params: ParamsBeside<Code, 'person' | 'date'> };

export function fault<Code extends MessageCode>(
  code: Code,
  line: CheckedLine,
  rest: Pick<Fault, 'category' | 'desk' | 'need'> & { field: string } & Own<Code>,
): Fault {
  const { category, desk, need, field, params } = rest;
  const all = { ...lineParams(line), ...params } as ParamsOf<Code>;
  return { reason: reasonOf(code, all, { field }), category, desk, need };
}
