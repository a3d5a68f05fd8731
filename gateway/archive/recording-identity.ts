import { hash } from 'node:crypto';
import { disclosureSchema } from '../../shared/bundle/format.ts';
import type { SessionIdentity } from '../record/segment-scan.ts';
import { openText } from './recording-crypt.ts';
import type { RecordingManifest } from './recording-manifest.ts';
import type { SubjectKeys } from './subject-keys.ts';

/** Whose recording it is. `undefined`: erased, or the manifest does not hold what was sealed into it. */
export function identityOf({ principal }: Pick<RecordingManifest, 'principal'>, keys: SubjectKeys): SessionIdentity | undefined {
  const key = keys.byId(principal.keyId);
  const line = key && openText(key.key, principal.sealed);
  if (line === undefined || hash('sha256', line, 'hex') !== principal.digest) return undefined;
  const [, name, value] = disclosureSchema.parse(JSON.parse(line));
  return name === 'session-identity' ? { line, digest: principal.digest, value } : undefined;
}
