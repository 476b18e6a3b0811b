import { describe, expect, it } from 'vitest';
import { loadConfig } from '#service';
import { KantataConfig, namesOf } from '../kantata.config.js';
import { assignmentOf } from './assignments.mapper.js';
import type { KantataMember } from './assignments.wire.js';

const names = namesOf(loadConfig(KantataConfig, { KANTATA_TOKEN: 't', KANTATA_ACCOUNT: '7001' }));

describe('a team’s member', () => {
  const member: KantataMember = {
    id: '31',
    updated_at: '',
    workspace_id: 41,
    role_name: 'Project Manager',
    user: { id: '9', email_address: 'Ada@Larkfield.example', full_name: 'Ada Stone' },
  };
  it('has an assignment for each allocation, and without any one that has no end', () => {
    const allocation = (id: string, start_date: string | null) => ({
      id,
      updated_at: '',
      workspace_resource_id: '31',
      start_date,
      end_date: '2026-12-31',
    });
    const both = [allocation('1', '2026-11-02'), allocation('2', null)].map(one => assignmentOf(member, one, 'prj_1', names));
    expect(both.map(({ startDate, endDate, role }) => [startDate, endDate, role])).toEqual([
      ['2026-11-02', '2026-12-31', 'PROJECT_MANAGER'],
      [undefined, '2026-12-31', 'PROJECT_MANAGER'],
    ]);
    const open = assignmentOf(member, undefined, 'prj_1', names);
    expect([open.startDate, open.endDate, both.some(({ id }) => id === open.id)]).toEqual([undefined, undefined, false]);
  });
});
