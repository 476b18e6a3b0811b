/**
 * The longest text that the account accepts, in characters, by field name; `customField` is for the
 * firm's own Free-Form Text fields. The bounds of `state`, `addr1`, `city` and `phone` were seen in
 * refusals of real accounts, those of `companyName` and `customField` in guides. The others come
 * from people's memory, so they are a choice. For fields that are missing here, such as the title
 * of a task, no bound is public.
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
