/** The day on the account's clock, in UTC. */
export const today = (): string => new Date().toISOString().slice(0, 10);

/** As the account stamps its records: to the second. */
export const now = (): string => new Date().toISOString().replace(/\.\d+Z$/, 'Z');
