/** Injects the CRM that is configured. */
export const CRM = Symbol('throughline:crm');
