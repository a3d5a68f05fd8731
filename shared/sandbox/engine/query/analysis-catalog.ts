import type { Catalog, CatalogColumn, CatalogRoutine, CatalogTable, NameDefaults } from '../../../googlesql/analyze/catalog.ts';
import type { ResolvedExpression } from '../../../googlesql/analyze/resolved-tree.ts';
import { expressionToDuckDB } from '../../../googlesql/to-duckdb.ts';
import { DATE, TIMESTAMP } from '../../../googlesql/types/sql-type.ts';
import type { CatalogCore } from '../catalog/catalog-core.ts';
import { limitsOfField } from '../catalog/field-limits.ts';
import {
  fieldsOf,
  hasPseudoColumns,
  isPlaced,
  PARTITION_DATE_COLUMN,
  PARTITION_TIME_COLUMN,
  type PlacedTable,
  type StoredTable,
  toDuckRelation,
  typeOfField,
} from '../catalog/stored-table.ts';
import type { DuckConnection } from '../duck/duck-connection.ts';
import { createInvalidQuery, createNotFound, datasetText, tableText } from '../failure.ts';
import { findInformationSchema } from '../information-schema/find-information-schema.ts';
import type { RoutineResource, TableReference } from '../resource.ts';
import { NotReady } from './not-ready.ts';
import type { QueryWorld } from './query-world.ts';
import { OVER_ROWS, toCatalogRoutine } from './to-catalog-routine.ts';
import { findWildcard } from './wildcard-table.ts';

/** What is only visible to the statements of one script or session. */
export type TemporaryNames = {
  readonly projectId: string;
  readonly tempTables: ReadonlyMap<string, StoredTable>;
  readonly tempRoutines: ReadonlyMap<string, RoutineResource>;
  /** What statements will run on; none where they are only looked at. */
  readonly connection?: DuckConnection;
  /** Times of FOR SYSTEM_TIME AS OF in this statement, by DuckDB's SQL of the expression: epoch microseconds. */
  readonly times?: Map<string, number>;
};

/** The catalogue as the analyzer sees it during one statement: temporary things first, then what is stored. */
export class AnalysisCatalog implements Catalog {
  readonly #world: QueryWorld;
  readonly #session: TemporaryNames;
  readonly #unnamed: StoredTable | undefined;
  readonly #tables = new Map<string, CatalogTable>();
  /** What the statement really reads, for `referencedTables` and the count of bytes. */
  readonly stored = new Map<CatalogTable, readonly StoredTable[]>();
  readonly routines = new Set<RoutineResource>();

  /** `unnamed`: a table being made, which a statement of ours fills. */
  constructor(world: QueryWorld, session: TemporaryNames, unnamed?: StoredTable) {
    this.#world = world;
    this.#session = session;
    this.#unnamed = unnamed;
  }

