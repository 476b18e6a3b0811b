import { type DynamicModule, Module } from '@nestjs/common';
import { systemClock } from '#persistence';
import { ServiceConfig, SettingsError } from '#service';
import { isLoopback } from './address.js';
import { Endpoints } from './endpoints.js';
import { Sender } from './sender.js';
import { WEBHOOKS, type WebhooksOptions } from './webhooks-options.token.js';
import { WebhooksConfig } from './webhooks.config.js';

/**
 * Tells owners what happened, at endpoints of theirs, by the Standard Webhooks specification. The
 * app lists `WebhooksConfig` among its settings and `webhooksMigrations` among its migrations, and
 * publishes messages in its own transactions.
 */
@Module({})
export class WebhooksModule {
  constructor({ loopback }: WebhooksConfig, { host, issuerUrl, gatewayUrl }: ServiceConfig) {
    const local = isLocal(host) && [issuerUrl, gatewayUrl].every(url => isLocal(new URL(url).hostname));
    if (loopback && !local) {
      const message =
        'is for an app that only this machine reaches, with its issuer and gateway: here webhooks could reach what is meant for nobody else';
      throw new SettingsError([{ env: 'WEBHOOK_LOOPBACK', message }]);
    }
  }

  static forApp(options: Omit<WebhooksOptions, 'clock'> & Partial<Pick<WebhooksOptions, 'clock'>>): DynamicModule {
    const stated = { provide: WEBHOOKS, useValue: { clock: systemClock, ...options } satisfies WebhooksOptions };
    return { module: WebhooksModule, providers: [stated, Endpoints, Sender], exports: [Endpoints, WEBHOOKS] };
  }
}

const isLocal = (host: string): boolean => host === 'localhost' || isLoopback(host.replace(/^\[|\]$/g, ''));
