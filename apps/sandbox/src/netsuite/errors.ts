import type { VendorAnswer } from '../kit/index.js';

export interface ErrorDetail {
  detail: string;
  code: string;
  path?: string;
  header?: string;
  queryParam?: string;
}

const TITLES: Record<number, { title: string; section: string }> = {
  400: { title: 'Bad Request', section: '15.5.1' },
  401: { title: 'Unauthorized', section: '15.5.2' },
  404: { title: 'Not Found', section: '15.5.5' },
  405: { title: 'Method Not Allowed', section: '15.5.6' },
  429: { title: 'Too Many Requests', section: '15.5.1' },
};

/**
 * A refusal as the REST services write it: `o:errorDetails` with a code and, where known, the path,
 * header or query parameter.
 */
export class NetsuiteError extends Error {
  readonly details: ErrorDetail[];

  constructor(
    readonly status: number,
    ...details: ErrorDetail[]
  ) {
    super(details.map(({ detail }) => detail).join(' '));
    this.details = details;
  }

  answer(): VendorAnswer {
    const { title, section } = TITLES[this.status] ?? { title: 'Internal Server Error', section: '15.6.1' };
    const body = {
      type: `https://www.rfc-editor.org/rfc/rfc9110.html#section-${section}`,
      title,
      status: this.status,
      'o:errorDetails': this.details.map(({ detail, code, path, header, queryParam }) => ({
        detail,
        ...(path === undefined ? {} : { 'o:errorPath': path }),
        ...(header === undefined ? {} : { 'o:errorHeader': header }),
        ...(queryParam === undefined ? {} : { 'o:errorQueryParam': queryParam }),
        'o:errorCode': code,
      })),
    };
    return { status: this.status, headers: { 'content-type': 'application/vnd.oracle.resource+json; type=error; charset=UTF-8' }, body };
  }
}

export const invalidLogin = () =>
  new NetsuiteError(401, {
    detail:
      'Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at Setup > Users/Roles > User Management > View Login Audit Trail.',
    code: 'INVALID_LOGIN',
  });

export const badContent = () => new NetsuiteError(400, { detail: 'Invalid content in the request body.', code: 'INVALID_CONTENT' });

export const badValue = (value: unknown, field: string, path = field) =>
  new NetsuiteError(400, {
    detail: `Error while accessing resource: You have entered an Invalid Field Value ${typeof value === 'object' ? JSON.stringify(value) : String(value)} for the following field: ${field}`,
    code: 'INVALID_CONTENT',
    path,
  });

export const unknownProperty = (path: string) =>
  new NetsuiteError(400, {
    detail: `Error while accessing resource: The property ${path} does not exist on this record.`,
    code: 'INVALID_CONTENT',
    path,
  });

export const userError = (detail: string, path?: string) => new NetsuiteError(400, { detail, code: 'USER_ERROR', path });

export const tooLong = (field: string, most: number) =>
  userError(`The field ${field} contained more than the maximum number ( ${most} ) of characters allowed.`);

export const noSuchRecord = () =>
  new NetsuiteError(404, { detail: 'The record instance does not exist. Provide a valid record instance ID.', code: 'NONEXISTENT_ID' });

export const noSuchType = (type: string) => new NetsuiteError(404, { detail: `Record type '${type}' does not exist.`, code: 'NONEXISTENT_ID' });

export const noPermission = () =>
  userError('Your current role does not have permission to perform this action. Please contact your account administrator.');

export const tooManyAtOnce = () =>
  new NetsuiteError(429, { detail: 'Concurrent request limit exceeded. Request blocked.', code: 'CONCURRENCY_LIMIT_EXCEEDED' });

export const badParameter = (detail: string, queryParam: string) => new NetsuiteError(400, { detail, code: 'INVALID_PARAMETER', queryParam });

export const badHeader = (header: string, value: string) =>
  new NetsuiteError(400, { detail: `Invalid value '${value}' of the header ${header}.`, code: 'INVALID_HEADER', header });

export const unexpectedError = (status: number) =>
  new NetsuiteError(status, { detail: 'An unexpected error occurred. Error ID: sandbox', code: 'UNEXPECTED_ERROR' });

export const notAllowed = (method: string) =>
  new NetsuiteError(405, { detail: `The method ${method} is not allowed for this resource.`, code: 'METHOD_NOT_ALLOWED' });

/** The vendor's error for a transaction that does not exist. */
export const noSuchTransaction = () => userError('Error while accessing a resource. Transaction type specified is incorrect.');

/**
 * A reference that exists but may not be used: the error reads as if it did not exist, but is a
 * business rule.
 */
export const invalidFieldValue = (value: unknown, field: string, path = field) =>
  userError(`You have entered an Invalid Field Value ${String(value)} for the following field: ${field}.`, path);