  get #core(): CatalogCore {
    return this.#world.core;
  }

  findTable(path: readonly string[], defaults: NameDefaults, time?: ResolvedExpression): CatalogTable | undefined {
    const at = time && this.#timeOf(time);
    const key = JSON.stringify([path, defaults.projectId, defaults.datasetId, at]);
    const known = this.#tables.get(key);
    if (known) return known;
    const found = at === undefined ? this.#find(path, defaults) : this.#findAt(path, defaults, at);
    if (found) this.#tables.set(key, found);
    return found;
  }

  #find(path: readonly string[], defaults: NameDefaults): CatalogTable | undefined {
    if (path.length === 1 && path[0] === ' new table' && this.#unnamed) return this.#toCatalogTable(this.#unnamed);
    const information = findInformationSchema(this.#world, path, defaults);
    if (information) return information;
    const temporary = this.#findTemporary(path);
    if (temporary) return this.#toCatalogTable(temporary);
    const reference = resolveTable(path, { projectId: this.#session.projectId, ...defaults });
    if (!reference) return undefined;
    return reference.tableId.endsWith('*') ? this.#findWildcard(reference) : this.#toCatalogTable(getStored(this.#core, reference));
  }

  #findAt(path: readonly string[], defaults: NameDefaults, at: number): CatalogTable | undefined {
    const reference = resolveTable(path, { projectId: this.#session.projectId, ...defaults });
    if (!reference) return undefined;
    const current = getStored(this.#core, reference);
    if (current.resource.view ?? current.resource.materializedView) return this.#toCatalogTable(current);
    if (!isPlaced(current))
      throw createInvalidQuery(`FOR SYSTEM_TIME AS OF is not supported for ${tableText(reference)}: it is a ${current.resource.type}`);
    return this.#toCatalogTable(this.#core.history.find(reference, current, at));
  }

  /** Throws NotReady while the expression has not been computed for this statement. */
  #timeOf(time: ResolvedExpression): number {
    const sql = expressionToDuckDB(time);
    const { times, connection } = this.#session;
    const known = times?.get(sql);
    if (known !== undefined) return known;
    if (!times) throw createInvalidQuery('FOR SYSTEM_TIME AS OF is not supported inside views');
    throw new NotReady(async () => {
      const compute = (on: DuckConnection) => on.rows(`SELECT epoch_us(${sql})`);
      const [row] = connection ? await compute(connection) : await this.#core.duck.use(compute);
      if (row![0] === null) throw createInvalidQuery('The value of FOR SYSTEM_TIME AS OF cannot be NULL');
      times.set(sql, Number(row![0]));
    });
  }

  #findTemporary(path: readonly string[]): StoredTable | undefined {
    const [first = '', second = ''] = path;
    if (path.length === 1) return this.#session.tempTables.get(first);
    return path.length === 2 && /^_session$/i.test(first) ? this.#session.tempTables.get(second) : undefined;
  }

  #findWildcard(reference: TableReference): CatalogTable {
    const { table, members } = findWildcard(this.#core, reference);
    this.stored.set(table, members);
    return table;
  }

  #toCatalogTable(stored: StoredTable): CatalogTable {
    const { tableReference: path, view, materializedView } = stored.resource;
    const query = view ?? materializedView;
    if (query)
      return {
        path,
        columns: [],
        duckName: '',
        view: {
          sql: query.query,
          columnNames: fieldsOf(stored).map(({ name }) => name),
          defaults: { projectId: path.projectId, datasetId: path.datasetId },
        },
      };
    if (stored.resource.externalDataConfiguration) return this.#toReadable(stored, this.#core.externals.find(stored));
    if (!isPlaced(stored)) throw createInvalidQuery(`Cannot query ${tableText(path)}: it is a ${stored.resource.type}`);
    return this.#toReadable(stored, stored);
  }

  /** `placed`: where the rows of `stored` are. */
  #toReadable(stored: StoredTable, placed: PlacedTable): CatalogTable {
    const table: CatalogTable = {
      path: stored.resource.tableReference,
      columns: [...toColumns(this.#world, stored), ...(hasPseudoColumns(stored) ? pseudoColumns : [])],
      duckName: toDuckRelation(placed),
      ...(stored.isValueTable && { isValueTable: true }),
    };
    this.stored.set(table, [stored]);
    return table;
  }

  findRoutine(path: readonly string[], defaults: NameDefaults): CatalogRoutine | undefined {
    const last = path.at(-1) ?? '';
    const isOverRows = last.endsWith(OVER_ROWS);
    const routine = this.findStoredRoutine(isOverRows ? [...path.slice(0, -1), last.slice(0, -OVER_ROWS.length)] : path, defaults);
    if (!routine || routine.routineType === 'PROCEDURE') return undefined;
    this.routines.add(routine);
    return toCatalogRoutine(this.#world, routine, defaults, { connection: this.#session.connection?.number ?? 0, isOverRows });
  }

  findStoredRoutine(path: readonly string[], defaults: NameDefaults): RoutineResource | undefined {
    const name = path.join('.');
    const temporary = path.length === 1 ? findTemporaryRoutine(this.#session, name) : undefined;
    if (temporary) return temporary;
    const reference = resolveTable(path, { projectId: this.#session.projectId, ...defaults });
    return reference && this.#core.state.routine({ ...reference, routineId: reference.tableId });
  }
}

function findTemporaryRoutine(session: TemporaryNames, name: string): RoutineResource | undefined {
  const exact = session.tempRoutines.get(name);
  if (exact) return exact;
  const key = name.toLowerCase();
  return [...session.tempRoutines].find(([each]) => each.toLowerCase() === key)?.[1];
}

const pseudoColumns: readonly CatalogColumn[] = [
  { name: '_PARTITIONTIME', type: TIMESTAMP, duckColumn: PARTITION_TIME_COLUMN, isPseudo: true },
  { name: '_PARTITIONDATE', type: DATE, duckColumn: PARTITION_DATE_COLUMN, isPseudo: true },
];

function toColumns(world: QueryWorld, stored: StoredTable): readonly CatalogColumn[] {
  return fieldsOf(stored).map((field) => {
    const type = typeOfField(field);
    const duckDefault = field.defaultValueExpression === undefined ? undefined : world.translateDefault(field.defaultValueExpression, type);
    const limits = limitsOfField(field);
    return {
      name: field.name,
      type,
      isRequired: field.mode === 'REQUIRED',
      ...(limits && { limits }),
      ...(duckDefault === undefined ? {} : { duckDefault }),
    };
  });
}

/** `table`, `dataset.table` or `project.dataset.table`; undefined where no dataset is known. */
export function resolveTable(path: readonly string[], defaults: NameDefaults): TableReference | undefined {
  const [tableId, datasetId = defaults.datasetId, ...project] = path.toReversed();
  if (tableId === undefined || datasetId === undefined) return undefined;
  const projectId = project.length > 0 ? project.toReversed().join('.') : defaults.projectId;
  return projectId === undefined ? undefined : { projectId, datasetId, tableId };
}

export function getStored(core: CatalogCore, reference: TableReference): StoredTable {
  const table = core.state.table(reference);
  if (table) return table;
  const plain = reference.tableId.replace(/[$@].*$/, '');
  if (plain !== reference.tableId && core.state.table({ ...reference, tableId: plain })) {
    throw createInvalidQuery(`Table "${reference.datasetId}.${reference.tableId}" cannot include decorator`);
  }
  if (!core.state.dataset(reference)) throw createNotFound('Dataset', datasetText(reference), core.location);
  throw createNotFound('Table', tableText(reference), core.location);
}
