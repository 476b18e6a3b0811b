/**
 * The parse tree of a query. Every name keeps its position (`at`), so that an error found later can
 * point at it.
 */
export interface Query {
  text: string;
  items: Item[];
  from: Name;
  alias?: string;
  where?: Condition;
  groupBy: Path[];
  having?: Condition;
  orderBy: Order[];
  limit?: number;
  offset?: number;
}

export interface Name {
  name: string;
  at: number;
}

/** `Account.Owner.Name` is three names. */
export interface Path {
  names: string[];
  at: number;
}

export type AggregateName = 'COUNT' | 'COUNT_DISTINCT' | 'SUM' | 'AVG' | 'MIN' | 'MAX';

export type Item =
  | { kind: 'field'; path: Path; alias?: string }
  | { kind: 'aggregate'; fn: AggregateName; path: Path | null; alias?: string; at: number }
  | { kind: 'fields'; which: 'ALL' | 'STANDARD' | 'CUSTOM'; at: number }
  | { kind: 'children'; query: Query };

export type Literal = { at: number } & (
  | { kind: 'string'; text: string; pattern: string }
  | { kind: 'number'; value: number; currency?: string }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'null' }
  | { kind: 'date'; text: string }
  | { kind: 'datetime'; text: string }
  | { kind: 'dates'; name: string; n?: number }
);

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE';

/** The left side of a condition: a field, or in HAVING an aggregate. */
export type Operand = { kind: 'field'; path: Path } | { kind: 'aggregate'; fn: AggregateName; path: Path | null; at: number };

export type Condition =
  | { kind: 'and'; of: Condition[] }
  | { kind: 'or'; of: Condition[] }
  | { kind: 'not'; of: Condition }
  | { kind: 'compare'; operand: Operand; operator: Comparison; literal: Literal; at: number }
  | { kind: 'in'; operand: Operand; negated: boolean; literals: Literal[]; at: number }
  | { kind: 'in-query'; operand: Operand; negated: boolean; query: Query; at: number }
  | { kind: 'includes'; operand: Operand; negated: boolean; literals: Literal[]; at: number };

export interface Order {
  operand: Operand;
  descending: boolean;
  nullsLast: boolean;
}
