import type { ExternalRef, FinancialDimensions, FinancialProject } from '#canonical';

type AlwaysThere = 'id' | 'title' | 'status' | 'tasks' | 'timeAllowed' | 'expensesAllowed';

/**
 * A financial project as the ERP has it now, and where. Attributes that are absent there are absent
 * here.
 */
export type FinancialProjectInErp = Pick<FinancialProject, AlwaysThere> &
  Partial<Omit<FinancialProject, AlwaysThere | 'dimensions'>> & { dimensions: Partial<FinancialDimensions>; refs: ExternalRef[] };
