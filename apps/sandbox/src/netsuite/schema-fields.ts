/** A field of a record. Bodies write it by name; PropertyNameValidation concerns unknown names. */
export type Field = { required?: string; readOnly?: boolean } & (
  | { kind: 'text' | 'flag' | 'number' | 'date' | 'dateTime' }
  /** Worked time, `7:30`: kept and read back so, however it was written. */
  | { kind: 'hours' }
  | { kind: 'reference'; to: string }
  /** Several references: `subsidiary` of a department. */
  | { kind: 'references'; to: string }
  | { kind: 'enum'; values: Record<string, string> }
  /**
   * Lines; `key` names the field that identifies a line, numbered by us when a line comes without.
   */
  | { kind: 'lines'; key: string; fields: Fields }
  | { kind: 'part'; fields: Fields }
);
export type Fields = Record<string, Field>;

export interface RecordType {
  name: string;
  fields: Fields;
  /** The field shown where another record refers to this one. */
  label: string;
  /** The first id, so that ids of different types differ, as in a used account. */
  firstId: number;
  /** Its name in the refusal when its external id or name is taken. */
  kindInWords: 'entity' | 'record';
  /** Transactions share one series of ids, and answer for a missing one in words of their own. */
  transaction?: boolean;
  /** Rows that are only ever added. */
  appendOnly?: boolean;
}

/** A record type as it is written down: the schema counts its ids. */
export type RecordTypeSpec = Omit<RecordType, 'firstId'> & { firstId?: number };

export const text: Field = { kind: 'text' };
export const flag: Field = { kind: 'flag' };
export const number: Field = { kind: 'number' };
export const date: Field = { kind: 'date' };
export const to = (type: string): Field => ({ kind: 'reference', to: type });
export const oneOf = (values: Record<string, string>): Field => ({ kind: 'enum', values });
/** `words`: what the refusal asks for when the field is missing. */
export const required = (words: string, field: Field): Field => ({ ...field, required: words });
export const readOnly = (field: Field): Field => ({ ...field, readOnly: true });
export const lines = (key: string, fields: Fields): Field => ({ kind: 'lines', key, fields });
export const stamps: Fields = { dateCreated: readOnly({ kind: 'dateTime' }), lastModifiedDate: readOnly({ kind: 'dateTime' }) };
