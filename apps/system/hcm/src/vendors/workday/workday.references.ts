import { mintId, type ExternalRef } from '#canonical';
import type { WorkdayWorker } from './workers/workers.wire.js';

export const workerIdOf = (tenant: string, employeeId: string): string => mintId('worker', 'workday', tenant, employeeId);

export function refsOf({ employeeId, wid }: WorkdayWorker, tenant: string): ExternalRef[] {
  return [
    { system: 'workday', account: tenant, type: 'Worker', nativeId: employeeId },
    { system: 'workday', account: tenant, type: 'WID', nativeId: wid },
  ];
}
