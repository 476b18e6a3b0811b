import type { Shape } from '#canonical';

export interface MadeUpTask {
  id: string;
  key: string | null;
  name: string;
  role: string | null;
  starts: string | null;
  ends: string | null;
  plannedMinutes: number;
  billable: boolean;
  closed: boolean;
}

export interface MadeUpProject {
  id: string;
  key: string | null;
  name: string;
  client: string;
  currency: string;
  budget: string;
  starts: string;
  ends: string;
  labels: { name: string; value: string }[];
  minutesBooked: number;
  updated: string;
  tasks: MadeUpTask[];
}

export const PROJECT: Shape<MadeUpProject> = {
  id: 'id',
  key: 'text?',
  name: 'text',
  client: 'text',
  currency: 'currency',
  budget: 'amount',
  starts: 'day',
  ends: 'day',
  labels: 'list',
  minutesBooked: 'number',
  tasks: 'list',
};

export const TASK: Shape<MadeUpTask> = {
  id: 'id',
  key: 'text?',
  name: 'text',
  role: 'text?',
  starts: 'day?',
  ends: 'day?',
  plannedMinutes: 'number',
  billable: 'flag',
  closed: 'flag',
};
