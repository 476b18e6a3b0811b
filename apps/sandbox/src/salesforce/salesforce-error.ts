/** One entry of a REST error array. Errors of a save have `fields` (often empty); others do not. */
export interface RestError {
  message: string;
  errorCode: string;
  fields?: string[];
}

/** Ends a request with an error array and its status. */
export class SalesforceError extends Error {
  readonly errors: RestError[];

  constructor(
    readonly status: number,
    errorCode: string,
    message: string,
    fields?: string[],
  ) {
    super(`${errorCode}: ${message}`);
    this.errors = [{ message, errorCode, ...(fields ? { fields } : {}) }];
  }

  get code(): string {
    return this.errors[0].errorCode;
  }
}

export const resourceMissing = () => new SalesforceError(404, 'NOT_FOUND', 'The requested resource does not exist');
export const recordMissing = (value: string) =>
  new SalesforceError(404, 'NOT_FOUND', `Provided external ID field does not exist or is not accessible: ${value}`);
