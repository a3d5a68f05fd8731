import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseCheckpoint } from '../../shared/bundle/checkpoint.ts';
import { createSignerKey, parseVerifierKey } from '../../shared/bundle/ed25519-key.ts';
import { writerLeafSchema } from '../../shared/bundle/format.ts';
import { verifyInPython } from '../../shared/bundle/testing/compare-verifiers.ts';
import { parseTlogProof } from '../../shared/bundle/tlog-proof.ts';
import { stampedBytes } from '../../shared/bundle/trust/check-attestations.ts';
import type { TrustRoot } from '../../shared/bundle/trust/trust-root.ts';
import { verifyBundle } from '../../shared/bundle/verify-bundle.ts';
import { ZipArchive } from '../../shared/bundle/zip-archive.ts';
import type { Timestamping, Witness } from '../config-attestation.ts';
import { exportSession } from '../record/export-session.ts';
import { readCatalog } from '../record/journal-catalog.ts';
import { readKeyEpochs } from '../record/key-ring.ts';
import { openRecorder } from '../record/open-recorder.ts';
import { aSession, recordExchange } from '../record/testing/an-exchange.ts';
import { readWriterFrames } from '../record/writer-entries.ts';
import { askAuthority, readAuthority } from './ask-authority.ts';
import { Attestor } from './attestor.ts';
import { startAuthority, type TestAuthority } from './testing/start-authority.ts';
import { startWitness, type TestWitness } from './testing/start-witness.ts';

let folder = '';
const running: { close(): void }[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'steno-attest-'));
});
afterEach(() => {
  for (const one of running.splice(0)) one.close();
  rmSync(folder, { recursive: true, force: true });
});

const started = <One extends { close(): void }>(one: One): One => {
  running.push(one);
  return one;
};
const settingsOf = (authority: TestAuthority): Timestamping => ({
  url: authority.url,
  certificates: authority.certificates,
  everyMinutes: 60,
  timeoutSeconds: 10,
});
const dataDirectory = (): string => path.join(folder, 'data');
const writerKey = () => parseVerifierKey(readKeyEpochs(dataDirectory())[0]!.key)!;

/** One session from its start to its end, and what was attested of it. Returns its id. */
async function recordSession(how: { readonly timestamping?: Timestamping; readonly witnesses?: Witness[] }): Promise<string> {
  const attestor = new Attestor(
    { dataDirectory: dataDirectory(), timestamping: how.timestamping, witnesses: how.witnesses ?? [] },
    () => undefined,
  );
  const recorder = await openRecorder({ directory: dataDirectory(), onSigned: attestor.onSigned });
  attestor.start(recorder);
  const session = aSession(recorder);
  await recordExchange(recorder, session, Buffer.from('x'));
  await recorder.closeSession(session, 'done');
  await attestor.close();
  await recorder.close();
  return session;
}

let exports = 0;
async function exported(session: string): Promise<string> {
  exports += 1;
  const outputPath = path.join(folder, `${exports}.wacz`);
  await exportSession({
    directory: dataDirectory(),
    session,
    outputPath,
    exportedBy: 'test',
    exporterKey: createSignerKey('test/exporter'),
  });
  return outputPath;
}

const outages = (): string[] =>
  [...readWriterFrames(dataDirectory(), readCatalog(dataDirectory()))]
    .filter(({ kind }) => kind === 'entry')
    .map(({ text }) => writerLeafSchema.parse(JSON.parse(text)))
    .flatMap((leaf) => (leaf.kind === 'outage' ? [`${leaf.service} ${leaf.state}`] : []));

async function judge(file: string, trust: Partial<TrustRoot>) {
  const trustRoot: TrustRoot = {
    formatVersion: 1,
    writers: [{ vkey: writerKey().text, validFrom: '2020-01-01T00:00:00Z' }],
    exporters: [],
    ...trust,
  };
  const { verdict, checks } = await verifyBundle(file, { pinnedKeys: [], trustRoot });
  const trustFile = path.join(folder, 'trust.json');
  writeFileSync(trustFile, JSON.stringify(trustRoot));
  const python = verifyInPython([file], [], trustFile).get(file)!;
  const statusOf = (all: readonly { readonly name: string; readonly status: string }[], name: string) =>
    all.find((one) => one.name === name)?.status;
  const names = ['timestamp', 'witnesses', 'key-validity'];
  expect([python.verdict, ...names.map((name) => statusOf(python.checks, name))]).toEqual([
    verdict,
    ...names.map((name) => statusOf(checks, name)),
  ]);
  return {
    verdict,
    status: (name: string) => statusOf(checks, name),
    detail: (name: string) => checks.find((one) => one.name === name)?.detail,
  };
}

