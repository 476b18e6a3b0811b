import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

import { Checkout, PARCELS, parcelsDocument, parcelsList } from '../tool.fixture.js';
import { catalogue } from './catalogue.js';

describe('the catalogue', () => {
  it('lists each API with what its document says and what of it is deprecated', async () => {
    const document = parcelsDocument();
    document.paths['/v1/parcels'] = { get: { ...parcelsList, deprecated: true }, parameters: [] };
    const checkout = await Checkout.with({ [PARCELS]: document });
    const parcels = {
      api: 'parcels',
      version: '1',
      kind: 'OpenAPI',
      layer: 'system',
      audience: 'partner',
      state: 'active',
      owner: 'logistics',
      contact: 'logistics@example.com',
      operations: 2,
      deprecated: 1,
    };
    expect(JSON.parse((await checkout.api('catalogue', '--json')).out)).toEqual([{ ...parcels, released: null }]);
    expect((await checkout.api('catalogue')).out).toMatch(
      /^api +version +kind .*\nparcels +1 +OpenAPI +system +partner +active +logistics +logistics@example\.com +never +2 +1\n$/,
    );
    await checkout.api('release');
    expect(JSON.parse((await checkout.api('catalogue', '--json')).out)).toEqual([{ ...parcels, released: '1.0.0' }]);
  });

  it('knows all of ours by owner, contact, layer, audience and state', async () => {
    const out: string[] = [];
    const top = resolve(import.meta.dirname, '../../..');
    const given = { operands: [], flags: new Set(['json']), values: {} };
    await catalogue.run(given, { top, cwd: top, today: '2026-11-30', out: text => void out.push(text) });
    const apis = JSON.parse(out.join('')) as Record<string, unknown>[];
    expect(apis.map(({ api }) => api)).toEqual(
      expect.arrayContaining(['crm', 'psa', 'hcm', 'erp', 'project-initiation', 'time-to-billing', 'portal']),
    );
    for (const { api, owner, contact, layer, audience, state, operations } of apis) {
      expect([owner, contact, layer, audience, state]).toEqual([
        expect.stringMatching(/^[a-z-]+$/),
        expect.stringMatching(/^[a-z-]+@example\.com$/),
        api === 'events' ? '' : expect.stringMatching(/^(system|process|experience|governance)$/),
        expect.stringMatching(/^(internal|partner|public)$/),
        expect.stringMatching(/^(draft|beta|active|deprecated|retired)$/),
      ]);
      expect(operations).toBeGreaterThan(0);
    }
  });
});
