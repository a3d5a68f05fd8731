// Damages what speaks for a checkpoint (changes of keys, proofs, time-stamps, cosignatures) and windows of a log, N times (1,000 unless told), and asks both
// verifiers; exits 1 if they disagreed, or called a window sound whose entries were changed.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Attestor } from '../../gateway/attest/attestor.ts';
import { startAuthority } from '../../gateway/attest/testing/start-authority.ts';
import { startWitness } from '../../gateway/attest/testing/start-witness.ts';
import { findAttestation } from '../../gateway/record/attestations.ts';
import { exportSession } from '../../gateway/record/export-session.ts';
import { readCatalog } from '../../gateway/record/journal-catalog.ts';
import { readKeyEpochs, requestRotation } from '../../gateway/record/key-ring.ts';
import { openRecorder } from '../../gateway/record/open-recorder.ts';
import { aSession, recordExchange } from '../../gateway/record/testing/an-exchange.ts';
import { takeWindow } from '../../gateway/record/write-window.ts';
import { parseVerifierKey } from '../../shared/bundle/ed25519-key.ts';
import { bundlePaths, optionalPaths } from '../../shared/bundle/format.ts';
import { forger, summaryOf, verifyInPython } from '../../shared/bundle/testing/compare-verifiers.ts';
import { createRandom } from '../../shared/bundle/testing/create-random.ts';
import { forgeBundle } from '../../shared/bundle/testing/forge-bundle.ts';
import type { TrustRoot } from '../../shared/bundle/trust/trust-root.ts';
import { verifyBundle } from '../../shared/bundle/verify-bundle.ts';
import { verifyWindow } from '../../shared/bundle/window/verify-window.ts';

const BATCH = 50;
const runs = Number(process.argv[2] ?? 1_000);
const random = createRandom(Number(process.argv[3] ?? 1));
const pick = (below: number): number => Math.floor(random() * below);
const folder = mkdtempSync(path.join(tmpdir(), 'steno-fuzz-trust-'));
const directory = path.join(folder, 'data');

/** A log that knows everything: a change of keys, a time-stamp, a cosignature, an earlier export. */
async function record(): Promise<{ readonly bundle: string; readonly window: string; readonly trust: TrustRoot }> {
  await (await openRecorder({ directory })).close();
  const [first] = readKeyEpochs(directory);
  requestRotation(directory, 0);
  await (await openRecorder({ directory })).close();
  const authority = await startAuthority(path.join(folder, 'tsa'));
  const keys = readKeyEpochs(directory).map(({ key }) => parseVerifierKey(key)!);
  const witness = await startWitness(path.join(folder, 'witness.json'), keys);
  const timestamping = { url: authority.url, certificates: authority.certificates, everyMinutes: 60, timeoutSeconds: 10 };
  const attestor = new Attestor(
    { dataDirectory: directory, timestamping, witnesses: [{ url: witness.url, vkey: witness.vkey }] },
    console.error,
  );
  const recorder = await openRecorder({ directory, onSigned: attestor.onSigned });
  attestor.start(recorder);
  const from = new Date().toISOString();
  let bundle = '';
  for (let turn = 0; turn < 2; turn += 1) {
    const session = aSession(recorder);
    await recordExchange(recorder, session, Buffer.from('{"rows":[]}'));
    await recorder.closeSession(session, 'done');
    await attested(session);
    bundle = path.join(folder, `source-${turn}.wacz`);
    await exportSession({ directory, session, outputPath: bundle, exportedBy: 'fuzz', exporterKey: forger });
  }
  await recorder.close();
  await attestor.close();
  authority.close();
  witness.close();
  const trust: TrustRoot = {
    formatVersion: 1,
    writers: [{ vkey: first!.key, validFrom: '2020-01-01T00:00:00Z' }],
    exporters: [{ vkey: forger.text, validFrom: '2020-01-01T00:00:00Z' }],
    witnesses: [{ vkey: witness.vkey }],
    witnessQuorum: 1,
    timestampAuthorities: [{ name: 'TSA', certificates: [authority.root] }],
    requireTimestamp: true,
  };
  const window = path.join(folder, 'window.json');
  writeFileSync(window, JSON.stringify(takeWindow(directory, from, new Date().toISOString())));
  return { bundle, window, trust };
}

