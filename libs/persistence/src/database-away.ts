/**
 * SQLSTATE classes 08 (connection) and 53 (too many connections, no memory or disk), 57P01 to 57P05
 * (shut down, crashed, starting up, dropped, idle too long), and what a socket fails with.
 */
const CODES = /^(08\w{3}|53\w{3}|57P0[1-5]|ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;

/** What the driver says, without a code, of a connection that ended or could not be had. */
const TEXTS = /connection terminated|timeout exceeded when trying to connect|timeout expired|not queryable|server closed the connection/i;

/** Whether a statement failed because Postgres could not be reached or turned the app away, and may succeed later. */
export function isDatabaseAway(error: unknown): boolean {
  const { code, driverError, message } = (error ?? {}) as { code?: unknown; driverError?: unknown; message?: unknown };
  if (driverError !== undefined && driverError !== error) return isDatabaseAway(driverError);
  return typeof code === 'string' ? CODES.test(code) : error instanceof Error && TEXTS.test(String(message));
}
