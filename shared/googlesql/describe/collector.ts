import type { PathExpression, Span } from '../syntax/ast.ts';
import { toBuiltinFunction } from './builtin-functions.ts';
import type { DescribeOptions, ObjectEffect, RoutineName, StatementFacts, TableName, Touches } from './facts.ts';
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
    return draft;
  }

  get draft(): Draft {
    return this.#draft as Draft;
  }

  addRead(path: PathExpression): void {
    this.#addTable(path, this.draft.reads);
  }

  addWrite(path: PathExpression): void {
    this.#addTable(path, this.draft.writes);
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
    const builtin = kind === 'procedure' ? undefined : toBuiltinFunction(parts);
    if (parts.length === 1 && this.temporaryFunctions.has((parts[0] ?? '').toLowerCase())) return;
    if (builtin !== undefined) addOnce(this.draft.functions, builtin);
    else if (kind === 'procedure' && parts[0]?.toUpperCase() === 'BQ')
      this.draft.touches.systemProcedures.push(parts.join('.').toUpperCase());
    else this.#addRoutine(path, parts, kind);
  }

  addConnection(name: string): void {
    addOnce(this.draft.touches.connections, name);
  }

  addParameter(name: string | undefined): void {
    if (name === undefined) this.draft.parameters.push('?');
    else addOnce(this.draft.parameters, name);
  }

  #addRoutine(path: PathExpression, parts: readonly string[], kind: RoutineName['kind']): void {
    const { objectId, ...where } = toObjectName(parts, this.defaults);
    const text = this.text.slice(path.span.start, path.span.end);
    if (this.draft.routines.some((each) => each.text === text && each.kind === kind)) return;
    this.draft.routines.push({ ...where, routineId: objectId, kind, text, span: path.span });
  }

  #addTable(path: PathExpression, tables: TableName[]): void {
    const name = toTableName(path, this.text, this.defaults);
    if (/[@$]/.test(name.tableId)) this.draft.touches.timeTravel ||= name.tableId.includes('@');
    if (this.isTemporary(path)) addTableOnce(this.draft.temporaryTables, name);
    else addTableOnce(tables, name);
  }

  /** Whether the path names a temporary table of the session. */
  isTemporary(path: PathExpression): boolean {
    const parts = splitPath(path);
    if (parts.length === 2 && parts[0]?.toUpperCase() === '_SESSION') return true;
    return parts.length === 1 && this.temporaryTables.has((parts[0] ?? '').toLowerCase());
  }
}

function addOnce(list: string[], value: string): void {
  if (!list.includes(value)) list.push(value);
}

function addTableOnce(list: TableName[], name: TableName): void {
  const isSame = (each: TableName) =>
    each.tableId === name.tableId && each.datasetId === name.datasetId && each.projectId === name.projectId;
  if (!list.some(isSame)) list.push(name);
}

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
