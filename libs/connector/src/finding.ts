/**
 * One thing that a vendor folder's check found out, for the person who points a system app at a real tenant.
 * `what` is the thing in plain words ("reads opportunities"), `say` what was seen or what is missing and who can mend it.
 */
export interface Finding {
  what: string;
  ok: boolean;
  say: string;
}
