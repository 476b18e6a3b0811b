import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * The rows that the current work may see: those of a principal's legal entities and rights, or all.
 */
export interface View {
  legalEntities: readonly string[] | '*';
  /** Sees rows that have no legal entity (yet). */
  seesUnassigned: boolean;
  /** Rights to sensitive fields; `*` is all of them. */
  fieldRights: readonly string[];
  /** Whose rows a partner sees: those of the customers that it is, or of the people whom it lends. */
  partner?: { readonly customerIds: readonly string[]; readonly agency: string | null };
  /** Why the work sees everything when no principal decides what it sees. */
  reason?: string;
}

const views = new AsyncLocalStorage<View | undefined>();

/** The view of the current work. Without one, a statement sees no row that belongs to anybody. */
export const currentView = (): View | undefined => views.getStore();

/**
 * Runs `work`, and what it starts, with what this principal may see. Without a principal it sees
 * nothing.
 */
export function withView<T>(principal: View | undefined, work: () => T): T {
  const view = principal && {
    legalEntities: principal.legalEntities,
    seesUnassigned: principal.seesUnassigned,
    fieldRights: principal.fieldRights,
    partner: principal.partner,
  };
  return views.run(view, work);
}

/**
 * Runs `work` seeing every row: the app's own work, and the few places where a request must see
 * more than its caller's rows. The reason is for readers of the code; a search for this function
 * finds all work that sees everything.
 */
export function withFullView<T>(reason: string, work: () => T): T {
  return views.run({ legalEntities: '*', seesUnassigned: true, fieldRights: ['*'], reason }, work);
}

/** Whether no row is hidden; fields may be. */
export const seesEveryRow = (view: View): boolean => view.legalEntities === '*' && view.seesUnassigned;
