import { afterAll, beforeAll, describe } from 'vitest';
import { describePoisonedFeeds, type Poison, type PoisonedFeed, type Row } from '#testing';
import { hcmHouse, workerId, type HcmHouse } from '../hcm.fixture.js';

/** A worker in an answer of Get_Workers, as XML, or a row of the report of cost rates. */
type Shown = { xml: string } | { report: Row };

const WORKER = /<(\w+:)?Worker>.*?<\/(\w+:)?Worker>/gs;
const EMPLOYEE = /<(?:\w+:)?Worker_Reference\b.*?type="(?:Employee|Contingent_Worker)_ID">([^<]+)</s;

const shown: PoisonedFeed['alterEach'] = (answer, each) => {
  if (answer.includes('Get_Workers_Response'))
    return answer.replace(WORKER, xml => {
      const row = { xml };
      each(EMPLOYEE.exec(xml)![1], row);
      return row.xml;
    });
  if (!answer.includes('Report_Entry')) return answer;
  const report = JSON.parse(answer) as { Report_Entry: Row[] };
  for (const row of report.Report_Entry) each(String(row.Employee_ID), { report: row });
  return JSON.stringify(report);
};

const inWorker = (element: string, content: string): Poison => ({
  names: element,
  spoil: (row: Shown) => {
    if ('xml' in row) row.xml = row.xml.replace(new RegExp(`(<(?:\\w+:)?${element}>)[^<]*`), `$1${content}`);
  },
});
const inReport = (field: string, value: unknown): Poison => ({
  names: field,
  spoil: (row: Shown) => {
    if ('report' in row) row.report[field] = value;
  },
});

describe('whatever Workday shows', () => {
  let house: HcmHouse;
  beforeAll(async () => {
    house = await hcmHouse({ HCM_POLL_MS: '3600000' });
  }, 120_000);
  afterAll(() => house.close());

  const feeds: Record<string, PoisonedFeed> = {
    workers: {
      noun: 'worker',
      alterEach: shown,
      idOf: workerId,
      setNumber: (row: Shown, n) => {
        if ('xml' in row) row.xml = row.xml.replaceAll(/Formatted_Name="[^"]*"/g, `Formatted_Name="is ${n}"`);
      },
      numberIn: ({ name, versions }) => Number((name ?? versions.at(-1).name).replace(/\D+/, '')),
      poisons: [
        inWorker('Hire_Date', '2026-02-30'),
        inWorker('Original_Hire_Date', 'soon'),
        inReport('Cost_Rate', '82,5'),
        inReport('Currency', 'ZZZ'),
        inReport('Currency', undefined),
        inReport('Effective_Date', 'soon'),
      ],
    },
  };

  describePoisonedFeeds(
    () => ({
      vendor: 'workday',
      origin: new URL(house.sandboxes.endpoints.workday.wsdl).origin,
      database: house.database,
      registered: async () =>
        (await house.ask<{ items: { name: string }[] }>('/v1/feeds', { who: { client: 'operations' } })).body.items.map(({ name }) => name),
      read: async (feed, how) => {
        const { status, body } = await house.ask(`/v1/feeds/${feed}/${how}`, { who: { client: 'operations' }, method: 'POST', body: {} });
        if (status !== 200) throw new Error(`${feed} ${how}: ${status} ${JSON.stringify(body)}`);
      },
    }),
    feeds,
    { runs: 4 },
  );
});
