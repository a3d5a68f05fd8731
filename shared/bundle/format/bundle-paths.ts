// The files of a bundle.
export const bundlePaths = {
  manifest: 'datapackage.json',
  manifestDigest: 'datapackage-digest.json',
  leaves: 'evidence/leaves.ndjson',
  disclosures: 'evidence/disclosures.ndjson',
  salts: 'evidence/salts.ndjson',
  sessionHead: 'evidence/session-head.json',
  proof: 'evidence/session-head.tlog-proof',
  keys: 'evidence/keys.vkeys',
  custody: 'evidence/custody.ndjson',
  warc: 'archive/exchanges-0001.warc.gz',
  /** Lines of CDXJ in gzip members of at most INDEX_BLOCK_LINES lines, and where each member lies (ZipNum, as WACZ readers know it). */
  index: 'indexes/index.cdx.gz',
  indexBlocks: 'indexes/index.idx',
  pages: 'pages/pages.jsonl',
} as const;

/** Versions 1 and 2: the exporter's statement was a file of its own, the index a plain file, and salts stood in the WARC. */
export const olderPaths = { statement: 'evidence/statement.dsse.json', index: 'indexes/index.cdxj' } as const;
export const hasSaltsApart = (formatVersion: number): boolean => formatVersion >= 3;

const { salts: _salts, index: _index, indexBlocks: _blocks, ...unchangedPaths } = bundlePaths;
/** Files that every bundle of a version has. */
export const requiredPaths = (formatVersion: number): readonly string[] =>
  Object.values(hasSaltsApart(formatVersion) ? bundlePaths : { ...unchangedPaths, ...olderPaths });

export const INDEX_BLOCK_LINES = 1_024;
/** The first line of index.idx. */
export const INDEX_META = '!meta 0 {"format":"cdxj-gzip-1.0","filename":"index.cdx.gz"}';
/** Pages beyond these are not listed: whoever looks for one exchange among so many searches, and does not scroll. */
export const MAX_PAGES = 10_000;

/** Below it stand tables for fast loading, one Parquet file each, under the name of the table (shared/derived). Nothing is proved by them. */
export const DERIVED_FOLDER = 'derived/';

/** Files that a bundle may have; the manifest names those that are there, like every other. */
export const optionalPaths = {
  /** RFC 3161 time-stamp of the checkpoint. */
  timestamp: 'evidence/checkpoint.tsr',
  keyRotations: 'evidence/key-rotations.ndjson',
  consistency: 'evidence/consistency.ndjson',
  checkpointEntry: 'evidence/checkpoint-entry.json',
} as const;

const allowedPaths = (formatVersion: number): readonly string[] => [...requiredPaths(formatVersion), ...Object.values(optionalPaths)];
/**
 * Whether a bundle may hold such a file. Others would be proved by nothing, and still be found: replay tools show every archive and every list of pages.
 */
export const isBundlePath = (path: string, formatVersion: number): boolean =>
  /^derived\/[a-z0-9_-]+\.parquet$/.test(path) || allowedPaths(formatVersion).includes(path);
