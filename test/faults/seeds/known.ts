import { createFirm } from '../../../apps/sandbox/src/firm/create-firm.js';
import { DEFAULT_ORG_ID } from '../../../apps/sandbox/src/salesforce/salesforce-options.js';
import { SANDBOX_VENDORS } from '../../../apps/sandbox/src/vendors.js';
import type { Known, ProjectKnown } from './checker/evidence.js';
import type { Finance } from '../../house/finance.js';
import type { Kantata } from './kantata.js';
import { WITHOUT_EXCHANGE_RATE } from './load-plan.js';

const firm = createFirm();
const projectOf = new Map(firm.projects.map(project => [project.id, project]));
const workerOf = new Map(firm.consultants.map(one => [one.email, one]));
const cardOf = new Map(firm.rateCards.map(card => [card.code, card]));

/** What the ledgers' ids stand for: asked of the PSA and the ERP, with what the ERP's books say of currencies, and the firm's own price lists. */
export async function lookUp(kantata: Kantata, finance: Finance): Promise<Omit<Known, 'negativeLines'>> {
  const { projects, users, roles } = await kantata.directory();
  const currencies = new Map((await finance.query('SELECT id, symbol FROM currency')).map(({ id, symbol }) => [id, symbol]));
  if ([...currencies.values()].includes(WITHOUT_EXCHANGE_RATE)) throw new Error(`the books know ${WITHOUT_EXCHANGE_RATE}: plant another currency`);
  const books = await finance.query(EXCHANGE_RATES);
  const caps = new Map((await finance.query(CAPS)).map(({ externalid, cap }) => [externalid, cap]));
  return {
    psaAccount: SANDBOX_VENDORS.kantata.account,
    crmAccount: DEFAULT_ORG_ID,
    projects: new Map([...projects].flatMap(([workspaceId, id]) => (projectOf.has(id) ? [[workspaceId, known(id, caps.get(id))]] : []))),
    sold: new Map([...projects].flatMap(([workspaceId, id]) => (projectOf.has(id) ? [] : [[id, workspaceId]]))),
    workers: new Map(
      [...users].flatMap(([userId, email]) => {
        const one = workerOf.get(email);
        return one ? [[userId, { employeeNumber: one.employeeNumber, role: one.role }]] : [];
      }),
    ),
    roles: new Map([...roles].map(([roleId, name]) => [roleId, firm.roles.find(role => role.name === name)!.code])),
    currencies,
    rateOf: ({ id }, role, date) => rateOf(id, role, date),
    exchangeRateOf: (from, to, date) =>
      books.findLast(row => currencies.get(row.transactioncurrency) === from && currencies.get(row.basecurrency) === to && row.day <= date)?.rate,
  };
}

/** The newest row on or before a day holds. */
const EXCHANGE_RATES = `SELECT basecurrency, transactioncurrency, TO_CHAR(effectivedate, 'YYYY-MM-DD') AS day, exchangerate AS rate
  FROM currencyrate ORDER BY effectivedate, id`;

const CAPS = 'SELECT externalid, custentity_not_to_exceed AS cap FROM job WHERE custentity_not_to_exceed IS NOT NULL';

function known(id: string, cap: string | undefined): ProjectKnown {
  const { number, currency, billingMethod } = projectOf.get(id)!;
  return { id, number, currency, billed: billingMethod === 'T&M', notToExceed: cap === undefined ? null : BigInt(Math.round(Number(cap) * 100)) };
}

/** The price list that the project names, as it holds on the day. */
function rateOf(projectId: string, role: string, date: string): bigint | undefined {
  const version = cardOf.get(projectOf.get(projectId)!.rateCard)!.versions.findLast(({ effectiveFrom }) => effectiveFrom <= date);
  const rate = version?.rates.find(one => one.role === role)?.ratePerHour;
  return rate === undefined ? undefined : BigInt(rate.replace('.', ''));
}
