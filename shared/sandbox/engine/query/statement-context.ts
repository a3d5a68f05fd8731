import { Analysis } from '../../../googlesql/analyze/analysis.ts';
import { analyze, analyzeScalar } from '../../../googlesql/analyze/analyze.ts';
import type { AnalyzeOptions, QueryParameter, Variable } from '../../../googlesql/analyze/analyze-options.ts';
import { typeOfNode } from '../../../googlesql/analyze/analyze-type.ts';
import type { NameDefaults } from '../../../googlesql/analyze/catalog.ts';
import type { ResolvedStatement } from '../../../googlesql/analyze/resolved-tree.ts';
import { inTimeZone } from '../../../googlesql/generate/default-zone.ts';
import type { Expression, TypeNode } from '../../../googlesql/syntax/ast.ts';
import type { Query } from '../../../googlesql/syntax/ast-query.ts';
import type { DmlStatement, InsertStatement, QueryStatement } from '../../../googlesql/syntax/ast-statement.ts';
import { type DuckStatement, expressionToDuckDB, toDuckDB } from '../../../googlesql/to-duckdb.ts';
import type { SqlType } from '../../../googlesql/types/sql-type.ts';
import type { PlacedTable } from '../catalog/stored-table.ts';
import type { QueryRequest } from '../engine.ts';
import { AnalysisCatalog } from './analysis-catalog.ts';
import type { QueryWorld } from './query-world.ts';
import type { Session } from './session.ts';
import { parseParameterType } from './sql-types.ts';
import { systemVariables } from './system-variables.ts';

export type Analyzed = { readonly resolved: ResolvedStatement; readonly duck: DuckStatement; readonly catalog: AnalysisCatalog };
export type AnalyzedScalar = { readonly type: SqlType; readonly duckSql: string; readonly catalog: AnalysisCatalog };

/** One text under execution: a request's script, a procedure's body, an EXECUTE IMMEDIATE string. */
export class StatementContext {
  readonly world: QueryWorld;
  readonly session: Session;
  readonly request: QueryRequest;
  readonly text: string;
  readonly parameters: readonly QueryParameter[];
  /** Of a dry run: parameters that are missing are no mistake. */
  infersParameters = false;

  constructor(
    world: QueryWorld,
    session: Session,
    request: QueryRequest,
    text: string,
    parameters: readonly QueryParameter[] = toParameters(request),
  ) {
    this.world = world;
    this.session = session;
    this.request = request;
    this.text = text;
    this.parameters = parameters;
  }

  /** Where unqualified names belong; a script may say so itself: SET @@dataset_id. */
  get defaults(): NameDefaults {
    const { datasetProjectId, datasetId = this.request.defaultDataset?.datasetId } = this.session.system;
    const projectId = datasetProjectId ?? this.request.defaultDataset?.projectId ?? this.request.projectId;
    return { projectId, ...(datasetId !== undefined && { datasetId }) };
  }

  /** The same execution going on in another text. */
  within(text: string, parameters: readonly QueryParameter[]): StatementContext {
    return new StatementContext(this.world, this.session, this.request, text, parameters);
  }

  get signal(): AbortSignal | undefined {
    return this.request.signal;
  }

  analyze(statement: QueryStatement | DmlStatement | Query): Analyzed {
    const catalog = new AnalysisCatalog(this.world, this.session);
    return this.#inTimeZone(() => {
      const resolved = analyze(statement, this.#options(catalog));
      return { resolved, duck: toDuckDB(resolved), catalog };
    });
  }

  /** An INSERT into a table that nobody knows by name yet. */
  analyzeInsert(statement: InsertStatement, target: PlacedTable): Analyzed {
    const catalog = new AnalysisCatalog(this.world, this.session, target);
    return this.#inTimeZone(() => {
      const resolved = analyze(statement, this.#options(catalog));
      return { resolved, duck: toDuckDB(resolved), catalog };
    });
  }

  scalar(expression: Expression, type?: SqlType): AnalyzedScalar {
    const catalog = new AnalysisCatalog(this.world, this.session);
    return this.#inTimeZone(() => {
      const resolved = analyzeScalar(expression, this.#options(catalog), type);
      return { type: resolved.type, duckSql: expressionToDuckDB(resolved), catalog };
    });
  }

  typeOf(node: TypeNode): SqlType {
    return typeOfNode(node, new Analysis(this.#options(new AnalysisCatalog(this.world, this.session))));
  }

  /** The text of a node, as a client wrote it. */
  slice({ span }: { readonly span: { readonly start: number; readonly end: number } }): string {
    return this.text.slice(span.start, span.end);
  }

  #inTimeZone = <Result>(work: () => Result): Result => inTimeZone(this.session.system.timeZone ?? 'UTC', work);

  #options(catalog: AnalysisCatalog): AnalyzeOptions {
    const variables: readonly Variable[] = this.session.variables;
    return {
      text: this.text,
      catalog,
      defaults: this.defaults,
      parameters: this.parameters,
      ...(this.infersParameters && { infersParameters: true }),
      variables,
      systemVariables: systemVariables(this.session, this.request),
    };
  }
}

export const toParameters = ({ parameters = [] }: QueryRequest): readonly QueryParameter[] =>
  parameters.map(({ name, parameterType, parameterValue }) => ({
    ...(name ? { name } : {}),
    type: parseParameterType(parameterType),
    value: parameterValue,
  }));
