import { readFile } from 'node:fs/promises';
import { valueSearch } from '../../admin/lifecycle-schemas.ts';
import { requireConfig } from '../require-config.ts';
import { askLifecycle } from './ask-lifecycle.ts';

export type FindValueOptions = { readonly config: string; readonly file?: string; readonly session?: string; readonly json?: boolean };

/** Did this value leave? Exit 0: it did, and where; 1: it did not, as far as can be told. Never prints another value. */
export async function findValue(value: string | undefined, options: FindValueOptions): Promise<void> {
  const wanted = await toValue(value, options.file);
  const { session } = options;
  const body = { value: wanted, ...(session === undefined ? {} : { session }) };
  const search = valueSearch.parse(await askLifecycle(await requireConfig(options.config), 'find-value', 'POST', body));
  const { found, sessions, erased } = search;
  if (options.json) console.log(JSON.stringify(search, undefined, 2));
  else {
    const beside = erased === 0 ? '' : `; ${erased} erased ones can be read by nobody`;
    console.log(
      found.length === 0
        ? `Not found in ${sessions} sessions${beside}.`
        : `Found in ${found.length} columns of ${sessions} sessions${beside}:`,
    );
    for (const each of found)
      console.log(
        `  ${each.session} (${each.sessionId})  exchange ${each.exchange}  column ${each.column}  ${each.rows} ${each.rows === 1 ? 'row' : 'rows'}${each.by === 'cells' ? '  by keyed digest' : ''}`,
      );
  }
  process.exitCode = found.length === 0 ? 1 : 0;
}

/** The last line end of a file is not part of the value. */
async function toValue(value: string | undefined, file: string | undefined): Promise<string> {
  if ((value === undefined) === (file === undefined)) throw new Error('Give the value, or --file FILE with the value in it.');
  if (file === undefined) return value!;
  return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
}