test.each(['ec', 'rsa'] as const)(
  'a closed session is time-stamped by a real authority (%s), which both verifiers and openssl confirm',
  async (kind) => {
    const authority = started(await startAuthority(path.join(folder, 'tsa'), kind));
    const file = await exported(await recordSession({ timestamping: settingsOf(authority) }));
    const known = { timestampAuthorities: [{ name: 'Test TSA', certificates: [authority.root] }] };
    const sound = await judge(file, { ...known, requireTimestamp: true });
    expect([sound.verdict, sound.status('timestamp')]).toEqual(['sound', 'passed']);
    expect(sound.detail('timestamp')).toMatch(/was there at 20.*time-stamped by Test TSA/);
    expect((await judge(file, {})).status('timestamp')).toBe('skipped');
    const zip = await ZipArchive.open(file);
    const proof = parseTlogProof((await zip.read(zip.entries.get('evidence/session-head.tlog-proof')!, 1e6)).toString())!;
    writeFileSync(path.join(folder, 'checkpoint'), stampedBytes(proof.note, proof.checkpoint.origin));
    writeFileSync(path.join(folder, 'stamp.tsr'), await zip.read(zip.entries.get('evidence/checkpoint.tsr')!, 1e6));
    await zip.close();
    const openssl = spawnSync('openssl', ['ts', '-verify', '-data', 'checkpoint', '-in', 'stamp.tsr', '-CAfile', authority.certificates], {
      cwd: folder,
    });
    expect(openssl.stdout.toString() + openssl.stderr.toString()).toContain('Verification: OK');
  },
);

test('a compromised key: amber, unless a time-stamp from before shows that the record is older', async () => {
  const authority = started(await startAuthority(path.join(folder, 'tsa')));
  const file = await exported(await recordSession({ timestamping: settingsOf(authority) }));
  const later = new Date(Date.now() + 3_600_000).toISOString();
  const revoked = {
    vkey: writerKey().text,
    validFrom: '2020-01-01T00:00:00Z',
    revokedAt: later,
    revocationReason: 'key-compromise' as const,
  };
  const known = { timestampAuthorities: [{ name: 'Test TSA', certificates: [authority.root] }] };
  const bare = await judge(file, { writers: [revoked] });
  expect([bare.verdict, bare.status('key-validity')]).toEqual(['sound-unknown-key', 'missing']);
  expect(bare.detail('key-validity')).toContain('nothing proves that this was signed before');
  expect((await judge(file, { writers: [revoked], ...known })).verdict).toBe('sound');
});

test('validity and revocation: signed too late, too early, or when it was revoked already', async () => {
  const file = await exported(await recordSession({}));
  const key = { vkey: writerKey().text, validFrom: '2020-01-01T00:00:00Z' };
  const verdictWith = async (change: object) => {
    const { verdict, status } = await judge(file, { writers: [{ ...key, ...change }] });
    return [verdict, status('key-validity')];
  };
  expect(await verdictWith({})).toEqual(['sound', 'passed']);
  expect(await verdictWith({ validTo: '2021-01-01T00:00:00Z' })).toEqual(['not-sound', 'failed']);
  expect(await verdictWith({ validFrom: '2999-01-01T00:00:00Z' })).toEqual(['not-sound', 'failed']);
  expect(await verdictWith({ revokedAt: '2021-01-01T00:00:00Z', revocationReason: 'superseded' })).toEqual(['not-sound', 'failed']);
  expect(await verdictWith({ revokedAt: '2021-01-01T00:00:00Z', revocationReason: 'key-compromise' })).toEqual(['not-sound', 'failed']);
  expect(await verdictWith({ revokedAt: '2999-01-01T00:00:00Z', revocationReason: 'superseded' })).toEqual(['sound', 'passed']);
  expect((await judge(file, { writers: [] })).verdict).toBe('sound-unknown-key');
});

test.each<[string, TestAuthority['answer'], RegExp]>([
  ['garbage', () => Buffer.from('no'), /no sound time-stamp/],
  ['the answer to another hash', (request, stamp) => stamp(withOther(request, 'hash')), /about something else/],
  ['the answer to another request', (request, stamp) => stamp(withOther(request, 'nonce')), /answers another request/],
  ['a stamp by a signer that is expired', (request, stamp) => stamp(request, 'expired'), /not valid then|Command failed/],
  ['a changed stamp', (request, stamp) => flipLast(stamp(request)), /signature is wrong|no sound/],
  ['a refusal', () => Buffer.from('30053003020102', 'hex'), /refused it \(status 2\)/],
  ['503', () => undefined, /answered 503/],
])('%s is refused on receipt', async (_, answer, message) => {
  const authority = started(await startAuthority(path.join(folder, 'tsa')));
  authority.answer = (request, stamp) => {
    try {
      return answer(request, stamp);
    } catch (error) {
      return Buffer.from(String(error));
    }
  };
  const settings = settingsOf(authority);
  await expect(askAuthority(settings, readAuthority(settings), Buffer.from('data'))).rejects.toThrow(
    _.includes('expired') ? /not valid then|no sound/ : message,
  );
});

test('an authority that nobody named is refused, however sound its stamp', async () => {
  const one = started(await startAuthority(path.join(folder, 'one')));
  const other = started(await startAuthority(path.join(folder, 'other')));
  const settings = { ...settingsOf(one), certificates: other.certificates };
  await expect(askAuthority(settings, readAuthority(settings), Buffer.from('data'))).rejects.toThrow(
    'an authority that the trust root does not name',
  );
});

