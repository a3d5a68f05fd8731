import { hash } from 'node:crypto';
import type { Bundle } from './bundle.ts';
import { isFault } from './bundle-error.ts';
import { checkInThreads } from './check-in-threads.ts';
import { checkManifest } from './check-manifest.ts';
import { checkCustody } from './check-signatures.ts';
import { parseVerifierKey } from './ed25519-key.ts';
import { bundlePaths, type Manifest } from './format.ts';
import { archiveOf, openCopy, parseManifest } from './open-bundle.ts';
import { checkSigners, type Trusted } from './trust/check-signers.ts';
import type { TrustRoot } from './trust/trust-root.ts';
import { Report, type Signer, type Verification, verdictOf } from './verification.ts';
import type { ZipArchive } from './zip-archive.ts';

const MANIFEST_BYTES = 1_048_576;

export type VerifyOptions = {
  readonly pinnedKeys: readonly string[];
  readonly trustRoot?: TrustRoot | undefined;
  /** Texts of age identities, for a bundle that is encrypted. */
  readonly identities?: readonly string[] | undefined;
  /** Whether threads share the work; what they say is the same. Only in bundles that are worth it unless told. */
  readonly inThreads?: boolean | undefined;
  /** Told now and then how far it is. */
  readonly onProgress?: ((progress: VerifyProgress) => void) | undefined;
};

/** `hashing`: bytes of the files; `checking`: bytes of the archive whose records were compared. */
export type VerifyProgress = { readonly step: 'hashing' | 'checking'; readonly doneBytes: number; readonly totalBytes: number };

/**
 * Checks everything that can be checked, and goes on after faults. Never throws on bad data; throws BundleError where the reader lacks an identity or room.
 * `pinnedKeys`: public keys known beforehand, as `NAME+ID+BASE64`; lines that are no keys are passed over.
 * `trustRoot`: keys with the time they are valid, witnesses, time-stamping authorities.
 */
export async function verifyBundle(path: string, options: VerifyOptions): Promise<Verification> {
  const report = new Report();
  try {
    const { zip, close } = await openCopy(path, { identities: options.identities });
    try {
      return await verifyArchive(path, zip, options, report);
    } finally {
      await close();
    }
  } catch (error) {
    if (!isFault(error)) throw error;
    report.fault('container', path, error.message);
    return toVerification(path, report, undefined, [], false);
  }
}

/** The same for a bundle that is open: exactly the bytes that it reads are verified. */
export async function verifyOpenBundle(bundle: Bundle, options: VerifyOptions): Promise<Verification> {
  const zip = archiveOf(bundle);
  if (zip === undefined) throw new TypeError('Only a bundle that openBundle opened can be verified');
  return await verifyArchive(bundle.path, zip, options, new Report());
}

async function verifyArchive(path: string, zip: ZipArchive, options: VerifyOptions, report: Report): Promise<Verification> {
  report.done('container', path, `a strict ZIP of ${zip.entries.size} files`);
  const pinned = options.pinnedKeys.map(parseVerifierKey).filter((key) => key !== undefined);
  return await verifyOpen(path, zip, { pinned, root: options.trustRoot }, report, options);
}

async function verifyOpen(
  path: string,
  zip: ZipArchive,
  trusted: Trusted,
  report: Report,
  { onProgress = () => undefined, inThreads }: VerifyOptions,
): Promise<Verification> {
  const read = await readManifest(zip, report);
  if (read === undefined) return toVerification(path, report, undefined, [], false);
  const { manifest, sha256 } = read;
  await checkManifest(zip, manifest, sha256, report, (doneBytes, totalBytes) => onProgress({ step: 'hashing', doneBytes, totalBytes }));
  const redacted = await checkCustody(zip, report);
  const onBytes = (doneBytes: number, totalBytes: number): void => onProgress({ step: 'checking', doneBytes, totalBytes });
  const leaves = await checkInThreads(zip, { manifest, redacted }, report, onBytes, inThreads);
  const signers = await checkSigners(zip, manifest, sha256, leaves, trusted, report);
  return toVerification(path, report, { manifest, sha256 }, signers, redacted.size > 0);
}

async function readManifest(zip: ZipArchive, report: Report): Promise<{ manifest: Manifest; sha256: string } | undefined> {
  const entry = zip.entries.get(bundlePaths.manifest);
  if (entry === undefined) {
    report.fault('manifest', bundlePaths.manifest, 'This ZIP is not a Steno bundle: it has no manifest.', 'missing');
    return undefined;
  }
  try {
    const bytes = await zip.read(entry, MANIFEST_BYTES);
    return { manifest: parseManifest(bytes), sha256: hash('sha256', bytes, 'hex') };
  } catch (error) {
    if (!isFault(error)) throw error;
    report.fault('manifest', bundlePaths.manifest, error.message);
    return undefined;
  }
}

function toVerification(
  path: string,
  report: Report,
  read: { readonly manifest: Manifest; readonly sha256: string } | undefined,
  signers: readonly Signer[],
  isRedacted: boolean,
): Verification {
  const checks = report.checks();
  const { sessionId, sessionName } = read?.manifest.steno ?? {};
  return { path, verdict: verdictOf(checks, isRedacted), sessionId, sessionName, manifestSha256: read?.sha256, signers, checks };
}
