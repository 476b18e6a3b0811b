import type { Shape } from '#canonical';

export interface MadeUpHours {
  id: string;
  project: { id: string; key: string | null };
  task: { id: string; key: string | null; role: string | null } | null;
  person: { email: string; name: string };
  day: string;
  minutes: number;
  billable: boolean;
  note: string | null;
  updated: string;
}

export const HOURS: Shape<MadeUpHours> = { id: 'id', day: 'day', minutes: 'number', billable: 'flag', note: 'text?', updated: 'instant' };
