import { describe, expect, it } from 'vitest';
import { platformSettings } from './settings.js';

describe('the platform settings', () => {
  it('have a default for everything', () => {
    expect(platformSettings({})).toMatchObject({
      port: 8080,
      issuerPort: 8081,
      sandboxPort: 8090,
      sampleJourneys: true,
      firmSize: 60,
      approvedLines: 120,
      databaseUrl: undefined,
    });
  });

  it('report all faults at once, each with its setting', () => {
    const wrong = { PORT: '99999', FIRM_SIZE: 'many', SAMPLE_JOURNEYS: 'yes', DATABASE_URL: 'here' };
    expect(() => platformSettings(wrong)).toThrow(/PORT: "99999"[^]*DATABASE_URL: is not a URL[^]*SAMPLE_JOURNEYS: "yes"[^]*FIRM_SIZE: "many"/);
  });
});
