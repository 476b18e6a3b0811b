/** Injects the ERP that is configured. */
export const ERP = Symbol('throughline:erp');
