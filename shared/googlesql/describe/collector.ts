import type { PathExpression, Span } from '../syntax/ast.ts';
import { toBuiltinFunction } from './builtin-functions.ts';
import type { DescribeOptions, ObjectEffect, RoutineName, StatementFacts, Touches } from './facts.ts';
import { type NameDefaults, splitPath, toDatasetName, toObjectName, toTableName } from './resolve-name.ts';

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] extends readonly (infer Item)[] ? Item[] : Value[Key] };

/** The facts of one statement while they are gathered. */
export type Draft = Omit<Mutable<StatementFacts>, 'touches'> & { touches: Mutable<Touches> };

/** Gathers the facts of a script's statements, in order; knows what the statements before have defined. */
export class Collector {
  readonly text: string;
  readonly statements: Draft[] = [];
  defaults: NameDefaults;
  dynamicDefaults = false;
  isDeferred = false;
  temporaryTables: Set<string>;
  temporaryFunctions: Set<string>;
  #draft: Draft | undefined;
  /** Keys of what the draft's lists hold already. */
  #seen = new Set<string>();

  constructor(text: string, options: DescribeOptions) {
    this.text = text;
    const dataset = options.defaultDataset;
    this.defaults = {
      projectId: options.defaultProjectId,
      dataset: dataset && { projectId: dataset.projectId, datasetId: dataset.datasetId },
    };
    this.temporaryTables = new Set((options.temporaryTables ?? []).map((name) => name.toLowerCase()));
    this.temporaryFunctions = new Set((options.temporaryFunctions ?? []).map((name) => name.toLowerCase()));
  }

  /** Facts gathered from now on belong to this statement. */
  open(statementType: string, span: Span): Draft {
    const draft = createDraft(statementType, span, this.text.slice(span.start, span.end), this.isDeferred);
    draft.touches.dynamicDefaults = this.dynamicDefaults;
    this.statements.push(draft);
    this.#draft = draft;
    this.#seen = new Set();
    return draft;
  }

  get draft(): Draft {
    return this.#draft as Draft;
  }

  addRead(path: PathExpression): void {
    this.#addTable(path, 'reads');
  }

  addWrite(path: PathExpression): void {
    this.#addTable(path, 'writes');
  }

  addModel(path: PathExpression): void {
    this.draft.models.push(toTableName(path, this.text, this.defaults));
  }

  addObject(action: ObjectEffect['action'], objectType: string, path: PathExpression): void {
    const text = this.text.slice(path.span.start, path.span.end);
    const parts = splitPath(path);
    if (/SCHEMA$/.test(objectType)) this.draft.objects.push({ action, objectType, ...toDatasetName(parts, this.defaults), text });
    else this.draft.objects.push({ action, objectType, ...toObjectName(parts, this.defaults), text });
  }

  addCall(path: PathExpression, kind: RoutineName['kind']): void {
    const parts = splitPath(path);
    if (kind === 'procedure') {
      this.#addProcedure(path, parts);
      return;
    }
    if (parts.length === 1 && this.temporaryFunctions.has((parts[0] ?? '').toLowerCase())) return;
    // `net.host` in one pair of backticks may be a routine of a dataset with that name.
    const builtin = parts.length === path.names.length ? toBuiltinFunction(parts) : undefined;
    if (builtin !== undefined) this.#addText('functions', this.draft.functions, builtin);
    else this.#addRoutine(path, parts, kind);
  }

  /** A dataset may be called bq: what is no procedure of the system for sure counts as both. */
  #addProcedure(path: PathExpression, parts: readonly string[]): void {
    const name = parts.join('.').toUpperCase();
    if (name.startsWith('BQ.')) this.draft.touches.systemProcedures.push(name);
    if (!SYSTEM_PROCEDURES.has(name)) this.#addRoutine(path, parts, 'procedure');
  }

  addConnection(name: string): void {
    this.#addText('connections', this.draft.touches.connections, name);
  }

  addParameter(name: string | undefined): void {
    if (name === undefined) this.draft.parameters.push('?');
    else this.#addText('parameters', this.draft.parameters, name);
  }

  #addRoutine(path: PathExpression, parts: readonly string[], kind: RoutineName['kind']): void {
    const { objectId, ...where } = toObjectName(parts, this.defaults);
    const text = this.text.slice(path.span.start, path.span.end);
    if (this.#isNew(kind, text)) this.draft.routines.push({ ...where, routineId: objectId, kind, text, span: path.span });
  }

  #addTable(path: PathExpression, list: 'reads' | 'writes'): void {
    const name = toTableName(path, this.text, this.defaults);
    this.draft.touches.timeTravel ||= name.tableId.includes('@');
    const kept = this.isTemporary(path) ? 'temporaryTables' : list;
    if (this.#isNew(kept, `${name.projectId}\n${name.datasetId}\n${name.tableId}`)) this.draft[kept].push(name);
  }

  #addText(list: string, texts: string[], text: string): void {
    if (this.#isNew(list, text)) texts.push(text);
  }

  #isNew(list: string, key: string): boolean {
    const before = this.#seen.size;
    return this.#seen.add(`${list}\n${key}`).size > before;
  }

  addTemporaryTable(path: PathExpression): void {
    const parts = splitPath(path);
    if (parts.length === 1) this.temporaryTables.add((parts[0] ?? '').toLowerCase());
  }

  loseTemporaryTable(path: PathExpression): void {
    if (this.isTemporary(path)) this.temporaryTables.delete((splitPath(path).at(-1) ?? '').toLowerCase());
  }

  /** Whether the path names a temporary table of the session. */
  isTemporary(path: PathExpression): boolean {
    const parts = splitPath(path);
    if (parts.length === 2 && parts[0]?.toUpperCase() === '_SESSION') return true;
    return parts.length === 1 && this.temporaryTables.has((parts[0] ?? '').toLowerCase());
  }
}

const SYSTEM_PROCEDURES: ReadonlySet<string> = new Set([
  'BQ.ABORT_SESSION',
  'BQ.CANCEL_INDEX_ALTERATION',
  'BQ.JOBS.CANCEL',
  'BQ.REFRESH_EXTERNAL_METADATA_CACHE',
  'BQ.REFRESH_MATERIALIZED_VIEW',
]);

const createDraft = (statementType: string, span: Span, text: string, isDeferred: boolean): Draft => ({
  statementType,
  span,
  text,
  reads: [],
  writes: [],
  temporaryTables: [],
  models: [],
  objects: [],
  routines: [],
  functions: [],
  parameters: [],
  touches: {
    uris: [],
    dynamicUri: false,
    connections: [],
    externalQuery: false,
    javascript: false,
    foreignCode: false,
    remoteFunction: false,
    dynamicSql: false,
    dcl: false,
    systemProcedures: [],
    timeTravel: false,
    dynamicDefaults: false,
  },
  isScripting: false,
  isDeferred,
});
