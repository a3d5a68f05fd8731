import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { canonicalJson } from '../../base/canonical-json.ts';
import { signEnvelope } from '../dsse.ts';
import type { SignerKey } from '../ed25519-key.ts';
import { bundlePaths, type Manifest, manifestSchema, PREDICATE_TYPE, STATEMENT_TYPE } from '../format.ts';
import { writeZip, type ZipMember } from '../write-zip.ts';
import { readMembers } from './mutate-bundle.ts';

/** What a forger with the real tools can do: change members at will, then make manifest, digest and statement fit again under a key of his own. */
export async function forgeBundle(
  source: string,
  target: string,
  key: SignerKey,
  change: (members: Map<string, Buffer>) => void,
): Promise<void> {
  const members = readMembers(readFileSync(source));
  const manifest = manifestSchema.parse(JSON.parse(members.get(bundlePaths.manifest)!.toString('utf8')));
  change(members);
  for (const path of [bundlePaths.manifest, bundlePaths.manifestDigest, bundlePaths.statement]) members.delete(path);
  const bytes = Buffer.from(`${JSON.stringify(restate(manifest, members), undefined, 2)}\n`);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const { created, software, steno } = manifest;
  const statement = {
    _type: STATEMENT_TYPE,
    subject: [{ name: bundlePaths.manifest, digest: { sha256 } }],
    predicateType: PREDICATE_TYPE,
    predicate: { formatVersion: steno.formatVersion, sessionId: steno.sessionId, exportedAt: created, exportedBy: 'mallory', software },
  };
  const head: ZipMember[] = [
    { path: bundlePaths.manifest, bytes },
    {
      path: bundlePaths.manifestDigest,
      bytes: Buffer.from(`${JSON.stringify({ path: bundlePaths.manifest, hash: `sha256:${sha256}` })}\n`),
    },
    { path: bundlePaths.statement, bytes: Buffer.from(`${JSON.stringify(signEnvelope(Buffer.from(canonicalJson(statement)), key))}\n`) },
  ];
  rmSync(target, { force: true });
  await writeZip(target, [...head, ...[...members].map(([path, content]) => ({ path, bytes: content }))]);
}

function restate(manifest: Manifest, members: ReadonlyMap<string, Buffer>): Manifest {
  const resources = [...members].map(([path, content]) => {
    const hash = `sha256:${createHash('sha256').update(content).digest('hex')}`;
    return { name: path.split('/').at(-1)!, path, hash, bytes: content.length };
  });
  const leaves = members.get(bundlePaths.leaves)?.toString('latin1').split('\n').length ?? 1;
  return { ...manifest, resources, steno: { ...manifest.steno, leaves: leaves - 1 } };
}

/** Changes the lines of a member. */
export const editLines =
  (path: string, edit: (lines: string[]) => string[]) =>
  (members: Map<string, Buffer>): void => {
    const lines = members.get(path)!.toString('utf8').split('\n').slice(0, -1);
    members.set(
      path,
      Buffer.from(
        edit(lines)
          .map((line) => `${line}\n`)
          .join(''),
      ),
    );
  };

export const editText =
  (path: string, from: string | RegExp, to: string) =>
  (members: Map<string, Buffer>): void => {
    const before = members.get(path)!.toString('latin1');
    const after = before.replace(from, to);
    if (after === before) throw new Error(`${path} does not hold ${from}`);
    members.set(path, Buffer.from(after, 'latin1'));
  };
