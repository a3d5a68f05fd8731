/**
 * The law of a recording: every leaf and every JSON file of a bundle, as strict schemas. An unknown field is a finding, never a loss.
 * Leaves are canonical JSON (RFC 8785), flat and tagged by `kind`. What may have to be taken out later (identity, SQL, headers) is not in a leaf:
 * the leaf holds a salted digest of it, and the *disclosure* beside the leaf holds salt and value. Changes: see CHANGELOG.md.
 */
export const FORMAT_VERSION = 3;

export * from './format/archive.ts';
export * from './format/body-sides.ts';
export * from './format/bundle-paths.ts';
export * from './format/custody.ts';
export * from './format/disclosure.ts';
export {
  bodySideSchema,
  type Chunk,
  chunkSchema,
  type StoredForm,
  storedForms,
} from './format/exchange-parts.ts';
export * from './format/limits.ts';
export * from './format/manifest.ts';
export * from './format/proofs.ts';
export * from './format/salts.ts';
export * from './format/session-leaf.ts';
export * from './format/writer-leaf.ts';
