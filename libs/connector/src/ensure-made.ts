import type { OnceWriter } from './once-writer.js';

/**
 * The one record of the key, and whether this call made it: a record that another call made must be
 * read before it is relied on.
 */
export async function ensureMade(
  once: OnceWriter,
  kind: string,
  key: string,
  hash: string,
  create: () => Promise<string>,
): Promise<{ id: string; made: boolean }> {
  let created: string | undefined;
  const { id } = await once.ensure(kind, key, hash, async () => ({ id: (created = await create()) }));
  return { id, made: id === created };
}
