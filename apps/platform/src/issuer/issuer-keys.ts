import { createHmac, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';

/** The issuer's signing key, and the seed of the sample clients' secrets and the cookies' keys. */
export interface IssuerKeys {
  jwk: JWK;
  seed: string;
}

export async function makeIssuerKeys(): Promise<IssuerKeys> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return {
    jwk: { ...(await exportJWK(privateKey)), kid: randomBytes(6).toString('hex'), alg: 'ES256', use: 'sig' },
    seed: randomBytes(24).toString('hex'),
  };
}

/**
 * The keys stored in `file`. They are made at the first start, so that tokens and secrets survive a
 * restart.
 */
export async function keptIssuerKeys(file: string): Promise<IssuerKeys> {
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    // Existing keys that can't be read are not replaced: that would void every token and secret.
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (kept !== null) return JSON.parse(kept) as IssuerKeys;
  const keys = await makeIssuerKeys();
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, JSON.stringify(keys), { mode: 0o600 });
  await rename(`${file}.new`, file);
  return keys;
}

export const secretOf = (keys: IssuerKeys, purpose: string): string => createHmac('sha256', keys.seed).update(purpose).digest('base64url');
