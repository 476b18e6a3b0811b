/**
 * How many characters the account takes in a text, by the name of its field; `customField` is a Free-Form Text of the firm's own. Those of `state`,
 * `addr1`, `city` and `phone` were seen in refusals of real accounts, `companyName` and `customField` in guides; the others are what people
 * remember, so they are a choice. Of a field that isn't here, as the title of a task, nobody tells a length in public.
 */
export const FIELD_LENGTHS: Record<string, number> = {
  state: 30,
  addr1: 150,
  addr2: 150,
  addr3: 150,
  city: 50,
  zip: 36,
  attention: 150,
  addressee: 150,
  phone: 32,
  email: 254,
  firstName: 32,
  lastName: 32,
  companyName: 83,
  entityId: 83,
  memo: 4000,
  otherRefNum: 45,
  customField: 300,
};

/** The most of a field by its name. */
export const lengthOf = (name: string, lengths: Record<string, number>): number =>
  lengths[name] ?? (/^cust[a-z]+_/.test(name) ? lengths.customField : undefined) ?? Infinity;
