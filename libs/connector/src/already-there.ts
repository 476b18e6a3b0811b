import { Problem, type ProblemOptions } from '#canonical';

/** A refusal, since the vendor has a record of the same unique key, whose id it says. */
export class AlreadyThere extends Problem {
  constructor(
    readonly record: string,
    detail: string,
    options: ProblemOptions = {},
  ) {
    super('conflict', detail, { ...options, code: 'already-exists' });
  }
}
