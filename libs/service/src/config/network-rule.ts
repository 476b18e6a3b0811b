import { isIP } from 'node:net';
import { ValidateBy, type ValidationOptions } from 'class-validator';

/** Whether a text is an address, or a network in CIDR notation. */
export function isNetwork(text: unknown): boolean {
  if (typeof text !== 'string') return false;
  const [address, bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

export const IsNetwork = (options: ValidationOptions = {}): PropertyDecorator =>
  ValidateBy(
    { name: 'isNetwork', validator: { validate: isNetwork } },
    { message: '$property must be an address or a network like 10.0.0.0/8', ...options },
  );
