import { basename } from 'node:path';
import { normalise } from '../../shared/googlesql/fingerprint.ts';
import { KNOWN_INVALID } from './known-invalid.ts';
import type { ParseCase } from './parse-cases.ts';

/** A `.sql` file, or a Dataform `.sqlx` with its own placeholders filled in. */
export function readSqlFile(path: string, text: string): ParseCase {
  const sql = path.endsWith('.sqlx') ? renderDataform(text, basename(path, '.sqlx')) : text;
  const apart = whyApart(path, sql);
  return { from: path, sql, isValid: apart === undefined, ...(apart === undefined ? {} : { apart }) };
}

/** Why a file is no BigQuery statement. */
function whyApart(path: string, sql: string): string | undefined {
  if (normalise(sql) === '') return 'empty, or comments only';
  if (/^\S+\.sqlx?\s*$/.test(sql)) return 'link to another file';
  if (/\{\{|\{%|\{#|\{ \{/.test(sql)) return 'Jinja template';
  if (/\$\{|<%|__[a-z]+__|(?<![A-Za-z0-9_])<[a-z]+_[a-z_]+>|<[a-z_]+>`/.test(sql)) return 'other template';
  if (/^\s*#legacySQL\b/i.test(sql)) return 'Legacy SQL';
  return KNOWN_INVALID.find(({ file }) => path.endsWith(file))?.reason;
}

/** Without its `config {…}` block; `${self()}` and `${ref("x")}` are tables or routines, variables are words. */
function renderDataform(text: string, name: string): string {
  return withoutConfig(text)
    .replaceAll(/\$\{self\(\)\}/g, `\`p.d.${name}\``)
    .replaceAll(/\$\{ref\("(\w+)"\)\}/g, '`p.d.$1`')
    .replaceAll(/\$\{dataform\.projectConfig\.[\w.]+\}/g, 'word');
}

function withoutConfig(text: string): string {
  const start = text.search(/^config\s*\{/m);
  if (start < 0) return text;
  let depth = 0;
  for (let at = text.indexOf('{', start); at < text.length; at++) {
    if (text[at] === '{') depth++;
    if (text[at] === '}' && --depth === 0) return text.slice(0, start) + text.slice(at + 1);
  }
  return text;
}
