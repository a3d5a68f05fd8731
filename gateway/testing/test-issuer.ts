import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from 'jose';

export type TestIssuer = {
  readonly issuer: string;
  /** As published. */
  readonly keys: JWK[];
  /** How often the key set was fetched. */
  fetches: number;
  /** While true, discovery answers 500. */
  isDown: boolean;
  mint(claims?: Readonly<Record<string, unknown>>, header?: Partial<JWTHeaderParameters>): Promise<string>;
  /** A fresh key; the old one is no longer published. */
  rotate(): Promise<void>;
  readonly privateKey: CryptoKey;
  close(): Promise<void>;
};

export const testAudience = 'https://gateway.test';

/** An issuer whose every claim and header a test can bend, which a well-behaved one would not let it. */
export async function startTestIssuer(): Promise<TestIssuer> {
  const server = createServer((request, response): unknown => {
    if (test.isDown) return response.writeHead(500).end();
    if (request.url === '/.well-known/openid-configuration') return response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/jwks` }));
    test.fetches++;
    return response.end(JSON.stringify({ keys: test.keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let signing = await newKey();
  const test: TestIssuer = {
    issuer,
    keys: [signing.publicJwk],
    fetches: 0,
    isDown: false,
    get privateKey() {
      return signing.privateKey;
    },
    mint: (claims = {}, header = {}) => {
      const now = Math.floor(Date.now() / 1000);
      const all = { iss: issuer, aud: testAudience, sub: 'agent-1', iat: now, exp: now + 600, ...claims };
      const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
      return new SignJWT(kept)
        .setProtectedHeader({ alg: 'RS256', kid: signing.publicJwk.kid!, typ: 'JWT', ...header } as JWTHeaderParameters)
        .sign(signing.privateKey);
    },
    async rotate() {
      signing = await newKey();
      test.keys.splice(0, test.keys.length, signing.publicJwk);
    },
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
  return test;
}

async function newKey(): Promise<{ readonly privateKey: CryptoKey; readonly publicJwk: JWK }> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  return { privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid: crypto.randomUUID(), alg: 'RS256', use: 'sig' } };
}
