import { readFileSync } from 'node:fs';

export type ParsedStatement = { readonly label: string; readonly sql: string };

const read = (name: string): string => readFileSync(new URL(`statements/${name}.sql`, import.meta.url), 'utf8').trim();

/** The largest is one statement: the same report over many tables, joined by UNION ALL. */
export function readStatements(): readonly ParsedStatement[] {
  const large = read('2600-b');
  const parts = Array.from(
    { length: Math.ceil(100_000 / large.length) },
    (_, index) => `(${large.replaceAll('shop.sales', `shop_${index}.sales`)}\n)`,
  );
  return [
    { label: '100 B', sql: read('100-b') },
    { label: '400 B', sql: read('400-b') },
    { label: '2.6 KB', sql: large },
    { label: '100 KB', sql: parts.join('\nUNION ALL\n') },
  ];
}
