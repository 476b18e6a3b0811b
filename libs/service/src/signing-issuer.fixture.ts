import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTHeaderParameters } from 'jose';

/** An issuer in a few lines: the spec holds its keys and faults in its hand, and says what its tokens claim. */
export class SigningIssuer {
  readonly #server: Server;
  key!: CryptoKey;
  jwk: object = {};
  away = false;
  asked = 0;

  constructor() {
    this.#server = createServer((request, response) => {
      if (this.away) return void request.socket.destroy();
      const isKeys = request.url === '/keys';
      if (isKeys) this.asked += 1;
      const body = isKeys ? { keys: [this.jwk] } : { issuer: this.url, jwks_uri: `${this.url}/keys`, token_endpoint: `${this.url}/token` };
      return void response.end(JSON.stringify(body));
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async start(): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    this.key = privateKey;
    this.jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }

  async bearer(claims: object = {}, header: Partial<JWTHeaderParameters> = {}, key = this.key): Promise<{ authorization: string }> {
    const now = Math.floor(Date.now() / 1000);
    const whole = {
      iss: this.url,
      aud: 'urn:throughline',
      sub: 'ruth',
      client_id: 'console',
      scope: 'crm.read',
      iat: now,
      exp: now + 600,
      ...claims,
    };
    const token = await new SignJWT(whole).setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'at+jwt', ...header }).sign(key, {
      crit: { 'urn:x': false, b64: true },
    });
    return { authorization: `Bearer ${token}` };
  }
}
