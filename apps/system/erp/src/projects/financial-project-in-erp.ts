import type { ExternalRef, FinancialDimensions, FinancialProject } from '#canonical';

type AlwaysThere = 'id' | 'title' | 'status' | 'tasks' | 'timeAllowed' | 'expensesAllowed';

/** A financial project as the ERP holds it now, and where. What is absent there is absent here. */
export type FinancialProjectInErp = Pick<FinancialProject, AlwaysThere> &
  Partial<Omit<FinancialProject, AlwaysThere | 'dimensions'>> & { dimensions: Partial<FinancialDimensions>; refs: ExternalRef[] };
