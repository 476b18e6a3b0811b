import type { ApiDocument } from '../read/document.js';

/** What a document says of its API beside the operations. */
export interface Declared {
  readonly layer: string;
  readonly audience: string;
  readonly state: string;
  readonly owner: string;
  readonly contact: string;
}

/** From the `x-` fields of `info`; of a GraphQL schema, from its description. */
export function declaredBy(document: ApiDocument): Declared {
  if (document.kind === 'GraphQL') {
    const description = document.schema.description ?? '';
    const said = (pattern: RegExp): string => pattern.exec(description)?.[1] ?? '';
    return {
      layer: said(/Layer: (\w+)/),
      audience: said(/Audience: (\w+)/),
      state: said(/^[^\n]*?, version \d+: (\w+)/),
      owner: said(/Owner: ([^,]+),/),
      contact: said(/Owner: [^,]+, (\S+?)\.(\s|$)/),
    };
  }
  const info = document.root.info as Record<string, unknown>;
  const text = (key: string): string => (typeof info[key] === 'string' ? info[key] : '');
  const { email } = (info.contact ?? {}) as { email?: string };
  return { layer: text('x-layer'), audience: text('x-audience'), state: text('x-lifecycle'), owner: text('x-owner'), contact: email ?? '' };
}
