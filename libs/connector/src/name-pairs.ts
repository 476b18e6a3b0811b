/** An item of a setting that maps names, `ours=theirs`. */
export const NAME_PAIR = /^[^=]+=[^=]+$/;

export function namePairs(list: string[] = []): Record<string, string> {
  return Object.fromEntries(list.map(pair => pair.split('=').map(part => part.trim()) as [string, string]));
}
