/** References are kept as internal ids, enums as their id, lines as arrays. */
export type Values = Record<string, unknown>;

export interface NetsuiteRow {
  id: string;
  externalId?: string;
  values: Values;
}