/** Authority and witness have answered about the end of the session. */
async function attested(session: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const head = [...readCatalog(directory).sessions.values()].find(({ sessionId }) => sessionId === session)?.head;
    if (head !== undefined && findAttestation(directory, head.leaf.index) !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** One changed, inserted or removed byte. */
function damage(content: Buffer): Buffer {
  const at = pick(content.length);
  const [how, byte] = [pick(3), pick(256)];
  const put = how === 2 ? [] : [byte === content[at] ? byte ^ 1 : byte];
  return Buffer.concat([content.subarray(0, at), Buffer.from(put), content.subarray(at + (how === 1 ? 0 : 1))]);
}

const members = [
  optionalPaths.keyRotations,
  optionalPaths.consistency,
  optionalPaths.checkpointEntry,
  optionalPaths.timestamp,
  bundlePaths.proof,
  bundlePaths.keys,
  bundlePaths.sessionHead,
];

async function forgeOne(source: string, target: string): Promise<string> {
  let name = '';
  await forgeBundle(source, target, forger, (all) => {
    const there = members.filter((member) => all.has(member));
    const member = there[pick(there.length)]!;
    name = pick(12) === 0 ? `without ${member}` : `damaged ${member}`;
    if (name.startsWith('without')) all.delete(member);
    else all.set(member, damage(all.get(member)!));
  });
  return name;
}

function damageWindow(source: string, target: string): string {
  const window = JSON.parse(readFileSync(source, 'utf8'));
  const leaves: string[] = window.leaves;
  const place = pick(leaves.length);
  const ways: Record<string, () => void> = {
    'an entry left out': () => leaves.splice(place, 1),
    'an entry twice': () => leaves.splice(place, 0, leaves[place]!),
    'an entry damaged': () => leaves.splice(place, 1, damage(Buffer.from(leaves[place]!)).toString('utf8')),
    'another first': () => {
      window.first += 1 + pick(3);
    },
    'the checkpoint damaged': () => {
      window.checkpoint = damage(Buffer.from(window.checkpoint)).toString('utf8');
    },
    'a longer border': () => window.border.push('ab'.repeat(32)),
  };
  const names = Object.keys(ways);
  const name = names[pick(names.length)]!;
  ways[name]!();
  writeFileSync(target, JSON.stringify(window));
  return name;
}

const { bundle, window, trust } = await record();
const trustFile = path.join(folder, 'trust.json');
writeFileSync(trustFile, JSON.stringify(trust));
const before = await verifyBundle(bundle, { pinnedKeys: [], trustRoot: trust });
if (before.verdict !== 'sound')
  throw new Error(`the source is not sound: ${JSON.stringify(before.checks.filter(({ status }) => status !== 'passed'))}`);
let faults = 0;
for (let done = 0; done < runs; done += BATCH) {
  const names = new Map<string, string>();
  for (let run = 0; run < Math.min(BATCH, runs - done); run += 1) {
    const isWindow = run % 3 === 0;
    const file = path.join(folder, `forged-${run}.${isWindow ? 'json' : 'wacz'}`);
    names.set(file, isWindow ? damageWindow(window, file) : await forgeOne(bundle, file));
  }
  // Half of them by who knows nobody.
  const [trustRoot, known] = (done / BATCH) % 2 === 0 ? [trust, trustFile] : [];
  const python = verifyInPython([...names.keys()], [], known);
  for (const [file, name] of names) {
    const judged = file.endsWith('json')
      ? await verifyWindow(file, { pinnedKeys: [], trustRoot })
      : await verifyBundle(file, { pinnedKeys: [], trustRoot });
    const [typescript, other] = [summaryOf(judged as never), summaryOf(python.get(file)!)];
    const isSound = judged.verdict !== 'not-sound' && file.endsWith('json');
    if (typescript === other && !isSound) continue;
    faults += 1;
    console.error(`${name}${isSound ? ' is called sound' : ''}\n  TypeScript ${typescript}\n  Python     ${other}`);
  }
}
rmSync(folder, { recursive: true });
console.log(`${runs} forgeries of trust, ${faults} judged in two ways or called sound`);
process.exitCode = faults === 0 ? 0 : 1;
