/** The answers of the calls, in order, with up to `most` calls made ahead. */
export async function* ahead<T>(calls: (() => Promise<T>)[], most: number): AsyncGenerator<T> {
  const begun: Promise<T>[] = [];
  let next = 0;
  const begin = () => {
    while (next < calls.length && begun.length < most) {
      const call = calls[next++]();
      // the loop below throws it; once the loop has ended, nobody needs it
      call.catch(() => undefined);
      begun.push(call);
    }
  };
  for (begin(); begun.length > 0; begin()) yield await begun.shift()!;
}
