import type { EngineFailure, TextSpan } from '../../../../shared/contract/failure.ts';

/** Where a failure points in the SQL that was run: its own span, or the place under the database's caret (`LINE 2: … ^`). */
export function problemSpan(sql: string, { span, message }: EngineFailure): TextSpan | undefined {
  if (span !== undefined) return span;
  const match = /^(LINE (\d+): )(.*)\n( *)\^/m.exec(message);
  if (match === null) return undefined;
  const [, prefix = '', line = '', excerpt = '', indent = ''] = match;
  const lineStart =
    sql
      .split('\n')
      .slice(0, Number(line) - 1)
      .join('\n').length + (line === '1' ? 0 : 1);
  const column = indent.length - prefix.length;
  // A long line is cut at both ends: what stands between the dots is looked up in the statement.
  const core = excerpt.replace(/^\.\.\.|\.\.\.$/g, '');
  const cut = excerpt.startsWith('...') ? 3 : 0;
  const at = sql.indexOf(core, lineStart);
  if (at < 0 || column < cut) return undefined;
  const start = at + column - cut;
  return { start, end: start + (/^[\w."`]+/.exec(sql.slice(start))?.[0].length ?? 1) };
}
