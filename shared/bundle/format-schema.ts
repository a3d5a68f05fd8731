import { z } from 'zod';
import {
  bodySaltsSchema,
  checkpointEntrySchema,
  columnSaltsSchema,
  consistencyLineSchema,
  custodySchema,
  disclosureSchema,
  envelopeSchema,
  indexBlockSchema,
  indexEntrySchema,
  keyRotationSchema,
  manifestDigestSchema,
  manifestSchema,
  olderManifestDigestSchema,
  sessionHeadSchema,
  sessionLeafSchema,
  statementSchema,
  warcColumnSaltsSchema,
  warcMetadataSchema,
  writerLeafSchema,
} from './format.ts';
import { receiptSchema } from './receipt.ts';
import { trustRootSchema } from './trust/trust-root.ts';
import { windowFileSchema } from './window/window-file.ts';

/** The law as JSON Schema, for readers in other languages (verify.py). format.schema.json is written from it by fixtures/bundles/make-golden.ts; a test holds the two together. */
export function formatJsonSchema(): Readonly<Record<string, unknown>> {
  const schemas = {
    leaf: sessionLeafSchema,
    head: sessionHeadSchema,
    disclosure: disclosureSchema,
    manifest: manifestSchema,
    manifestDigest: manifestDigestSchema,
    envelope: envelopeSchema,
    statement: statementSchema,
    custody: custodySchema,
    bodySalts: bodySaltsSchema,
    columnSalts: columnSaltsSchema,
    indexEntry: indexEntrySchema,
    indexBlock: indexBlockSchema,
    olderManifestDigest: olderManifestDigestSchema,
    warcMetadata: warcMetadataSchema,
    warcColumnSalts: warcColumnSaltsSchema,
    writerLeaf: writerLeafSchema,
    keyRotation: keyRotationSchema,
    checkpointEntry: checkpointEntrySchema,
    consistencyLine: consistencyLineSchema,
    trustRoot: trustRootSchema,
    window: windowFileSchema,
    receipt: receiptSchema,
  };
  const entries = Object.entries(schemas).map(([name, schema]) => [name, z.toJSONSchema(schema, { unrepresentable: 'any' })]);
  return JSON.parse(JSON.stringify(Object.fromEntries(entries)));
}
