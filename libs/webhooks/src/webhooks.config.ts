import { Setting } from '#service';

/** How partners' endpoints are called. */
export class WebhooksConfig {
  @Setting({
    env: 'WEBHOOK_TIMEOUT_MS',
    default: 15_000,
    within: [100, 30_000],
    description: 'How long a receiver of webhooks may take to answer; a later answer counts as a failure, and the message is sent again.',
  })
  timeoutMs: number;

  @Setting({
    env: 'WEBHOOK_DISABLE_AFTER_HOURS',
    default: 120,
    within: [1, 8_760],
    description: 'After how many hours in which nothing got through an endpoint of webhooks is disabled, with a notice to its owner.',
  })
  disableAfterHours: number;

  @Setting({
    env: 'WEBHOOK_LOOPBACK',
    default: false,
    description:
      'Whether webhooks may go to this machine itself, by http too: for trying receivers out. An app that serves others than this machine does not start with it.',
  })
  loopback: boolean;
}