test('an outage is entered into the log once, its end too, and recording goes on', async () => {
  const authority = started(await startAuthority(path.join(folder, 'tsa')));
  const attestor = new Attestor({ dataDirectory: dataDirectory(), timestamping: settingsOf(authority), witnesses: [] }, () => undefined);
  const recorder = await openRecorder({ directory: dataDirectory(), onSigned: attestor.onSigned });
  attestor.start(recorder);
  const oneMore = async (): Promise<void> => {
    const asked = authority.requests.length;
    const session = aSession(recorder);
    await recordExchange(recorder, session, Buffer.from('x'));
    await recorder.closeSession(session, 'done');
    await expect.poll(() => authority.requests.length, { timeout: 5_000 }).toBeGreaterThan(asked);
    await new Promise((resolve) => setTimeout(resolve, 200));
  };
  const answer = authority.answer;
  authority.answer = () => undefined;
  await oneMore();
  await oneMore();
  authority.answer = answer;
  await oneMore();
  await attestor.close();
  await recorder.close();
  expect(outages()).toEqual(['time-stamping began', 'time-stamping ended']);
  expect(existsSync(path.join(dataDirectory(), 'attestations'))).toBe(true);
});

async function aWitness(name?: string): Promise<TestWitness> {
  if (!existsSync(path.join(dataDirectory(), 'keys'))) await recordSession({});
  return started(await startWitness(path.join(folder, `${name ?? 'witness'}.json`), [writerKey()], name));
}

test('a witness cosigns what goes on from what it saw, over restarts of both; the quorum decides', async () => {
  const witness = await aWitness();
  const settings = [{ url: witness.url, vkey: witness.vkey }];
  await recordSession({ witnesses: settings });
  const file = await exported(await recordSession({ witnesses: settings }));
  // A gateway that starts does not know what the witness saw last: the witness tells it.
  expect([witness.answers[0], witness.answers.at(-1)]).toEqual([200, 200]);
  expect(witness.answers.filter((status) => status !== 200)).toEqual([409]);
  const known = { witnesses: [{ vkey: witness.vkey }] };
  expect((await judge(file, { ...known, witnessQuorum: 1 })).verdict).toBe('sound');
  const stranger = await aWitness('witness.example/w2');
  const both = { witnesses: [{ vkey: witness.vkey }, { vkey: stranger.vkey }] };
  expect((await judge(file, { ...both, witnessQuorum: 1 })).verdict).toBe('sound');
  const two = await judge(file, { ...both, witnessQuorum: 2 });
  expect([two.verdict, two.status('witnesses')]).toEqual(['sound-unknown-key', 'missing']);
});

test('a rewritten log gets no cosignature, and the log says that the witness refused', async () => {
  const witness = await aWitness();
  const settings = [{ url: witness.url, vkey: witness.vkey }];
  await recordSession({ witnesses: settings });
  const before = witness.answers.length;
  // With all that would tell the gateway: only the witness remembers.
  for (const each of ['journal', 'attestations', 'writer-log.json']) rmSync(path.join(dataDirectory(), each), { recursive: true });
  for (let turn = 0; turn < 3; turn += 1) await recordSession({ witnesses: settings });
  expect(witness.answers.slice(before)).not.toContain(200);
  expect(witness.answers.slice(before)).toContain(422);
  expect(outages()).toContain('witness began');
  expect(existsSync(path.join(dataDirectory(), 'attestations'))).toBe(false);
});

test('time-stamp and cosignature stand beside each other', async () => {
  const witness = await aWitness();
  const authority = started(await startAuthority(path.join(folder, 'tsa')));
  const how = { timestamping: settingsOf(authority), witnesses: [{ url: witness.url, vkey: witness.vkey }] };
  const file = await exported(await recordSession(how));
  const trust = {
    witnesses: [{ vkey: witness.vkey }],
    witnessQuorum: 1,
    timestampAuthorities: [{ name: 'Test TSA', certificates: [authority.root] }],
    requireTimestamp: true,
  };
  const { verdict, status } = await judge(file, trust);
  expect([verdict, status('timestamp'), status('witnesses')]).toEqual(['sound', 'passed', 'passed']);
});

/** Another hash, or another nonce, in a request as we write it. */
function withOther(request: Buffer, what: 'hash' | 'nonce'): Buffer {
  const changed = Buffer.from(request);
  const hash = changed.indexOf(Buffer.from('0420', 'hex')) + 2;
  const at = what === 'hash' ? hash + 3 : hash + 32 + 5;
  changed[at] = changed[at]! ^ 1;
  return changed;
}

function flipLast(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  changed[changed.length - 3] = changed[changed.length - 3]! ^ 1;
  return changed;
}

test('the checkpoint that is stamped is the one that the log signed', async () => {
  const authority = started(await startAuthority(path.join(folder, 'tsa')));
  await recordSession({ timestamping: settingsOf(authority) });
  const [name] = readdirSync(path.join(dataDirectory(), 'attestations'));
  const { checkpoint, size } = JSON.parse(readFileSync(path.join(dataDirectory(), 'attestations', name!), 'utf8'));
  expect(parseCheckpoint(checkpoint)?.checkpoint.size).toBe(size);
});
