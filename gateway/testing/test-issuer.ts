import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from 'jose';

/** What the issuer does when asked for its documents: `hang` accepts and never answers, `trickle` never ends. */
export type IssuerMood = 'well' | 'hang' | 'trickle' | 'garbage' | 'empty' | 'not found' | 'redirect' | 'impostor';

export type TestIssuer = {
  readonly issuer: string;
  readonly algorithm: 'RS256' | 'ES256';
  /** As published. */
  readonly keys: JWK[];
  /** How often the key set was fetched. */
  fetches: number;
  /** While true, discovery answers 500. */
  isDown: boolean;
  mood: IssuerMood;
  mint(claims?: Readonly<Record<string, unknown>>, header?: Partial<JWTHeaderParameters>): Promise<string>;
  /** A payload that no library would write, signed all the same. */
  mintText(payload: string, header?: string): Promise<string>;
  /** A fresh key; the old one is no longer published. */
  rotate(): Promise<void>;
  readonly privateKey: CryptoKey;
  close(): Promise<void>;
};

export const testAudience = 'https://gateway.test';

/** An issuer whose every claim and header a test can bend, which a well-behaved one would not let it. */
export async function startTestIssuer(algorithm: 'RS256' | 'ES256' = 'RS256'): Promise<TestIssuer> {
  const server = createServer((request, response): unknown => {
    if (test.isDown) return response.writeHead(500).end();
    if (test.mood !== 'well') return misbehave(test.mood, response);
    if (request.url === '/.well-known/openid-configuration') return response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/jwks` }));
    test.fetches++;
    return response.end(JSON.stringify({ keys: test.keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let signing = await newKey(algorithm);
  const encode = (text: string): string => Buffer.from(text).toString('base64url');
  const test: TestIssuer = {
    issuer,
    algorithm,
    keys: [signing.publicJwk],
    fetches: 0,
    isDown: false,
    mood: 'well',
    get privateKey() {
      return signing.privateKey;
    },
    mint: (claims = {}, header = {}) => {
      const now = Math.floor(Date.now() / 1000);
      const all = { iss: issuer, aud: testAudience, sub: 'agent-1', iat: now, exp: now + 600, ...claims };
      const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
      return new SignJWT(kept)
        .setProtectedHeader({ alg: algorithm, kid: signing.publicJwk.kid!, typ: 'JWT', ...header } as JWTHeaderParameters)
        .sign(signing.privateKey);
    },
    mintText: async (payload, header = JSON.stringify({ alg: algorithm, kid: signing.publicJwk.kid })) => {
      const text = `${encode(header)}.${encode(payload)}`;
      const signature = await crypto.subtle.sign(
        { name: signing.privateKey.algorithm.name, hash: 'SHA-256' },
        signing.privateKey,
        Buffer.from(text),
      );
      return `${text}.${Buffer.from(signature).toString('base64url')}`;
    },
    async rotate() {
      signing = await newKey(algorithm);
      test.keys.splice(0, test.keys.length, signing.publicJwk);
    },
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
  return test;
}

function misbehave(mood: Exclude<IssuerMood, 'well'>, response: ServerResponse): void {
  if (mood === 'hang') return;
  if (mood === 'trickle') {
    const timer = setInterval(() => response.write(' '), 100);
    response.once('close', () => clearInterval(timer));
    return;
  }
  if (mood === 'not found') response.writeHead(404);
  if (mood === 'redirect') response.writeHead(302, { location: 'http://127.0.0.1:1/' });
  const text = {
    garbage: '<html>',
    empty: '{"keys":[]}',
    impostor: '{"issuer":"https://attacker.example","jwks_uri":"https://attacker.example/"}',
  };
  response.end(mood in text ? text[mood as keyof typeof text] : '');
}

async function newKey(algorithm: string): Promise<{ readonly privateKey: CryptoKey; readonly publicJwk: JWK }> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  return { privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid: crypto.randomUUID(), alg: algorithm, use: 'sig' } };
}
