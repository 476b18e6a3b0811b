/** No answer of a vendor or of another app is larger than this. */
export const MOST_ANSWER_BYTES = 64 * 1024 * 1024;

export class TooLarge extends Error {
  constructor(readonly mostBytes: number) {
    super(`the answer is larger than ${mostBytes} bytes`);
  }
}

/** Reads an answer's text up to the bound and drops a longer one. Throws TooLarge. */
export async function boundedText(response: Response, mostBytes: number): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    bytes += read.value.byteLength;
    if (bytes > mostBytes) {
      await reader.cancel().catch(() => undefined);
      throw new TooLarge(mostBytes);
    }
    chunks.push(read.value);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
