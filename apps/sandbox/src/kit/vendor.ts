/**
 * A request as a vendor sees it. `path` has no query; `body` is the raw text; header names are
 * lower-case.
 */
export interface VendorRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: string;
  /** `http://127.0.0.1:<port>`, for links in answers. */
  baseUrl: string;
  /** What a planned fault does to the notice of this write's change. */
  notice?: NoticeFault;
}

/** Change notices that never come, come `ms` late, or come twice. */
export type NoticeFault = { how: 'drop' } | { how: 'delay'; ms: number } | { how: 'duplicate' };

/**
 * `body`: an object is sent as JSON, a string as it is. `content-type` defaults to
 * `application/json;charset=UTF-8`.
 */
export interface VendorAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/** The refusal that a planned fault makes a vendor answer. */
export interface VendorRefusal {
  code: string;
  message: string;
  status?: number;
}

/** What a request does, in the terms of the fault control and the call counters. */
export interface VendorCall {
  kind: (typeof CALL_KINDS)[number];
  /** The vendor's record type: `Opportunity`, `workspaces`, `job`, `Get_Workers`. */
  type: string;
  /** `create`, `update`, `upsert`, `delete`, `query`, `get`, … */
  operation: string;
}

/** `record`: one record of a job, worked on after its request was answered. */
export const CALL_KINDS = ['auth', 'read', 'write', 'record'] as const;

/**
 * A stand-in for one vendor. `handle` is synchronous and runs in one transaction of its store: an
 * answer means it is committed.
 */
export interface Vendor {
  readonly name: string;
  /** What the request does, or null if it isn't an API call (a WSDL, a versions list). */
  classify(request: VendorRequest): VendorCall | null;
  handle(request: VendorRequest): VendorAnswer;
  /** The vendor's way of saying: too many calls. */
  throttled(request: VendorRequest): VendorAnswer;
  /** The vendor's way of failing with `status` (5xx). */
  failed(request: VendorRequest, status: number): VendorAnswer;
  /**
   * The vendor's way of refusing with a code and words; with its usual status for that code, unless
   * one is given.
   */
  refused(request: VendorRequest, refusal: VendorRefusal): VendorAnswer;
  /** The vendor's maintenance page. */
  down(request: VendorRequest): VendorAnswer;
  /** Given, asks for each record of a job whether a planned fault refuses it. */
  refuseRecords?(refusalOf: (call: VendorCall, request: VendorRequest) => VendorRefusal | undefined): void;
  /** Which of its notices can go wrong. Absent: it sends none. */
  readonly notices?: readonly NoticeFault['how'][];
  /**
   * How many requests of the account may run at once; the next is `throttled`. Absent: no limit.
   */
  concurrency?: number;
  /**
   * Settings that can be changed while it runs; kept over restarts. `change` throws a
   * SettingsRefused.
   */
  readonly settings?: VendorSettings;
  /** Stops its own work. */
  close?(): void;
}

export interface VendorSettings {
  read(): Record<string, number>;
  change(values: Record<string, unknown>): void;
}

/** What is wrong with requested settings: each wrong field, and its allowed values. */
export class SettingsRefused extends Error {
  constructor(readonly fields: { field: string; message: string }[]) {
    super(fields.map(({ field, message }) => `${field} ${message}`).join('; '));
  }
}
