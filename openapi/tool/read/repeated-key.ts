const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/** The first member that an object of a JSON text has twice; undefined where none has. The text is well-formed. */
export function repeatedKey(text: string): string | undefined {
  const above: (Set<string> | undefined)[] = [];
  let last = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') above.push(token === '{' ? new Set() : undefined);
    else if (token === '}' || token === ']') above.pop();
    else if (token === ':') {
      const key = JSON.parse(last) as string;
      if (above.at(-1)?.has(key)) return key;
      above.at(-1)?.add(key);
    }
    last = token;
  }
  return undefined;
}
