/** Injects the HCM that is configured. */
export const HCM = Symbol('throughline:hcm');
