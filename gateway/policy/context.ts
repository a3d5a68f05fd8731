import { normalise } from '../../shared/googlesql/fingerprint.ts';
import type { Statement } from '../exchange.ts';

export type SessionTotals = { readonly statements: number; readonly estimatedBytes: number; readonly distinctTables: number };

export type ContextInput = {
  readonly methodId: string;
  readonly tool: string;
  readonly statement: Statement | undefined;
  /** Of a load or extract job. */
  readonly uris: readonly string[];
  readonly totals: SessionTotals;
  readonly hour: number;
};

type Value = string | number | boolean | Value[] | { [name: string]: Value };

/** How each part of the Cedar context is made (schema.cedarschema says what it means); only what some rule looks at is. */
const parts: Readonly<Record<string, (input: ContextInput) => Value>> = {
  statementType: ({ statement, methodId }) => statement?.statementType ?? methodId,
  functions: ({ statement }) => [...new Set(statement?.parts.flatMap((part) => part.functions))],
  sql: ({ statement }) => (statement === undefined ? '' : normalise(statement.sql)),
  estimatedBytes: ({ statement }) => toLong(statement?.dryRun?.totalBytesProcessed),
  estimateAccuracy: ({ statement }) => statement?.dryRun?.totalBytesProcessedAccuracy ?? 'UNKNOWN',
  approved: () => false,
  hour: ({ hour }) => hour,
  tool: ({ tool }) => tool,
  touches: ({ statement, uris }) => mergeTouches(statement, uris),
  session: ({ totals }) => ({ ...totals }),
};

export function toContext(input: ContextInput, used: ReadonlySet<string>): Record<string, Value> {
  const names = used.has('*') ? Object.keys(parts) : Object.keys(parts).filter((name) => used.has(name));
  return Object.fromEntries(names.map((name) => [name, parts[name]!(input)]));
}

/** Cedar's Long is an int64, JavaScript's exact range is enough for 9 petabytes; beyond, the largest exact number. */
const toLong = (bytes: string | undefined): number => (bytes === undefined ? -1 : Math.min(Number(bytes), Number.MAX_SAFE_INTEGER));

const flags = [
  'dynamicUri',
  'externalQuery',
  'javascript',
  'foreignCode',
  'remoteFunction',
  'dynamicSql',
  'dcl',
  'timeTravel',
  'dynamicDefaults',
] as const;
const lists = ['uris', 'connections', 'systemProcedures'] as const;

function mergeTouches(statement: Statement | undefined, uris: readonly string[]): Value {
  const all = statement?.parts.map((part) => part.touches) ?? [];
  return {
    ...Object.fromEntries(flags.map((name) => [name, all.some((each) => each[name])])),
    ...Object.fromEntries(
      lists.map((name) => [name, [...new Set([...(name === 'uris' ? uris : []), ...all.flatMap((each) => each[name])])]]),
    ),
  };
}
