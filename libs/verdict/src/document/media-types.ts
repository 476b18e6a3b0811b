/** A media type or range (RFC 9110, 8.3.1 and 12.5.1). */
export interface MediaRange {
  type: string;
  subtype: string;
  /** Without `charset=utf-8`, which is what is meant when no charset is named; sorted. */
  parameters: string;
}

const UTF_8 = /^charset="?utf-?8"?$/;

/** Types and names of parameters are the same in small and capital letters; values of parameters may differ by them. */
export function mediaRange(text: string): MediaRange {
  const [range, ...rest] = text.split(';').map(part => part.trim());
  const [type, subtype = '*'] = range.toLowerCase().split('/');
  const parameters = rest
    .filter(parameter => parameter !== '')
    .map(parameter => {
      const [name, ...value] = parameter.split('=');
      return `${name.trim().toLowerCase()}=${value.join('=').trim()}`;
    })
    .filter(parameter => !UTF_8.test(parameter.toLowerCase()))
    .sort()
    .join(';');
  return { type, subtype, parameters };
}

export const mediaName = ({ type, subtype, parameters }: MediaRange): string => `${type}/${subtype}${parameters && `;${parameters}`}`;

/** Whether `range` is wider than `other` and takes all of it: a range with `*`, or with a suffix as in `application/*+json`. */
export function covers(range: MediaRange, other: MediaRange): boolean {
  if (range.parameters !== '' || mediaName(range) === mediaName(other)) return false;
  if (range.type === '*') return true;
  if (range.type !== other.type) return false;
  return range.subtype === '*' || (range.subtype.startsWith('*+') && other.subtype !== '*' && other.subtype.endsWith(range.subtype.slice(1)));
}
