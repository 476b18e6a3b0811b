/** A record at the vendor with our key. */
export interface VendorRecord {
  /** The vendor's own id. */
  id: string;
  /** Hidden, closed or inactive at the vendor; it still counts. */
  archived?: boolean;
}

/** A member of a set: a record below a parent, with our key for it. */
export interface FoundOfSet extends VendorRecord {
  key: string;
}
