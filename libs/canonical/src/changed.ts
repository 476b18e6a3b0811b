/**
 * A noun's new whole state, with the names of the attributes that changed (`[]` when it is new).
 */
export interface Changed<T> {
  state: T;
  changed: string[];
  previous?: Partial<T>;
  deleted?: boolean;
}
