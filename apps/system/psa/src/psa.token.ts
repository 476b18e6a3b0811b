/** Injects the PSA that is configured. */
export const PSA = Symbol('throughline:psa');
