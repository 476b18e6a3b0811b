import { readFileSync } from 'node:fs';
import { importPKCS8, SignJWT } from 'jose';
import type { SandboxEndpoints } from '../../apps/sandbox/src/sandboxes.js';

type NetsuiteRecord = Record<string, unknown> & { id: string };

interface Billable {
  doc: { id: string };
  line?: number;
  billedDate?: string;
}

/** What could be billed of a project, as the form of a new invoice shows it. */
interface InvoiceForm {
  time: { items: Billable[] };
  expCost: { items: Billable[] };
}

interface InvoicedTime {
  doc: { id: string };
  item: { id: string };
  job: { id: string };
  quantity: number;
  rate: number;
  amount: number;
  memo?: string;
}

/** A row of what a currency is worth in another; currencies by their ids in NetSuite. */
export interface ExchangeRateRow {
  baseCurrency: string;
  transactionCurrency: string;
  effectiveDate: string;
  rate: string;
}

interface List {
  items: { id: string }[];
}

/** What the finance department does in NetSuite, over its own REST interface: periods, invoices, payments, credits. */
export class Finance {
  #token = { value: '', until: 0 };

  constructor(private readonly netsuite: SandboxEndpoints['netsuite']) {}

  /** Closes a period, `Aug 2026`, for everybody. */
  closePeriod(name: string): Promise<void> {
    return this.#setClosed(name, true);
  }

  openPeriod(name: string): Promise<void> {
    return this.#setClosed(name, false);
  }

  /** What may be billed of a project at most; null: as much as there is. */
  async setNotToExceed(projectId: string, amount: number | null): Promise<void> {
    await this.#send('PATCH', `/record/v1/job/eid:${projectId}`, { custentity_not_to_exceed: amount });
  }

  /** Gives a customer's projects to another and makes it inactive, by their numbers. */
  async mergeCustomer(number: string, into: string, projectIds: string[]): Promise<void> {
    const [gone, survivor] = await Promise.all([number, into].map(one => this.find('customer', `entityId IS "${one}"`)));
    for (const projectId of projectIds) await this.#send('PATCH', `/record/v1/job/eid:${projectId}`, { parent: { id: survivor.id } });
    await this.#send('PATCH', `/record/v1/customer/${gone.id}`, { isInactive: true });
  }

  /** Invoices what is billable of a project up to a day: time, expenses and charges. Answers the invoice's id. */
  async invoice(projectId: string, upTo: string): Promise<string> {
    const form = await this.#form(projectId);
    const due = ({ billedDate }: Billable) => (billedDate ?? '') <= upTo;
    const body = {
      tranDate: upTo,
      asOfDate: upTo,
      whichChargesToAdd: { id: 'AS_OF_DATE' },
      time: { items: form.time.items.filter(due).map(({ doc: { id } }) => ({ apply: true, doc: { id } })) },
      expCost: { items: form.expCost.items.filter(due).map(({ doc: { id }, line }) => ({ apply: true, doc: { id }, line })) },
    };
    return idIn(await this.#send('POST', formOf(projectId), body));
  }

  /** Whether the form of a new invoice shows time or expenses of a project. */
  async hasUnbilled(projectId: string): Promise<boolean> {
    const { time, expCost } = await this.#form(projectId);
    return time.items.length + expCost.items.length > 0;
  }

  async isVoided(invoiceId: string): Promise<boolean> {
    return ((await this.read('invoice', invoiceId)).status as { id: string }).id === 'V';
  }

  /** The customer pays all that is due. */
  async takePayment(invoiceId: string, on: string): Promise<string> {
    return idIn(await this.#send('POST', `/record/v1/invoice/${invoiceId}/!transform/customerPayment`, { tranDate: on }));
  }

  /** Credits the time of these external ids that is on an invoice. */
  async creditTime(invoiceId: string, externalIds: string[], on: string): Promise<string> {
    const ids = await Promise.all(externalIds.map(async externalId => (await this.read('timeBill', `eid:${externalId}`)).id));
    const { time } = (await this.read('invoice', invoiceId)) as unknown as { time: { items: InvoicedTime[] } };
    const items = time.items
      .filter(({ doc }) => ids.includes(doc.id))
      .map(({ item, job, quantity, rate, amount, memo }) => ({
        item: { id: item.id },
        job: { id: job.id },
        quantity,
        rate,
        amount,
        description: memo,
      }));
    if (items.length !== ids.length) throw new Error(`invoice ${invoiceId} has ${items.length} of ${externalIds.join(', ')}`);
    return idIn(await this.#send('POST', `/record/v1/invoice/${invoiceId}/!transform/creditMemo`, { tranDate: on, item: { items } }));
  }

  /** Voids an invoice, which NetSuite lets people do in its screens only. */
  async voidInvoice(invoiceId: string): Promise<void> {
    const answer = await fetch(`${this.netsuite.baseUrl}/sandbox/finance/invoices/${invoiceId}/void`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await this.#bearer()}` },
    });
    if (!answer.ok) throw new Error(`invoice ${invoiceId} was not voided: ${answer.status} ${await answer.text()}`);
  }

  /** Takes a customer out of use, as finance does when it is not to be billed any more. */
  async deactivateCustomer(customerId: string): Promise<void> {
    await this.#send('PATCH', `/record/v1/customer/eid:${customerId}`, { isInactive: true });
  }

  /** The newest row of what one unit of a currency is worth in another on a day. */
  async exchangeRate(of: string, inCurrency: string, day: string): Promise<ExchangeRateRow> {
    const [transactionCurrency, baseCurrency] = await Promise.all(
      [of, inCurrency].map(async symbol => (await this.find('currency', `symbol IS "${symbol}"`)).id),
    );
    const rows = await this.query(
      `SELECT exchangerate, TO_CHAR(effectivedate, 'YYYY-MM-DD') AS day FROM currencyrate ` +
        `WHERE basecurrency = ${baseCurrency} AND transactioncurrency = ${transactionCurrency} ORDER BY effectivedate, id`,
    );
    const newest = rows.findLast(row => row.day <= day)!;
    return { baseCurrency, transactionCurrency, effectiveDate: newest.day, rate: newest.exchangerate };
  }

  /** Enters the rate of a day once more: NetSuite changes none, and the newest of a day holds. */
  async correctExchangeRate({ baseCurrency, transactionCurrency, effectiveDate }: ExchangeRateRow, rate: string): Promise<void> {
    await this.#send('POST', '/record/v1/currencyRate', {
      baseCurrency: { id: baseCurrency },
      transactionCurrency: { id: transactionCurrency },
      effectiveDate,
      exchangeRate: Number(rate),
    });
  }

