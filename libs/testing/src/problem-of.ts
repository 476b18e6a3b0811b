import { Problem } from '#canonical';

/**
 * The Problem that the work fails with. The test fails if the work succeeds or throws something
 * else.
 */
export async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => new Error('it went well'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof Problem) return error;
  throw error;
}
