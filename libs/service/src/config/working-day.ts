import { applyDecorators } from '@nestjs/common';
import { Setting } from './setting.js';

/**
 * The firm's working day: one setting for all apps that count in days. `formerly`: the former
 * setting of a single back end.
 */
export const WorkingDay = (...formerly: string[]): PropertyDecorator =>
  applyDecorators(
    Setting({
      env: 'WORKING_DAY_MINUTES',
      default: 480,
      within: [1, 1440],
      formerly: ['TIME_TO_BILLING_MINUTES_PER_DAY', ...formerly],
      description:
        "How long the firm's working day is, in minutes: of what is sold and billed by the day where its contract says no other, and of what somebody can work.",
    }),
  );
