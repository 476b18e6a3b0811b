import type { Verdict } from '../../change.js';
import type { Json } from './case.fixture.js';

/** An edit of one of the documents that this repository emits, as somebody may make it. */
export interface Edit {
  name: string;
  /** `process-time-to-billing`; its first version is edited. */
  document: string;
  edit(at: Reach): void;
  verdict: Verdict;
  /** All that is told but the version, each once: severity, id, and the operations of which it is told. */
  told: Record<string, (string | null)[]>;
  why: string;
}

/** The object at a way of names, which has to be there. */
export type Reach = (...way: string[]) => Record<string, any>;

export const reachIn =
  (document: Json): Reach =>
  (...way) =>
    way.reduce((value: any, key) => {
      const inner = Array.isArray(value) ? (value.find(item => item.name === key) ?? value[Number(key)]) : value[key];
      if (typeof inner !== 'object') throw new Error(`The document has no ${way.join(' / ')} any more: edit something else.`);
      return inner;
    }, document);

const LINES = ['GET /v1/lines', 'GET /v1/lines/{id}'];
const BILLING = 'process-time-to-billing';
const properties = (at: Reach, schema: string): Record<string, any> => at('components', 'schemas', schema, 'properties');
const without = (list: string[], one: string): string[] => list.filter(item => item !== one);

