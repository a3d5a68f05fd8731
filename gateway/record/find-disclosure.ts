import { hash } from 'node:crypto';
import { type DisclosureValue, disclosureSchema } from '../../shared/bundle/format.ts';
import { frameTypes } from './frame.ts';
import type { CatalogSegment, CatalogSession } from './journal-catalog.ts';
import { readFrames } from './read-frames.ts';

/** Whose session it is: written right before the leaf that opens it. */
export function findDisclosure(segment: CatalogSegment, session: CatalogSession): DisclosureValue<'session-identity'> | undefined {
  for (const { header, payload } of readFrames(segment.file, { bodies: 'skip', upTo: segment.upTo })) {
    if (header.type !== frameTypes.disclosure || header.session !== session.number) continue;
    if (hash('sha256', payload, 'hex') !== session.identityDigest) continue;
    const [, name, value] = disclosureSchema.parse(JSON.parse(payload.toString('utf8')));
    return name === 'session-identity' ? value : undefined;
  }
  return undefined;
}