  async read(type: string, key: string): Promise<NetsuiteRecord> {
    return (await this.#send('GET', `/record/v1/${type}/${key}?expandSubResources=true`)).body as NetsuiteRecord;
  }

  /** The one record that a filter finds. */
  async find(type: string, q: string): Promise<NetsuiteRecord> {
    const { items } = (await this.#send('GET', `/record/v1/${type}?q=${encodeURIComponent(q)}`)).body as List;
    if (items.length !== 1) throw new Error(`${items.length} of ${type} where ${q}`);
    return this.read(type, items[0].id);
  }

  /** Rows of a SuiteQL query, its first thousand. */
  async query(q: string): Promise<Record<string, string>[]> {
    const { body } = await this.#send('POST', '/query/v1/suiteql?limit=1000', { q }, { prefer: 'transient' });
    return (body as { items: Record<string, string>[] }).items;
  }

  async #form(projectId: string): Promise<InvoiceForm> {
    return (await this.#send('POST', formOf(projectId), {}, { accept: CREATE_FORM })).body as InvoiceForm;
  }

  async #setClosed(name: string, closed: boolean): Promise<void> {
    const { id } = await this.find('accountingPeriod', `periodName IS "${name}"`);
    await this.#send('PATCH', `/record/v1/accountingPeriod/${id}`, { closed });
    if ((await this.read('accountingPeriod', id)).closed !== closed) throw new Error(`${name} stays as it was`);
  }

  async #send(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<{ headers: Headers; body: unknown }> {
    const answer = await fetch(`${this.netsuite.baseUrl}/services/rest${path}`, {
      method,
      headers: { authorization: `Bearer ${await this.#bearer()}`, ...(body ? { 'content-type': 'application/json' } : {}), ...STRICT, ...headers },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 500)}`);
    return { headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
  }

  async #bearer(): Promise<string> {
    if (this.#token.until > Date.now()) return this.#token.value;
    const { tokenUrl, clientId, certificateId, privateKeyFile, alg } = this.netsuite;
    const assertion = await new SignJWT({ scope: ['rest_webservices'] })
      .setProtectedHeader({ typ: 'JWT', alg, kid: certificateId })
      .setIssuer(clientId)
      .setAudience(tokenUrl)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(await importPKCS8(readFileSync(privateKeyFile, 'utf8'), alg));
    const form = {
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    };
    const answer = await fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(form) });
    if (!answer.ok) throw new Error(`finance may not log in: ${answer.status} ${await answer.text()}`);
    this.#token = { value: ((await answer.json()) as { access_token: string }).access_token, until: Date.now() + HALF_AN_HOUR_MS };
    return this.#token.value;
  }
}

const formOf = (projectId: string): string => `/record/v1/job/eid:${projectId}/!transform/invoice`;

const CREATE_FORM = 'application/vnd.oracle.resource+json; type=create-form';
const HALF_AN_HOUR_MS = 1_800_000;
/** NetSuite drops what it does not know unless told to refuse. */
const STRICT = { 'x-netsuite-propertynamevalidation': 'Error' };

function idIn({ headers }: { headers: Headers }): string {
  const id = /\/(\d+)$/.exec(headers.get('location') ?? '')?.[1];
  if (!id) throw new Error(`no id in ${headers.get('location')}`);
  return id;
}
