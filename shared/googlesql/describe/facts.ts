import type { Span } from '../syntax/ast.ts';

/** A table as named, completed from the defaults. Parts stay undefined where neither the text nor a default gives them. */
export type TableName = {
  readonly projectId?: string;
  readonly datasetId?: string;
  /** As written, with its decorator or wildcard; `INFORMATION_SCHEMA.TABLES` below a dataset or region. */
  readonly tableId: string;
  /** `events_*`: every table with that prefix. */
  readonly isWildcard: boolean;
  /** The name as it stands in the text. */
  readonly text: string;
  readonly span: Span;
};

export type RoutineName = {
  readonly projectId?: string;
  readonly datasetId?: string;
  readonly routineId: string;
  readonly kind: 'function' | 'tableFunction' | 'procedure';
  readonly text: string;
  readonly span: Span;
};

/** Something that DDL makes, changes or removes. `objectType` in words: `TABLE`, `MATERIALIZED VIEW`, `FUNCTION`. */
export type ObjectEffect = {
  readonly action: 'create' | 'createOrReplace' | 'alter' | 'drop' | 'undrop';
  readonly objectType: string;
  readonly projectId?: string;
  readonly datasetId?: string;
  /** Undefined for a dataset, and for ALTER ORGANIZATION. */
  readonly objectId?: string;
  readonly text: string;
};

/** What lies outside of tables, or cannot be seen in the text. */
export type Touches = {
  /** Where data is written to, loaded from, or read in place; code libraries too. */
  readonly uris: readonly string[];
  /** A location is computed, so `uris` is not all. */
  readonly dynamicUri: boolean;
  /** Connections by name; one that is computed is `?`. */
  readonly connections: readonly string[];
  readonly externalQuery: boolean;
  /** Code of another language is created: JavaScript; Python, Spark and others; a remote function. */
  readonly javascript: boolean;
  readonly foreignCode: boolean;
  readonly remoteFunction: boolean;
  /** EXECUTE IMMEDIATE: what runs is not in the text. */
  readonly dynamicSql: boolean;
  /** GRANT, REVOKE, row access policies. */
  readonly dcl: boolean;
  /** `CALL BQ.…`, upper case. */
  readonly systemProcedures: readonly string[];
  /** FOR SYSTEM_TIME AS OF, or a snapshot decorator. */
  readonly timeTravel: boolean;
  /** `@@dataset_id` and kin are set to something computed or under a condition: names without dataset after it mean who knows what. */
  readonly dynamicDefaults: boolean;
};

export type StatementFacts = {
  /** BigQuery's word; `SCRIPT` for scripting. */
  readonly statementType: string;
  readonly span: Span;
  readonly text: string;
  readonly reads: readonly TableName[];
  readonly writes: readonly TableName[];
  /** Tables of this session only; neither among the reads nor the writes. */
  readonly temporaryTables: readonly TableName[];
  readonly models: readonly TableName[];
  readonly objects: readonly ObjectEffect[];
  /** What is called and is not built in. Temporary functions of the same script are left out. */
  readonly routines: readonly RoutineName[];
  /** Built-in functions, upper case, with their prefix: `NET.HOST`. */
  readonly functions: readonly string[];
  /** `@name` as name, `?` once for each. */
  readonly parameters: readonly string[];
  readonly touches: Touches;
  /** A statement of the procedural language. What it encloses follows as statements of its own. */
  readonly isScripting: boolean;
  /** It stands in the body of a procedure that is only created now. */
  readonly isDeferred: boolean;
};

/** One entry per statement, those inside blocks, loops and procedures included, in the order of the text. */
export type ScriptFacts = { readonly statements: readonly StatementFacts[] };

export type DescribeOptions = {
  readonly defaultProjectId?: string;
  readonly defaultDataset?: { readonly projectId?: string; readonly datasetId: string };
  /** Temporary tables and functions that the session has from before. */
  readonly temporaryTables?: readonly string[];
  readonly temporaryFunctions?: readonly string[];
};
