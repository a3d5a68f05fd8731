// What knowing who asks costs: the identity stage alone, and through HTTP beside bare Fastify and beside verifying with jose each time.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { createRemoteJWKSet, exportJWK, generateKeyPair, type JWK, jwtVerify, SignJWT } from 'jose';
import { parseConfig } from '../../../gateway/config.ts';
import { Exchange } from '../../../gateway/exchange.ts';
import { GatewayTokens } from '../../../gateway/identity/gateway-tokens.ts';
import { Identity } from '../../../gateway/identity/identify.ts';
import { TokenVerifier } from '../../../gateway/identity/verify-token.ts';
import { median } from '../median.ts';
import { numberAfter, rotate } from '../rounds.ts';
import { type Door, startDoors } from './doors.ts';

const audience = 'https://gateway.example.com';
type Algorithm = 'RS256' | 'ES256';
type Issuer = { readonly address: string; mint(id: number): Promise<string>; close(): void };

/** `--rounds N` (5), `--seconds N` (1) a door and round; `--quick` measures less of everything. */
async function run(args: readonly string[]): Promise<void> {
  const isQuick = args.includes('--quick');
  const rounds = numberAfter(args, '--rounds') ?? (isQuick ? 3 : 5);
  const seconds = numberAfter(args, '--seconds') ?? 1;
  const directory = await mkdtemp(join(tmpdir(), 'steno-bench-identity-'));
  try {
    for (const algorithm of ['RS256', 'ES256'] as const) {
      const issuer = await startIssuer(algorithm);
      await measureStage(algorithm, issuer, directory, rounds, isQuick ? 500 : 2_000);
      if (algorithm === 'RS256') await measureHttp(issuer, directory, rounds, seconds);
      issuer.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The stage as the gateway runs it, without HTTP: microseconds of processor time a request, medians of the rounds. */
async function measureStage(algorithm: Algorithm, issuer: Issuer, directory: string, rounds: number, count: number): Promise<void> {
  const own = await GatewayTokens.open(directory);
  const foreign = await Promise.all(Array.from({ length: count }, (_, id) => issuer.mint(id)));
  const principal = { kind: 'agent', issuer: issuer.address, subject: 'bench', groups: ['g'], actChain: [] } as const;
  const exchanged = await Promise.all(Array.from({ length: count }, () => own.issue(principal)));
  const keys = createRemoteJWKSet(new URL(`${issuer.address}/jwks`));
  const verify = (token: string) => jwtVerify(token, keys, { issuer: issuer.address, audience, algorithms: [algorithm] });
  const cases: readonly [name: string, perRequest: () => Promise<number>][] = [
    ['jose on each request', () => timeEach(foreign, verify)],
    ['stage, cold (issuer’s token)', async () => timeEach(foreign, identifyWith(await aStage(issuer, own, directory, foreign[0]!)))],
    ['stage, cold (exchanged token)', async () => timeEach(exchanged, identifyWith(await aStage(issuer, own, directory, foreign[0]!)))],
    [
      'stage, warm',
      async () => {
        const identify = identifyWith(await aStage(issuer, own, directory, foreign[0]!));
        for (const token of foreign) await identify(token);
        return timeEach(foreign, identify);
      },
    ],
  ];
  const seen = new Map<string, number[]>(cases.map(([name]) => [name, []]));
  for (let round = 0; round <= rounds; round++)
    for (const [name, perRequest] of cases) {
      const microseconds = await perRequest();
      if (round > 0) seen.get(name)!.push(microseconds); // round 0 warms up
    }
  const jose = median(seen.get('jose on each request')!);
  console.log(
    `\n${algorithm}: ${count} different tokens, ${rounds} rounds, medians\n${'the stage alone'.padEnd(32)}${'CPU µs'.padStart(14)}${'÷ jose'.padStart(10)}`,
  );
  for (const [name, values] of seen)
    console.log(`${name.padEnd(32)}${median(values).toFixed(2).padStart(14)}${(median(values) / jose).toFixed(3).padStart(10)}`);
}

/** A stage whose issuer's keys are known and whose memory of tokens is empty. */
async function aStage(issuer: Issuer, own: GatewayTokens, directory: string, known: string): Promise<Identity> {
  const verifier = new TokenVerifier(configFor(issuer, directory), own);
  await verifier.verify(known);
  return new Identity(verifier);
}

function configFor(issuer: Issuer, directory: string) {
  const config = parseConfig(
    `{ dataDirectory: d, policy: { directory: p }, connections: [{ name: c, projects: ['*'], credentials: none }], issuers: [{ issuer: '${issuer.address}', audience: '${audience}' }] }`,
    directory,
  );
  if (!config.ok) throw new Error(JSON.stringify(config.error));
  return config.value.issuers;
}

const identifyWith = (stage: Identity) => (token: string) =>
  stage.identify(new Exchange({ rawHeaders: ['Host', 'x', 'Authorization', `Bearer ${token}`] } as never, {} as never));

/** Processor time of all threads: on a busy machine the clock says more about the others. */
async function timeEach(tokens: readonly string[], work: (token: string) => Promise<unknown> | undefined): Promise<number> {
  const begun = process.cpuUsage();
  for (const token of tokens) {
    const pending = work(token);
    if (pending !== undefined) await pending;
  }
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / tokens.length;
}

/** The same behind a minimal Fastify on loopback, each door in a process of its own. */
async function measureHttp(issuer: Issuer, directory: string, rounds: number, seconds: number): Promise<void> {
  const doors = await startDoors(issuer.address, audience, directory);
  try {
    const warm = [await issuer.mint(-1)];
    const cold = await Promise.all(Array.from({ length: 4_000 }, (_, id) => issuer.mint(1_000_000 + id)));
    const seen = new Map<string, Loaded[]>();
    for (let round = 0; round <= rounds; round++)
      for (const door of rotate(doors, round)) {
        const loaded = await load(door, door.isCold ? cold : warm, seconds);
        if (round > 0) seen.set(door.name, [...(seen.get(door.name) ?? []), loaded]);
      }
    const medianOf = (name: string, what: keyof Loaded): number => median(seen.get(name)!.map((each) => each[what]));
    console.log(`\nthrough HTTP, 16 connections, ${rounds} rounds of ${seconds} s, medians; CPU of the server alone`);
    console.log(`${''.padEnd(32)}${'req/s'.padStart(10)}${'CPU µs'.padStart(10)}${'÷ bare'.padStart(10)}${'÷ jose'.padStart(10)}`);
    for (const { name } of doors) {
      const value = medianOf(name, 'cpuMicroseconds');
      const ratios = ['bare Fastify', 'Fastify, jose each time'].map((each) =>
        (value / medianOf(each, 'cpuMicroseconds')).toFixed(2).padStart(10),
      );
      console.log(
        `${name.padEnd(32)}${medianOf(name, 'perSecond').toFixed(0).padStart(10)}${value.toFixed(1).padStart(10)}${ratios.join('')}`,
      );
    }
  } finally {
    for (const door of doors) door.stop();
  }
}

type Loaded = { readonly perSecond: number; readonly cpuMicroseconds: number };

/** A cold door forgets every token before each round, so that each is new to it once. */
async function load({ url, isCold, forget, cpuMicroseconds }: Door, tokens: readonly string[], seconds: number): Promise<Loaded> {
  if (isCold) await forget();
  let next = 0;
  const before = await cpuMicroseconds();
  const result = await autocannon({
    url,
    connections: 16,
    ...(isCold ? { amount: tokens.length } : { duration: seconds }),
    setupClient: (client) => {
      const advance = () => client.setHeaders({ authorization: `Bearer ${tokens[next++ % tokens.length]}` });
      advance();
      if (tokens.length > 1) client.on('response', advance);
    },
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} failed`);
  const spent = (await cpuMicroseconds()) - before;
  const elapsedSeconds = (result.finish.getTime() - result.start.getTime()) / 1000;
  return { perSecond: result.requests.total / elapsedSeconds, cpuMicroseconds: spent / result.requests.total };
}

async function startIssuer(algorithm: Algorithm): Promise<Issuer> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid: 'bench', alg: algorithm, use: 'sig' };
  const server = createServer((request, response) =>
    response.end(JSON.stringify(request.url === '/jwks' ? { keys: [jwk] } : { issuer: address, jwks_uri: `${address}/jwks` })),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    mint: (id) =>
      new SignJWT({ groups: ['analysts', 'data-platform'], email: `bot-${id}@example.com` })
        .setProtectedHeader({ alg: algorithm, kid: 'bench', typ: 'JWT' })
        .setIssuer(address)
        .setAudience(audience)
        .setSubject(`bot-${id}`)
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey),
    close: () => server.close().closeAllConnections(),
  };
}

if (import.meta.main) await run(process.argv.slice(2));
