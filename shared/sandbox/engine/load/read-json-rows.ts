import type { DuckDBValue } from '@duckdb/node-api';
import type { TableFieldSchema } from '../../../bigquery/schema.ts';
import type { Json } from '../engine.ts';
import { createParseRow } from '../rows/parse-row.ts';
import type { BadRecords } from './load-failure.ts';

export type JsonLine = { readonly text: string; readonly position: number };
type JsonObject = { readonly [key: string]: Json };

export async function* readLines(text: AsyncIterable<string>): AsyncGenerator<JsonLine> {
  let rest = '';
  let position = 0;
  for await (const piece of text) {
    rest += piece;
    let start = 0;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', start)) {
      const line = rest.slice(start, end);
      if (line.trim() !== '') yield { text: line, position };
      position += Buffer.byteLength(line) + 1;
      start = end + 1;
    }
    rest = rest.slice(start);
  }
  if (rest.trim() !== '') yield { text: rest, position };
}

/** The values of each good line, in the order of the schema. */
export async function* readJsonRows(
  lines: AsyncIterable<JsonLine>,
  fields: readonly TableFieldSchema[],
  ignoreUnknownValues: boolean,
  bad: BadRecords,
): AsyncGenerator<readonly DuckDBValue[]> {
  const parse = createParseRow(fields, { ignoreUnknownValues });
  let row = 0;
  for await (const { text, position } of lines) {
    row++;
    const json = parseLine(text);
    const faults = json === undefined ? ['Parser terminated before end of string'] : undefined;
    const parsed = json === undefined ? undefined : parse(json);
    const messages = faults ?? parsed!.faults.map(({ message }) => message);
    if (messages.length > 0) bad.add(`JSON parsing error in row starting at position ${position}: ${capitalized(messages[0]!)}`, row);
    else yield parsed!.values;
  }
}

const capitalized = (text: string): string => text.replace(/^[a-z]/, (letter) => letter.toUpperCase());

/** Numbers that a double would round stay text. */
export function parseLine(text: string): JsonObject | undefined {
  try {
    const json: unknown = /\d{16}|\.\d{9}/.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' && context?.source !== undefined && String(value) !== context.source ? context.source : value;
}
