import { Matches } from 'class-validator';
import { Setting } from '#service';

/** How often back ends are asked while nothing happens. */
export class CaptureConfig {
  @Setting({
    env: 'FEED_QUIET_STEPS',
    default: ['60000:5000', '300000:15000', '900000:60000'],
    description:
      'How far apart back ends are asked for changes once nothing has happened for a while, as `quiet ms:every ms`; a feed is never asked more often than it is set to. Any event, write, or reading that a person asks for brings it back to its set pace.',
  })
  @Matches(/^\d{1,9}:\d{1,9}$/, { each: true, message: 'FEED_QUIET_STEPS must be like 60000:5000, each up to 999999999' })
  quietSteps: string[] = ['60000:5000', '300000:15000', '900000:60000'];
}
