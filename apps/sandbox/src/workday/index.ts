import type { Firm } from '../firm/firm.js';
import {
  clockNow,
  type Ledger,
  type Store,
  type Vendor,
  type VendorAnswer,
  type VendorCall,
  type VendorRefusal,
  type VendorRequest,
} from '../kit/index.js';
import { costRatesReport } from './cost-rates-report.js';
import { readGetWorkers } from './get-workers-request.js';
import { answerGetWorkers } from './get-workers.js';
import { HrConsole } from './hr-console.js';
import { seedWorkers } from './seed.js';
import { badLogin, faultAnswer, invalidRequest, openEnvelope, processingFault, soapAnswer, SoapFault } from './soap.js';
import type { Withheld } from './worker-markup.js';
import { Workers } from './workers.js';
import { wsdlAt } from './wsdl.js';

export interface WorkdayOptions {
  tenant: string;
  /** The integration system user, with or without `@tenant`. */
  username: string;
  password: string;
  /**
   * The owner of the report `Cost_Rates`, who appears in its address. Default `ISU_Integration`.
   */
  reportOwner?: string;
  /** Data the user's security group has no right to: it is left out of answers without a word. */
  withheld?: Withheld;
  /** False: the user may not run Get_Workers at all. */
  authorised?: boolean;
  /**
   * The JSON report's answer without rows; clients must accept both (unverified). Default an empty
   * array.
   */
  whenReportIsEmpty?: 'array' | 'object';
  /** Calls at once before throttling. Workday publishes no number; default none. */
  concurrency?: number;
  now?: () => Date;
}

/**
 * A Workday tenant: `Human_Resources` by SOAP (Get_Workers as of v44.2, WSDL at `?wsdl`), the
 * report `Cost_Rates` as a service, and a console for the HR department that only the sandbox has
 * (see HrConsole).
 */
export function createWorkday(store: Store, ledger: Ledger, firm: Firm, options: WorkdayOptions): Vendor {
  const workers = new Workers(store);
  if (store.empty) seedWorkers(store, workers, firm);
  return new Workday(workers, firm, options, new HrConsole(store, ledger, workers, options.now ?? clockNow));
}

class Workday implements Vendor {
  readonly name = 'workday';
  readonly concurrency?: number;
  readonly #username: string;
  readonly #service: RegExp;
  readonly #report: string;

  constructor(
    private readonly workers: Workers,
    private readonly firm: Firm,
    private readonly options: WorkdayOptions,
    private readonly hrConsole: HrConsole,
  ) {
    this.concurrency = options.concurrency;
    const { tenant, username, reportOwner = 'ISU_Integration' } = options;
    this.#username = username.replace(`@${tenant}`, '');
    this.#service = new RegExp(`^/ccx/service/${tenant}/Human_Resources/(v(?:4[0-6])\\.[0-9])$`);
    this.#report = `/ccx/service/customreport2/${tenant}/${reportOwner}/Cost_Rates`;
  }

  classify(request: VendorRequest): VendorCall | null {
    if (isReport(request)) return { kind: 'read', type: request.path.split('/').at(-1) ?? 'report', operation: 'report' };
    if (request.method !== 'POST' || request.path.startsWith('/sandbox/')) return null;
    return { kind: 'read', type: /<(?:\w+:)?(\w+)_Request[\s>]/.exec(request.body)?.[1] ?? 'unknown', operation: 'soap' };
  }

  handle(request: VendorRequest): VendorAnswer {
    if (request.path.startsWith('/sandbox/workers/')) return this.#basic(request) ? this.hrConsole.handle(request) : unauthorised();
    if (isReport(request)) return this.#answerReport(request);
    if (this.#service.test(request.path) && request.method === 'GET' && request.query.has('wsdl')) {
      return { status: 200, headers: { 'content-type': 'text/xml;charset=UTF-8' }, body: wsdlAt(`${request.baseUrl}${request.path}`) };
    }
    if (!request.path.startsWith('/ccx/service/') || request.method !== 'POST') return { status: 404, headers: HTML, body: page('404 Not Found') };
    return this.#answerSoap(request);
  }

  #answerSoap(request: VendorRequest): VendorAnswer {
    try {
      const { operation, login } = openEnvelope(request.body);
      const { tenant, password, authorised = true, withheld = new Set() } = this.options;
      const known = login?.username === `${this.#username}@${tenant}` && login.password === password;
      if (!known || request.path.split('/')[3] !== tenant) throw badLogin();
      const version = this.#service.exec(request.path)?.[1];
      if (!version) throw invalidRequest(`Invalid service or version: ${request.path}`);
      if (operation.name !== 'Get_Workers_Request')
        throw invalidRequest(`${operation.name} is not an operation of Human_Resources`, `/${operation.name}`);
      if (!authorised) throw processingFault('The task submitted is not authorized.');
      const asked = readGetWorkers(operation, this.#now());
      return soapAnswer(answerGetWorkers(asked, version, this.workers, this.firm, withheld));
    } catch (error) {
      if (error instanceof SoapFault) return faultAnswer(error);
      throw error;
    }
  }

  #answerReport(request: VendorRequest): VendorAnswer {
    if (!this.#basic(request)) return unauthorised();
    if (request.path !== this.#report) return { status: 404, body: { error: `no report ${request.path}` } };
    return costRatesReport(request, this.workers, this.firm, { now: this.#now(), whenEmpty: this.options.whenReportIsEmpty ?? 'array' });
  }

  /** Basic authentication as the integration user, with or without the tenant behind its name. */
  #basic({ headers }: VendorRequest): boolean {
    const [scheme, encoded] = (headers.authorization ?? '').split(' ');
    if (scheme.toLowerCase() !== 'basic') return false;
    const [, name, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString('utf8')) ?? [];
    return (name === this.#username || name === `${this.#username}@${this.options.tenant}`) && password === this.options.password;
  }

  #now(): Date {
    return this.options.now?.() ?? clockNow();
  }

  /**
   * Reports answer 429; SOAP has no such status and answers a fault with 500. Neither says when to
   * retry. The text is ours.
   */
  throttled(request: VendorRequest): VendorAnswer {
    if (isReport(request)) return { status: 429, body: { error: 'Too many requests' } };
    return faultAnswer(new SoapFault('Server.tooManyRequests', 'The number of requests exceeds what is allowed. Try again later.'));
  }

  failed(request: VendorRequest, status: number): VendorAnswer {
    if (isReport(request)) return { status, body: { error: 'Internal error' } };
    return faultAnswer(new SoapFault('Server', 'Internal error'), status);
  }

  refused(_: VendorRequest, { code, message, status }: VendorRefusal): VendorAnswer {
    const fault =
      code === 'validation'
        ? invalidRequest(message)
        : code === 'processing'
          ? processingFault(message)
          : code === 'authentication'
            ? badLogin()
            : new SoapFault(code, message);
    return faultAnswer(fault, status);
  }

  down(): VendorAnswer {
    return { status: 503, headers: HTML, body: page('Workday is temporarily unavailable: scheduled maintenance.') };
  }
}

const HTML = { 'content-type': 'text/html;charset=UTF-8' };

const page = (text: string): string => `<!DOCTYPE html><html><head><title>Workday</title></head><body><h1>${text}</h1></body></html>`;

const isReport = ({ path }: VendorRequest): boolean => path.startsWith('/ccx/service/customreport2/');

const unauthorised = (): VendorAnswer => ({
  status: 401,
  headers: { 'www-authenticate': 'Basic realm="Workday"' },
  body: { error: 'invalid username or password' },
});
