import { afterEach, describe, expect, it } from 'vitest';
import { NetsuiteWorld } from './netsuite.fixture.js';

describe('the check of a NetSuite account', () => {
  let bench: NetsuiteWorld;
  afterEach(() => bench.close());

  it('says which custom fields are missing and which setting names them', async () => {
    bench = await new NetsuiteWorld({ customFields: [] }).open();
    const missing = (await bench.connect().check()).filter(({ ok }) => !ok);
    expect(missing.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['custom field custentity_cost_centre', 'custom field custentity_tax_code', 'custom field custevent_role']),
    );
    expect(missing[0].say).toContain('NETSUITE_FIELD_');
    expect(missing.some(({ say }) => say.includes('customer'))).toBe(false);
    const named = await bench.connect({ env: { NETSUITE_FIELD_BILL_TO: 'custentity_bill_to' } }).check();
    expect(named.find(({ what }) => what === 'custom field custentity_bill_to')).toMatchObject({
      ok: false,
      say: expect.stringContaining('set NETSUITE_FIELD_BILL_TO'),
    });
  });

  it('says that the role may not query', async () => {
    bench = await new NetsuiteWorld({ suiteAnalytics: false }).open();
    const [finding] = await bench.connect().check();
    expect(finding).toMatchObject({ ok: false, say: expect.stringContaining('SuiteAnalytics Workbook') });
  });

  it('says that the log-in is refused and where the reason is', async () => {
    bench = await new NetsuiteWorld().open();
    const [finding] = await bench.connect({ env: { NETSUITE_CERTIFICATE_ID: 'wrong' } }).check();
    expect(finding).toMatchObject({ ok: false, say: expect.stringContaining('Login Audit Trail') });
  });
});
