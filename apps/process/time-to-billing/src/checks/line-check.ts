import { reasonOf, type Fault, type MessageCode, type ParamsBeside, type ParamsOf, type SlotsOf } from '#apis';

/**
 * What the checks of time and of expenses share: who booked the line, on which project, and when.
 */
export interface CheckedLine {
  id: string;
  kind: 'time' | 'expense';
  projectId: string;
  email: string;
  /** The name in the PSA, for people to read; never empty. */
  person: string;
  workDate: string;
  /**
   * The canonical role that the time was booked in. Absent for expenses and where the line names no
   * role.
   */
  role?: string;
}

/** The parameters that every fault of a line carries besides its own. */
export const lineParams = ({ person, workDate }: CheckedLine): { person: string; date: string } => ({ person, date: workDate });

/** The parameters of the fault's own sentence. */
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
