import { Problem } from '#canonical';

/** The Problem that work ends with; when it ends otherwise, the test fails by that. */
export async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => new Error('it went well'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof Problem) return error;
  throw error;
}
