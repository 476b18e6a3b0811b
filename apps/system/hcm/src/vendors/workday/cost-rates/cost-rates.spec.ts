import { describe, expect, it } from 'vitest';
import { readCostRates } from './cost-rates.wire.js';

describe('what Workday answers', () => {
  it('takes an empty report in both its forms, numbers as text or not, and names what a row lacks, never what it holds', () => {
    expect([readCostRates({}), readCostRates({ Report_Entry: [] })]).toEqual([[], []]);
    const row = { Employee_ID: '1', Cost_Rate: 82.5, Currency: 'GBP', Effective_Date: '2026-07-01-07:00' };
    expect(readCostRates({ Report_Entry: [row] })).toEqual([{ employeeId: '1', amount: '82.5', currency: 'GBP', from: '2026-07-01', broken: [] }]);
    const broken = (over: object) => readCostRates({ Report_Entry: [{ ...row, ...over }] })[0].broken;
    expect(broken({ Currency: undefined })).toEqual([{ field: 'Currency', rule: 'present' }]);
    expect(broken({ Cost_Rate: '82,5', Effective_Date: 'soon' })).toEqual([
      { field: 'Cost_Rate', rule: 'amount' },
      { field: 'Effective_Date', rule: 'day' },
    ]);
  });
});
