/** A noun's new whole state, with the attributes that differ from the one before (`[]` when it is new). */
export interface Changed<T> {
  state: T;
  changed: string[];
  previous?: Partial<T>;
  deleted?: boolean;
}
