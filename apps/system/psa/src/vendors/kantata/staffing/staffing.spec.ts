import { describe, expect, it } from 'vitest';
import { loadConfig } from '#service';
import { KantataConfig, namesOf } from '../kantata.config.js';
import { staffingRequestOf } from './staffing.mapper.js';

const names = namesOf(loadConfig(KantataConfig, { KANTATA_TOKEN: 't', KANTATA_ACCOUNT: '7001' }));

describe('Kantata’s words and ours', () => {
  it('reads a request that people raised by hand', () => {
    const seat = {
      id: '7',
      created_at: '2026-11-02T00:00:00Z',
      updated_at: '',
      workspace_id: 41,
      role_name: 'Developer',
      custom_field_values: [],
      external_references: [],
    };
    const request = staffingRequestOf(
      { id: '9', status: 'approved', created_at: '2026-11-03T08:00:00Z', updated_at: '', resource: seat },
      'prj_1',
      names,
    );
    expect(request).toMatchObject({ projectId: 'prj_1', role: 'DEVELOPER', skills: [], minutes: 0, startDate: '2026-11-03', status: 'staffed' });
  });
});
