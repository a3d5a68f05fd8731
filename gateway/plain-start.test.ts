import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** Runs the module in a process of its own that prints JSON. */
const outputOf = async (script: string, ...args: string[]): Promise<unknown> => {
  const env = { ...process.env, STENO_LOG_LEVEL: 'silent' };
  return JSON.parse((await promisify(execFile)(process.execPath, [script, ...args], { env })).stdout);
};

/** Each is needed only by who configures it: S3, the proxy door and its CA, sign-in, tracing, the sandbox. */
const heavy =
  /^(@aws-sdk|@smithy|@peculiar|asn1js|reflect-metadata|@node-saml|openid-client|xml-crypto|@duckdb|@google-cloud|google-auth|age-encryption)/;

test('a plain gateway loads nothing that nobody configured, and begins no thread', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'steno-plain-'));
  mkdirSync(join(directory, 'policy'));
  writeFileSync(join(directory, 'policy', 'all.cedar'), 'permit (principal, action == Action::"read", resource in Dataset::"bench.d");');
  const config = join(directory, 'steno.yaml');
  writeFileSync(
    config,
    `
listen: 127.0.0.1:0
admin: { listen: 127.0.0.1:0 }
dataDirectory: ./data
policy: { directory: ./policy }
issuers: [{ issuer: 'https://idp.example.com', audience: 'https://gateway.example.com' }]
connections: [{ name: bench, projects: [bench], endpoint: 'http://127.0.0.1:9', credentials: none }]
`,
  );
  const script = join(import.meta.dirname, 'testing/start-plain.ts');
  const { packages, threads } = (await outputOf(script, config)) as { packages: string[]; threads: number };
  rmSync(directory, { recursive: true });
  expect(packages).toContain('undici');
  expect(packages.filter((name) => heavy.test(name))).toEqual([]);
  expect(threads).toBe(0);
}, 30_000);

test('the thread that digests columns, which every gateway has, reads no schemas', async () => {
  const { packages } = (await outputOf(join(import.meta.dirname, 'testing/load-columns.ts'))) as { packages: string[] };
  expect(packages).toEqual([]);
}, 30_000);