export const EDITS: Edit[] = [
  {
    name: 'the minutes of a line are called workedMinutes',
    document: BILLING,
    edit(at) {
      const line = properties(at, 'LineView');
      line.workedMinutes = line.minutes;
      delete line.minutes;
    },
    verdict: 'breaking',
    told: { 'breaking response-property-removed': LINES, 'info response-property-added': LINES },
    why: 'Whoever reads minutes finds none.',
  },
  {
    name: 'a line may be written off',
    document: BILLING,
    edit: at => properties(at, 'LineView').state.enum.push('written-off'),
    verdict: 'breaking',
    told: { 'breaking response-enum-value-added': LINES },
    why: 'A reader with a case for each state has none for it.',
  },
  {
    name: 'lines can be asked for by the new state',
    document: BILLING,
    edit: at => at('paths', '/v1/lines', 'get', 'parameters', 'state').schema.enum.push('written-off'),
    verdict: 'compatible',
    told: { 'info request-enum-value-added': ['GET /v1/lines'] },
    why: 'The same word in what is asked is more that may be asked.',
  },
  {
    name: 'lines are told with a cost centre',
    document: BILLING,
    edit: at => (properties(at, 'LineView').costCentre = { type: 'string', maxLength: 40 }),
    verdict: 'compatible',
    told: { 'info response-property-added': LINES },
    why: 'Callers ignore fields in answers that they do not know; that is our rule.',
  },
  {
    name: 'the worker’s name may be missing',
    document: BILLING,
    edit(at) {
      const line = at('components', 'schemas', 'LineView');
      line.required = without(line.required, 'workerName');
    },
    verdict: 'breaking',
    told: { 'breaking response-property-became-optional': LINES },
    why: 'Readers show it without looking whether it is there.',
  },
  {
    name: 'lines are only told of one timesheet',
    document: BILLING,
    edit: at => (at('paths', '/v1/lines', 'get', 'parameters', 'timesheetId').required = true),
    verdict: 'breaking',
    told: { 'breaking parameter-became-required': ['GET /v1/lines'] },
    why: 'Callers that ask for all get 400.',
  },
  {
    name: 'a page has at most 100 lines',
    document: BILLING,
    edit: at => (at('paths', '/v1/lines', 'get', 'parameters', 'limit').schema.maximum = 100),
    verdict: 'breaking',
    told: { 'breaking request-maximum-lowered': ['GET /v1/lines'] },
    why: 'Callers that ask for 200 get 400.',
  },
  {
    name: 'a page has 20 lines when nothing is said',
    document: BILLING,
    edit: at => (at('paths', '/v1/lines', 'get', 'parameters', 'limit').schema.default = 20),
    verdict: 'warning',
    told: { 'warning request-default-changed': ['GET /v1/lines'] },
    why: 'Who follows the cursor gets all lines still, in more calls.',
  },
  {
    name: 'roles of stated rates are written in capitals',
    document: BILLING,
    edit: at => (properties(at, 'RateStatementBody').role.pattern = '^[A-Z-]+$'),
    verdict: 'breaking',
    told: { 'breaking request-pattern-added': ['PUT /v1/rates/{id}'] },
    why: 'Rates of other roles get 400.',
  },
  {
    name: 'a stated rate may have a note',
    document: BILLING,
    edit: at => (properties(at, 'RateStatementBody').note = { type: 'string', maxLength: 500 }),
    verdict: 'compatible',
    told: { 'info request-property-added-to-closed': ['PUT /v1/rates/{id}'] },
    why: 'Nobody has to send it.',
  },
  {
    name: 'a stated rate has to say why',
    document: BILLING,
    edit: at => at('components', 'schemas', 'RateStatementBody').required.push('why'),
    verdict: 'breaking',
    told: { 'breaking request-property-became-required': ['PUT /v1/rates/{id}'] },
    why: 'Callers that say nothing get 400.',
  },
  {
    name: 'mappings are no longer deleted',
    document: 'process-project-initiation',
    edit: at => delete at('paths', '/v1/mappings/{kind}/{source}').delete,
    verdict: 'breaking',
    told: { 'breaking operation-removed': ['DELETE /v1/mappings/{kind}/{source}'] },
    why: 'It was never deprecated.',
  },
  {
    name: 'the id of a rate is called rateId in the path',
    document: BILLING,
    edit(at) {
      const paths = at('paths');
      const path = paths['/v1/rates/{id}'];
      for (const operation of Object.values<any>(path)) operation.parameters.find((one: Json) => one.name === 'id').name = 'rateId';
      delete paths['/v1/rates/{id}'];
      paths['/v1/rates/{rateId}'] = path;
    },
    verdict: 'compatible',
    told: { 'info path-parameter-renamed': ['DELETE /v1/rates/{rateId}', 'PUT /v1/rates/{rateId}'] },
    why: 'The name is never sent.',
  },
  {
    name: 'the queue may be read only with a second scope',
    document: BILLING,
    edit: at => at('paths', '/v1/queue', 'get', 'security', '0', 'throughline').push('exceptions.read'),
    verdict: 'breaking',
    told: { 'breaking security-scope-required': ['GET /v1/queue'] },
    why: 'Tokens that callers hold lack it: they get 403.',
  },
  {
    name: 'checks are taken on and answered later',
    document: BILLING,
    edit(at) {
      const { responses } = at('paths', '/v1/checks', 'post');
      responses[202] = responses[200];
      delete responses[200];
    },
    verdict: 'breaking',
    told: { 'breaking response-status-changed': ['POST /v1/checks'] },
    why: 'Callers wait for the result under 200.',
  },
  {
    name: 'at most 500 entries are checked at once',
    document: BILLING,
    edit: at => (properties(at, 'CheckBody').time.maxItems = 500),
    verdict: 'breaking',
    told: { 'breaking request-max-items-lowered': ['POST /v1/checks'] },
    why: 'Callers that send 1000 get 400.',
  },
  {
    name: 'the queue is described otherwise',
    document: BILLING,
    edit: at => (at('paths', '/v1/queue', 'get').summary = 'What is waiting to be billed'),
    verdict: 'compatible',
    told: { 'info documentation-changed': ['GET /v1/queue'] },
    why: 'Words only.',
  },
  {
    name: 'rate cards go in three weeks',
    document: 'system-crm',
    edit: at =>
      Object.assign(at('paths', '/v1/rate-cards', 'get'), { deprecated: true, 'x-deprecated-since': '2026-12-01', 'x-sunset': '2026-12-22' }),
    verdict: 'breaking',
    told: { 'breaking sunset-too-soon': ['GET /v1/rate-cards'], 'info deprecation-announced': ['GET /v1/rate-cards'] },
    why: 'Our own teams are promised 30 days.',
  },
  {
    name: 'rate cards go in two months',
    document: 'system-crm',
    edit: at =>
      Object.assign(at('paths', '/v1/rate-cards', 'get'), { deprecated: true, 'x-deprecated-since': '2026-12-01', 'x-sunset': '2027-02-01' }),
    verdict: 'compatible',
    told: { 'info deprecation-announced': ['GET /v1/rate-cards'] },
    why: 'It still works, and callers have more than 30 days.',
  },
  {
    name: 'the API is only beta',
    document: 'system-crm',
    edit: at => (at('info')['x-lifecycle'] = 'beta'),
    verdict: 'breaking',
    told: { 'breaking stability-lowered': [null] },
    why: 'A promise is taken back.',
  },
  {
    name: 'the API is less available',
    document: BILLING,
    edit: at => (at('info', 'x-service-level').availability = '99 %'),
    verdict: 'warning',
    told: { 'warning service-level-lowered': [null] },
    why: 'Callers count on it.',
  },
  {
    name: 'the API is served elsewhere',
    document: BILLING,
    edit: at => (at('servers', '0').url = '/process/billing'),
    verdict: 'warning',
    told: { 'warning server-url-changed': [null] },
    why: 'Callers have the old address in their settings.',
  },
  {
    name: 'a worker’s cost centre may be null',
    document: 'system-hcm',
    edit: at => (properties(at, 'WorkerView').costCentre.type = ['string', 'null']),
    verdict: 'breaking',
    told: { 'breaking response-null-allowed': ['GET /v1/workers', 'GET /v1/workers/{id}'] },
    why: 'Readers know it as a text, or as absent.',
  },
  {
    name: 'a worker’s name may only be seen with a right',
    document: 'system-hcm',
    edit: at => (properties(at, 'WorkerView').name['x-sensitive'] = 'worker.name'),
    verdict: 'breaking',
    told: { 'breaking response-sensitive-added': ['GET /v1/workers', 'GET /v1/workers/{id}'] },
    why: 'It is absent for readers without the right.',
  },
  {
    name: 'a key is required of every write to the CRM’s app',
    document: 'system-crm',
    edit: at => (at('components', 'parameters', 'IdempotencyKey').required = true),
    verdict: 'breaking',
    told: { 'breaking parameter-became-required': ['POST /v1/feeds/{name}/polls', 'POST /v1/feeds/{name}/sweeps', 'PUT /v1/feeds/{name}'] },
    why: 'Callers that send none get 400.',
  },
  {
    name: 'tokens for the CRM are had elsewhere',
    document: 'system-crm',
    edit: at => (at('components', 'securitySchemes', 'throughline', 'flows', 'clientCredentials').tokenUrl = 'https://id.example.com/token'),
    verdict: 'breaking',
    told: { 'breaking security-flow-url-changed': [null] },
    why: 'Callers have the address in their settings.',
  },
];
