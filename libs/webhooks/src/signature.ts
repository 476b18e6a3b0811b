import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

/** A new secret, as the specification writes one: 32 random bytes behind `whsec_`. */
export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

/**
 * The headers of one attempt by the Standard Webhooks specification. It is signed by every secret
 * that is valid now, so that a receiver may change from the old one to the new one when it likes.
 */
export const signedHeaders = (id: string, at: Date, body: string, secrets: string[]): Record<string, string> => ({
  'webhook-id': id,
  'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
  'webhook-signature': secrets.map(secret => new Webhook(secret).sign(id, at, body)).join(' '),
});
