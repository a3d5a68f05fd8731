/**
 * Who may import whom. A file belongs to the row with the longest matching folder; a row may import itself and what it names.
 * Packages: `node:` stands for Node's own modules, other names for npm packages; '*' allows any.
 */
type ImportRow = { readonly folder: string; readonly folders: readonly string[]; readonly packages: readonly string[] };

const shared = ['shared/base', 'shared/bigquery', 'shared/googlesql', 'shared/bundle'];
const configParts = [
  'gateway/config-attestation.ts',
  'gateway/config-connections.ts',
  'gateway/config-people.ts',
  'gateway/config-recording.ts',
  'gateway/config-retention.ts',
  'gateway/config-storage.ts',
];
/** What every stage of the gateway sees; never another stage. */
const stage = [
  'gateway/exchange.ts',
  'gateway/errors.ts',
  'gateway/config.ts',
  ...configParts,
  'gateway/duration.ts',
  'gateway/durable',
  'gateway/lower-priority.ts',
  ...shared,
];

const importTable: readonly ImportRow[] = [
  { folder: 'shared/base', folders: [], packages: ['canonicalize', 'uuidv7', 'node:'] },
  { folder: 'shared/bigquery', folders: ['shared/base'], packages: ['zod', 'node:buffer'] },
  { folder: 'shared/googlesql', folders: ['shared/base', 'shared/bigquery'], packages: ['node:crypto', 'tldts'] },
  { folder: 'shared/bundle', folders: ['shared/base'], packages: ['*'] },
  {
    folder: 'shared/derived',
    folders: ['shared/base', 'shared/bigquery', 'shared/googlesql', 'shared/bundle'],
    packages: ['node:', '@duckdb/node-api'],
  },
  { folder: 'shared/sandbox', folders: ['shared/base', 'shared/bigquery', 'shared/googlesql'], packages: ['*'] },
  { folder: 'shared/contract', folders: ['shared/base'], packages: ['zod'] },

  { folder: 'gateway', folders: [...shared, 'gateway/*'], packages: ['*'] },
  { folder: 'gateway/exchange.ts', folders: shared, packages: ['*'] },
  { folder: 'gateway/errors.ts', folders: shared, packages: ['*'] },
  { folder: 'gateway/config.ts', folders: [...shared, ...configParts], packages: ['*'] },
  { folder: 'gateway/config-connections.ts', folders: [...shared, 'gateway/config-people.ts'], packages: ['*'] },
  { folder: 'gateway/config-recording.ts', folders: [], packages: ['zod'] },
  { folder: 'gateway/config-people.ts', folders: shared, packages: ['*'] },
  { folder: 'gateway/config-attestation.ts', folders: shared, packages: ['*'] },
  { folder: 'gateway/config-storage.ts', folders: [...shared, 'gateway/config-people.ts'], packages: ['*'] },
  { folder: 'gateway/config-retention.ts', folders: [...shared, 'gateway/duration.ts'], packages: ['*'] },
  { folder: 'gateway/duration.ts', folders: ['shared/base'], packages: [] },
  { folder: 'gateway/lower-priority.ts', folders: [], packages: ['node:'] },
  { folder: 'gateway/durable', folders: [], packages: ['node:'] },
  { folder: 'gateway/identity', folders: stage, packages: ['*'] },
  { folder: 'gateway/session', folders: stage, packages: ['*'] },
  { folder: 'gateway/inspect', folders: stage, packages: ['*'] },
  { folder: 'gateway/policy', folders: stage, packages: ['*'] },
  { folder: 'gateway/upstream', folders: stage, packages: ['*'] },
  // What is sealed and what is still in the journal are read as one.
  { folder: 'gateway/record', folders: [...stage, 'shared/derived', 'gateway/archive', 'gateway/store'], packages: ['*'] },
  { folder: 'gateway/attest', folders: [...stage, 'gateway/record'], packages: ['*'] },
  { folder: 'gateway/archive', folders: [...stage, 'gateway/record', 'gateway/store'], packages: ['*'] },
  { folder: 'gateway/store', folders: stage, packages: ['*'] },
  // Acts upon recordings: nothing of it is on the way of an exchange.
  {
    folder: 'gateway/retention',
    folders: [...stage, 'shared/derived', 'gateway/record', 'gateway/archive', 'gateway/store'],
    packages: ['*'],
  },
  { folder: 'gateway/admin', folders: [...stage, 'gateway/retention'], packages: ['*'] },

  {
    folder: 'desktop/engine',
    folders: [...shared, 'shared/derived', 'shared/sandbox', 'shared/contract'],
    packages: ['*', '!electron', '!react'],
  },
  { folder: 'desktop/main', folders: ['shared/base', 'shared/contract', 'desktop/engine'], packages: ['*', '!react'] },
  { folder: 'desktop/host', folders: ['shared/base', 'shared/contract', 'desktop/engine'], packages: ['*', '!electron', '!react'] },
  { folder: 'desktop/preload', folders: ['shared/contract'], packages: ['electron'] },
  { folder: 'desktop/renderer', folders: ['shared/base', 'shared/contract', 'shared/bigquery'], packages: ['*', '!electron', '!node:'] },

  { folder: 'fixtures', folders: ['*'], packages: ['*'] },
  { folder: 'e2e', folders: ['*'], packages: ['*'] },
  { folder: 'steno.ts', folders: ['*'], packages: ['*'] },
];

/** Why this import is not allowed, or undefined when it is. Paths are relative to the project, packages are bare names. */
export function refuseImport(from: string, to: string): string | undefined {
  const row = rowOf(from);
  if (row === undefined) return `${from} belongs to no row of the table`;
  if (!isPath(to)) return mayImportPackage(row, to) ? undefined : `${row.folder} may not use ${to}`;
  const target = rowOf(to);
  if (target === undefined) return `${to} belongs to no row of the table`;
  const allowed = target === row || row.folders.some((each) => each === '*' || each === target.folder || isBelow(target.folder, each));
  return allowed ? undefined : `${row.folder} may not import ${target.folder}`;
}

function rowOf(path: string): ImportRow | undefined {
  const rows = importTable.filter((row) => path === row.folder || path.startsWith(`${row.folder}/`));
  return rows.sort((a, b) => b.folder.length - a.folder.length)[0];
}

function mayImportPackage(row: ImportRow, name: string): boolean {
  const names = (pattern: string): boolean => name === pattern || name.startsWith(pattern.endsWith(':') ? pattern : `${pattern}/`);
  if (row.packages.some((each) => each.startsWith('!') && names(each.slice(1)))) return false;
  return row.packages.some((each) => each === '*' || names(each));
}

const isPath = (to: string): boolean => /^(gateway|desktop|shared|fixtures|e2e)\/|^steno\.ts$/.test(to);
const isBelow = (folder: string, pattern: string): boolean => pattern.endsWith('/*') && folder.startsWith(pattern.slice(0, -1));
