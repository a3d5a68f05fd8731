import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { canonicalJson } from '../../base/canonical-json.ts';
import { signEnvelope } from '../dsse.ts';
import type { SignerKey } from '../ed25519-key.ts';
import { bundlePaths, INDEX_META, type Manifest, manifestSchema, olderPaths, PREDICATE_TYPE, STATEMENT_TYPE } from '../format.ts';
import { keyOf, renderBlock } from '../index-writer.ts';
import { writeZip, type ZipMember } from '../write-zip.ts';
import { signedParts } from '../zip-members.ts';
import { readMembers } from './mutate-bundle.ts';

/** Changes the texts that are signed. */
type SignedTexts = { readonly manifest?: (text: string) => string; readonly statement?: (text: string) => string };

/** What a forger with the real tools can do: change members at will, then make manifest, digest and statement fit again under a key of his own. */
export async function forgeBundle(
  source: string,
  target: string,
  key: SignerKey,
  change: (members: Map<string, Buffer>) => void,
  texts: SignedTexts = {},
): Promise<void> {
  const same = (text: string): string => text;
  const members = readMembers(readFileSync(source));
  const manifest = manifestSchema.parse(JSON.parse(members.get(bundlePaths.manifest)!.toString('utf8')));
  change(members);
  for (const path of [bundlePaths.manifest, bundlePaths.manifestDigest, olderPaths.statement]) members.delete(path);
  const bytes = Buffer.from((texts.manifest ?? same)(`${JSON.stringify(restate(manifest, members), undefined, 2)}\n`));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const { created, software, steno } = manifest;
  const statement = {
    _type: STATEMENT_TYPE,
    subject: [{ name: bundlePaths.manifest, digest: { sha256 } }],
    predicateType: PREDICATE_TYPE,
    predicate: { formatVersion: steno.formatVersion, sessionId: steno.sessionId, exportedAt: created, exportedBy: 'mallory', software },
  };
  const envelope = signEnvelope(Buffer.from((texts.statement ?? same)(canonicalJson(statement))), key);
  const head: ZipMember[] = [{ path: bundlePaths.manifest, bytes }, ...signedParts(sha256, envelope, steno.formatVersion)];
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

/** The lines of the index, wherever this version has them. */
export function indexLinesOf(members: ReadonlyMap<string, Buffer>): string[] {
  const packed = members.get(bundlePaths.index);
  const text = packed === undefined ? members.get(olderPaths.index)! : gunzipSync(packed);
  return text.toString('utf8').split('\n').slice(0, -1);
}

/** Changes the lines of the index; blocks and their list are made to fit. */
export const editIndex =
  (edit: (lines: string[]) => string[]) =>
  (members: Map<string, Buffer>): void => {
    const text = Buffer.from(
      edit(indexLinesOf(members))
        .map((line) => `${line}\n`)
        .join(''),
    );
    if (members.has(olderPaths.index)) members.set(olderPaths.index, text);
    else packIndex(members, text);
  };

/** In one block: a forger need not write as Steno does where the format leaves a choice. */
export function packIndex(members: Map<string, Buffer>, text: Buffer): void {
  const packed = gzipSync(text);
  const digest = `sha256:${createHash('sha256').update(packed).digest('hex')}`;
  const block = { key: keyOf(text.toString('utf8').split('\n', 1)[0]!), offset: 0, length: packed.length, digest };
  members.set(bundlePaths.index, packed);
  members.set(bundlePaths.indexBlocks, Buffer.from(`${INDEX_META}\n${text.length === 0 ? '' : `${renderBlock(block)}\n`}`));
}
