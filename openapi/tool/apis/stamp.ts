import { releaseIn, releaseLine, type ApiRelease } from '#apis';
import type { ApiDocument } from '../read/document.js';

/** A document's own text with the release that it is of, as the code emits it once that is made. */
export function stamped(kind: ApiDocument['kind'], text: string, release: Required<ApiRelease>): string {
  if (kind === 'GraphQL') return text.replace(/^Release: .*$/m, releaseLine(release));
  const document = JSON.parse(text) as { info: Record<string, unknown> };
  const { 'x-released-on': _, ...info } = document.info;
  return `${JSON.stringify({ ...document, info: { ...info, version: release.version, 'x-released-on': release.on } }, null, 2)}\n`;
}

/** The release that a document says it is of. */
export function stampOf(kind: ApiDocument['kind'], text: string): ApiRelease {
  if (kind === 'GraphQL') return releaseIn(text);
  const { info } = JSON.parse(text) as { info: Record<string, string | undefined> };
  return { version: info.version ?? '', on: info['x-released-on'] };
}
