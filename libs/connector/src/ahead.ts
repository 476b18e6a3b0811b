/** What the calls answer, in their order, up to `most` of them made before they are wanted. */
export async function* ahead<T>(calls: (() => Promise<T>)[], most: number): AsyncGenerator<T> {
  const begun: Promise<T>[] = [];
  let next = 0;
  const begin = () => {
    while (next < calls.length && begun.length < most) {
      const call = calls[next++]();
      call.catch(() => undefined); // thrown to whoever waits for it below; one that nobody waits for any more is nobody's
      begun.push(call);
    }
  };
  for (begin(); begun.length > 0; begin()) yield await begun.shift()!;
}
