import { DealToProject } from './deal-to-project/deal-to-project.flow.js';

/** The flows of this app by name. The name is part of every journal and never changes. */
export const flows = { 'deal-to-project': DealToProject };
