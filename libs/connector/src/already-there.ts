import { Problem, type ProblemOptions } from '#canonical';

/**
 * The vendor refuses a record since it already has one with the same unique key, and names that
 * one's id.
 */
export class AlreadyThere extends Problem {
  constructor(
    readonly record: string,
    detail: string,
    options: ProblemOptions = {},
  ) {
    super('conflict', detail, { ...options, code: 'already-exists' });
  }
}
