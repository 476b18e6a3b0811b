import { isFilterable, type ChildRelationship, type FieldSchema, type ObjectSchema, type Schema } from './schema.js';

const SOAP_TYPES: Record<string, string> = {
  id: 'tns:ID',
  reference: 'tns:ID',
  boolean: 'xsd:boolean',
  int: 'xsd:int',
  double: 'xsd:double',
  currency: 'xsd:double',
  percent: 'xsd:double',
  address: 'urn:address',
  date: 'xsd:date',
  datetime: 'xsd:dateTime',
};

/** An object's entry of the global describe, and the head of its own. */
export function describeHead(object: ObjectSchema, base: string): Record<string, unknown> {
  const at = `${base}/sobjects/${object.name}`;
  return {
    activateable: false,
    createable: object.createable,
    custom: object.custom,
    customSetting: false,
    deepCloneable: false,
    deletable: object.deletable,
    deprecatedAndHidden: false,
    feedEnabled: false,
    hasSubtypes: false,
    isInterface: false,
    isSubtype: false,
    keyPrefix: object.keyPrefix,
    label: object.label,
    labelPlural: object.labelPlural,
    layoutable: true,
    mergeable: object.name === 'Account' || object.name === 'Contact',
    mruEnabled: true,
    name: object.name,
    queryable: true,
    replicateable: true,
    retrieveable: true,
    searchable: true,
    triggerable: true,
    undeletable: object.deletable,
    updateable: object.createable,
    urls: { rowTemplate: `${at}/{ID}`, describe: `${at}/describe`, sobject: at },
  };
}

export function describeObject(schema: Schema, object: ObjectSchema, base: string): Record<string, unknown> {
  return {
    ...describeHead(object, base),
    fields: object.fields.map(describeField),
    childRelationships: schema.childrenOf(object).map(describeChild),
    recordTypeInfos: [
      { active: true, available: true, defaultRecordTypeMapping: true, master: true, name: 'Master', recordTypeId: '012000000000000AAA' },
    ],
    supportedScopes: [{ label: `All ${object.labelPlural}`, name: 'everything' }],
  };
}

function describeField(field: FieldSchema): Record<string, unknown> {
  const textual = !['boolean', 'int', 'double', 'currency', 'percent', 'date', 'datetime'].includes(field.type);
  return {
    aggregatable: field.type !== 'textarea' && field.type !== 'multipicklist' && field.type !== 'boolean',
    autoNumber: false,
    byteLength: field.length * 3,
    calculated: field.calculated,
    calculatedFormula: null,
    caseSensitive: false,
    compoundFieldName: /^(Billing|Shipping)(Street|City|State|PostalCode|Country)$/.exec(field.name)?.[1].concat('Address') ?? null,
    controllerName: null,
    createable: field.createable,
    custom: field.name.endsWith('__c'),
    defaultValue: field.defaultValue ?? null,
    defaultedOnCreate: field.defaultValue !== undefined || field.name === 'OwnerId' || !field.createable,
    dependentPicklist: false,
    deprecatedAndHidden: false,
    digits: field.type === 'int' ? field.precision : 0,
    externalId: field.externalId,
    filterable: isFilterable(field),
    groupable: !['textarea', 'multipicklist', 'double', 'currency', 'percent', 'datetime'].includes(field.type),
    idLookup: field.type === 'id' || field.externalId,
    inlineHelpText: null,
    label: field.label,
    length: field.length,
    name: field.name,
    nameField: field.nameField,
    nillable: field.nillable,
    picklistValues: field.picklist.map(value => ({
      active: true,
      defaultValue: value === field.defaultValue,
      label: value,
      validFor: null,
      value,
    })),
    precision: field.precision,
    referenceTo: field.referenceTo ? [field.referenceTo] : [],
    relationshipName: field.relationshipName ?? null,
    relationshipOrder: field.cascadeDelete && !field.nillable ? 0 : null,
    restrictedPicklist: field.restricted,
    scale: field.scale,
    soapType: SOAP_TYPES[field.type] ?? 'xsd:string',
    sortable: field.type !== 'textarea' && field.type !== 'multipicklist',
    type: field.type,
    unique: field.unique,
    updateable: field.updateable,
    ...(textual ? {} : { length: 0 }),
  };
}

const describeChild = ({ name, child, field }: ChildRelationship) => ({
  cascadeDelete: field.cascadeDelete,
  childSObject: child.name,
  deprecatedAndHidden: false,
  field: field.name,
  junctionIdListNames: [],
  junctionReferenceTo: [],
  relationshipName: name,
  restrictedDelete: false,
});
