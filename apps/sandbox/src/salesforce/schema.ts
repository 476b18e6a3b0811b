export type FieldType =
  | 'id'
  | 'string'
  | 'textarea'
  | 'boolean'
  | 'int'
  | 'double'
  | 'currency'
  | 'percent'
  | 'date'
  | 'datetime'
  | 'reference'
  | 'picklist'
  | 'multipicklist'
  | 'email'
  | 'phone'
  | 'url'
  | 'address';

export type Value = string | number | boolean | null;

/**
 * A record as the org keeps it: every field of its object under the field's own name; `id` repeats
 * Id for the store.
 */
export interface SfRecord {
  id: string;
  [field: string]: Value;
}

export interface FieldSchema {
  name: string;
  type: FieldType;
  label: string;
  length: number;
  precision: number;
  scale: number;
  nillable: boolean;
  createable: boolean;
  updateable: boolean;
  /** The value of a new record when the field isn't given. */
  defaultValue?: Value;
  nameField: boolean;
  externalId: boolean;
  unique: boolean;
  /** Written by the org itself (formula, roll-up, audit field). */
  calculated: boolean;
  picklist: string[];
  restricted: boolean;
  /** reference: the object it points to, the name to go there by, and the name of the way back. */
  referenceTo?: string;
  relationshipName?: string;
  childRelationship?: string;
  /** Children are deleted with the parent. */
  cascadeDelete: boolean;
}

export interface ObjectSchema {
  name: string;
  label: string;
  labelPlural: string;
  keyPrefix: string;
  custom: boolean;
  createable: boolean;
  deletable: boolean;
  fields: FieldSchema[];
  /** Lower-case field name -> field: names don't mind case. */
  byName: Map<string, FieldSchema>;
}

export interface ChildRelationship {
  name: string;
  child: ObjectSchema;
  field: FieldSchema;
}

type FieldOptions = Partial<Omit<FieldSchema, 'name' | 'type'>> & { required?: boolean };

function field(name: string, type: FieldType, { required = false, ...options }: FieldOptions = {}): FieldSchema {
  return {
    name,
    type,
    label: labelOf(name),
    length: 0,
    precision: 0,
    scale: 0,
    nillable: !required && type !== 'boolean',
    createable: true,
    updateable: true,
    nameField: false,
    externalId: false,
    unique: false,
    calculated: false,
    picklist: [],
    restricted: false,
    cascadeDelete: false,
    ...(type === 'boolean' ? { defaultValue: false } : {}),
    ...options,
  };
}

const labelOf = (name: string): string =>
  name
    .replace(/__c$/, '')
    .replace(/_/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/ Id$/, ' ID')
    .replace(/^Ext ID$/, 'Ext Id');

export const text = (name: string, length: number, o: FieldOptions = {}) => field(name, 'string', { length, ...o });
export const area = (name: string, length: number, o: FieldOptions = {}) => field(name, 'textarea', { length, ...o });
export const flag = (name: string, o: FieldOptions = {}) => field(name, 'boolean', o);
export const whole = (name: string, o: FieldOptions = {}) => field(name, 'int', { precision: 9, ...o });
export const double = (name: string, precision: number, scale: number, o: FieldOptions = {}) => field(name, 'double', { precision, scale, ...o });
export const currency = (name: string, o: FieldOptions = {}) => field(name, 'currency', { precision: 18, scale: 2, ...o });
export const percent = (name: string, o: FieldOptions = {}) => field(name, 'percent', { precision: 3, scale: 0, ...o });
export const date = (name: string, o: FieldOptions = {}) => field(name, 'date', o);
export const datetime = (name: string, o: FieldOptions = {}) => field(name, 'datetime', o);
export const email = (name: string, o: FieldOptions = {}) => field(name, 'email', { length: 80, ...o });
export const phone = (name: string, o: FieldOptions = {}) => field(name, 'phone', { length: 40, ...o });
export const url = (name: string, o: FieldOptions = {}) => field(name, 'url', { length: 255, ...o });
export const picklist = (name: string, values: string[], o: FieldOptions = {}) => field(name, 'picklist', { length: 255, picklist: values, ...o });
export const multipicklist = (name: string, values: string[], o: FieldOptions = {}) =>
  field(name, 'multipicklist', { length: 4099, picklist: values, ...o });

