import { hash } from 'node:crypto';
import path from 'node:path';
import { canonicalJson } from '../base/canonical-json.ts';
import { signEnvelope } from './dsse.ts';
import type { SignerKey } from './ed25519-key.ts';
import {
  bundlePaths,
  type Custody,
  DERIVED_FOLDER,
  type Envelope,
  FORMAT_VERSION,
  hasSaltsApart,
  type Manifest,
  olderPaths,
  PREDICATE_TYPE,
  STATEMENT_TYPE,
  type Statement,
} from './format.ts';
import { NO_HASH } from './merkle-tree.ts';
import { writeZip, type ZipMember } from './write-zip.ts';

/** A member made beforehand: in a file, or read front to back from wherever it is kept. */
export type Member = {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
} & ({ readonly file: string } | { readonly read: () => AsyncIterable<Uint8Array> });

export type CustodyStep = Pick<Custody, 'action' | 'by' | 'tool' | 'at' | 'reason' | 'redacted'>;

export type BundleEnding = {
  readonly sessionId: string;
  readonly sessionName: string;
  readonly snapshot: boolean;
  /** Text of the head's leaf in the writer log, its proof, and the keys that may help to check them. */
  readonly head: string;
  readonly proof: string;
  readonly keys: readonly string[];
  readonly software: string;
  readonly at: string;
  readonly exportedBy: string;
  readonly reason?: string | undefined;
  readonly custody?: readonly CustodyStep[];
  readonly exporterKey: SignerKey;
  /** Small optional files, by path: what else speaks for the checkpoint. */
  readonly extras?: ReadonlyMap<string, Buffer> | undefined;
};

export type BundleCounts = { readonly exchanges: number; readonly leaves: number };

/** Everything but these is deflated: their readers go to any place of them. */
const storedMembers: ReadonlySet<string> = new Set([bundlePaths.index, bundlePaths.indexBlocks, bundlePaths.warc, olderPaths.index]);

/** Makes a bundle of finished members: adds the texts, the manifest and its signature. Returns the SHA-256 of the manifest. */
export async function zipMembers(
  outputPath: string,
  members: readonly Member[],
  counts: BundleCounts,
  ending: BundleEnding,
): Promise<string> {
  const formatVersion = versionOf(members);
  const parts = inOrder([...members.map(memberPart), ...textParts(ending, formatVersion)]);
  const manifest = Buffer.from(`${JSON.stringify(toManifest(parts, counts, ending, formatVersion), undefined, 2)}\n`);
  const manifestSha256 = hash('sha256', manifest, 'hex');
  const statement = canonicalJson(toStatement(ending, manifestSha256, formatVersion));
  const signed = signedParts(manifestSha256, signEnvelope(Buffer.from(statement), ending.exporterKey), formatVersion);
  await writeZip(outputPath, [{ path: bundlePaths.manifest, bytes: manifest }, ...signed, ...parts]);
  return manifestSha256;
}

/** A session that was sealed by an older release leaves as a bundle of the version that its members are of. */
const versionOf = (members: readonly Member[]): number =>
  members.some(({ path: member }) => member === bundlePaths.salts) ? FORMAT_VERSION : 2;

/** What speaks of the manifest. */
export function signedParts(manifestSha256: string, statement: Envelope, formatVersion: number): ZipMember[] {
  const digest = { path: bundlePaths.manifest, hash: `sha256:${manifestSha256}` };
  const lines = hasSaltsApart(formatVersion)
    ? [[bundlePaths.manifestDigest, { ...digest, statement }] as const]
    : ([
        [bundlePaths.manifestDigest, digest],
        [olderPaths.statement, statement],
      ] as const);
  return lines.map(([member, value]) => ({ path: member, bytes: Buffer.from(`${JSON.stringify(value)}\n`) }));
}

/** A file of the bundle, as the manifest names it and the ZIP holds it. */
type Part = ZipMember & { readonly sha256: string; readonly length: number };

/** What readers want first stands first, the bodies last. */
const order: readonly string[] = [
  bundlePaths.leaves,
  bundlePaths.disclosures,
  bundlePaths.salts,
  bundlePaths.sessionHead,
  bundlePaths.proof,
  bundlePaths.keys,
  bundlePaths.custody,
  olderPaths.index,
  bundlePaths.indexBlocks,
  bundlePaths.index,
  bundlePaths.pages,
  bundlePaths.warc,
];
const rank = ({ path: member }: Part): number => (order.includes(member) ? order.indexOf(member) : order.length);
const inOrder = (parts: readonly Part[]): Part[] => parts.toSorted((a, b) => rank(a) - rank(b));

function memberPart(member: Member): Part {
  const method = storedMembers.has(member.path) || member.path.startsWith(DERIVED_FOLDER) ? ('store' as const) : ('deflate' as const);
  const facts = { path: member.path, sha256: member.sha256, length: member.bytes, method };
  return 'file' in member ? { ...facts, file: member.file } : { ...facts, read: member.read };
}

function textParts(ending: BundleEnding, formatVersion: number): Part[] {
  const page = { format: 'json-pages-1.0', id: 'pages', title: 'Exchanges' };
  return [
    textPart(bundlePaths.sessionHead, ending.head),
    textPart(bundlePaths.proof, ending.proof),
    textPart(bundlePaths.keys, ending.keys.map((key) => `${key}\n`).join('')),
    textPart(bundlePaths.custody, custodyText(ending)),
    ...(hasSaltsApart(formatVersion) ? [] : [textPart(bundlePaths.pages, `${JSON.stringify(page)}\n`)]),
    ...[...(ending.extras ?? [])].map(([file, bytes]) => textPart(file, bytes)),
  ];
}

function textPart(file: string, text: string | Buffer): Part {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  return { path: file, bytes, sha256: hash('sha256', bytes, 'hex'), length: bytes.length };
}

function toManifest(parts: readonly Part[], { exchanges, leaves }: BundleCounts, ending: BundleEnding, formatVersion: number): Manifest {
  return {
    profile: 'data-package',
    wacz_version: '1.1.1',
    title: `Session ${ending.sessionName}`,
    created: ending.at,
    software: ending.software,
    resources: parts.map(({ path: file, sha256, length }) => ({
      name: path.posix.basename(file),
      path: file,
      hash: `sha256:${sha256}`,
      bytes: length,
    })),
    steno: {
      formatVersion,
      sessionId: ending.sessionId,
      sessionName: ending.sessionName,
      exchanges,
      leaves,
      snapshot: ending.snapshot,
    },
  };
}

function custodyText(ending: BundleEnding): string {
  const steps = [
    ...(ending.custody ?? []),
    { action: 'exported' as const, by: ending.exportedBy, tool: ending.software, at: ending.at, reason: ending.reason },
  ];
  let prev = NO_HASH;
  let text = '';
  steps.forEach((step, seq) => {
    const line = canonicalJson({ ...JSON.parse(JSON.stringify(step)), seq, prev });
    prev = hash('sha256', line, 'hex');
    text += `${line}\n`;
  });
  return text;
}

function toStatement(ending: BundleEnding, manifestSha256: string, formatVersion: number): Statement {
  return {
    _type: STATEMENT_TYPE,
    subject: [{ name: bundlePaths.manifest, digest: { sha256: manifestSha256 } }],
    predicateType: PREDICATE_TYPE,
    predicate: {
      formatVersion,
      sessionId: ending.sessionId,
      exportedAt: ending.at,
      exportedBy: ending.exportedBy,
      software: ending.software,
      ...(ending.reason === undefined ? {} : { reason: ending.reason }),
    },
  };
}
