import { Analysis } from '../../analyze/analysis.ts';
import type { AnalyzeOptions } from '../../analyze/analyze-options.ts';
import { typeOfNode } from '../../analyze/analyze-type.ts';
import type { CatalogRoutine } from '../../analyze/catalog.ts';
import type { Node, TypeNode } from '../../syntax/ast.ts';
import type { CreateFunctionStatement, CreateTableFunctionStatement } from '../../syntax/ast-ddl.ts';

/** A function as the analyzer expands it or calls it; undefined for one whose code we cannot see, in a language other than JavaScript. */
export function toRoutine(
  statement: CreateFunctionStatement | CreateTableFunctionStatement,
  options: AnalyzeOptions,
): CatalogRoutine | undefined {
  const analysis = new Analysis(options);
  const textOf = ({ span }: Node): string => options.text.slice(span.start, span.end);
  const typeOf = (node: TypeNode | undefined) =>
    node === undefined || node.kind === 'TemplatedType' || node.kind === 'TableType' ? undefined : typeOfNode(node, analysis);
  const name = statement.name.names.at(-1)?.name ?? '';
  const parameters = statement.parameters.map((parameter) => {
    const type = typeOf(parameter.type);
    return { name: parameter.name?.name ?? '', ...(type && { type }), ...(parameter.type?.kind === 'TableType' && { isTable: true }) };
  });
  const { defaults } = options;
  if (statement.kind === 'CreateTableFunctionStatement')
    return statement.query && { kind: 'table', name, parameters, query: textOf(statement.query), defaults };
  const returns = typeOf(statement.returns);
  const isAggregate = statement.isAggregate;
  if (statement.body)
    return { kind: 'sql', name, parameters, body: textOf(statement.body), defaults, isAggregate, ...(returns && { returns }) };
  const typed = parameters.flatMap(({ name: parameter, type }) => (type ? [{ name: parameter, type }] : []));
  if (statement.language?.toLowerCase() !== 'js' || isAggregate || !returns || typed.length < parameters.length) return undefined;
  return { kind: 'javascript', name, parameters: typed, returns, toSql: () => '' };
}