/**
 * A compound of the fields that begin with its own name's first word; worked out when it is shown.
 */
export const compoundAddress = (name: string) => field(name, 'address', { createable: false, updateable: false });

/**
 * A look-up. `relationshipName` is the name without Id, or with __r for __c, unless said otherwise.
 */
export const reference = (name: string, referenceTo: string, o: FieldOptions = {}) =>
  field(name, 'reference', {
    length: 18,
    referenceTo,
    relationshipName: name.endsWith('__c') ? name.replace(/__c$/, '__r') : name.replace(/Id$/, ''),
    ...o,
  });

const readOnly = { createable: false, updateable: false };

/**
 * The fields every object has; `softDelete` false leaves IsDeleted out, as on User and
 * OpportunityStage.
 */
function systemFields(softDelete: boolean): FieldSchema[] {
  const system = { ...readOnly, required: true };
  return [
    field('Id', 'id', { length: 18, ...system }),
    ...(softDelete ? [flag('IsDeleted', system)] : []),
    datetime('CreatedDate', system),
    reference('CreatedById', 'User', system),
    datetime('LastModifiedDate', system),
    reference('LastModifiedById', 'User', system),
    datetime('SystemModstamp', system),
  ];
}

export interface ObjectOptions {
  labelPlural?: string;
  createable?: boolean;
  deletable?: boolean;
  softDelete?: boolean;
}

export function object(name: string, keyPrefix: string, own: FieldSchema[], o: ObjectOptions = {}): ObjectSchema {
  const fields = [...systemFields(o.softDelete ?? true), ...own];
  const label = labelOf(name);
  return {
    name,
    label,
    labelPlural: o.labelPlural ?? `${label}s`,
    keyPrefix,
    custom: name.endsWith('__c'),
    createable: o.createable ?? true,
    deletable: o.deletable ?? true,
    fields,
    byName: new Map(fields.map(f => [f.name.toLowerCase(), f])),
  };
}

/** A long text and an address can be read only. */
export const isFilterable = ({ type, length }: FieldSchema): boolean => type !== 'address' && !(type === 'textarea' && length > 255);

/** The objects of the org, found by name without minding case. */
export class Schema {
  readonly #byName: Map<string, ObjectSchema>;
  readonly #children = new Map<string, ChildRelationship[]>();

  constructor(readonly objects: ObjectSchema[]) {
    this.#byName = new Map(objects.map(o => [o.name.toLowerCase(), o]));
    for (const child of objects) {
      for (const way of child.fields) {
        if (!way.childRelationship || !way.referenceTo) continue;
        const known = this.#children.get(way.referenceTo) ?? [];
        this.#children.set(way.referenceTo, [...known, { name: way.childRelationship, child, field: way }]);
      }
    }
  }

  find(name: string): ObjectSchema | undefined {
    return this.#byName.get(name.toLowerCase());
  }

  childrenOf(parent: ObjectSchema): ChildRelationship[] {
    return this.#children.get(parent.name) ?? [];
  }

  child(parent: ObjectSchema, relationship: string): ChildRelationship | undefined {
    return this.childrenOf(parent).find(c => c.name.toLowerCase() === relationship.toLowerCase());
  }

  /** The field behind `relationship`, e.g. `Account` -> AccountId. */
  parent(child: ObjectSchema, relationship: string): FieldSchema | undefined {
    return child.fields.find(f => f.relationshipName?.toLowerCase() === relationship.toLowerCase());
  }
}
