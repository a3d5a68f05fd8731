import { useEffect, useState } from 'react';

export type FormattedSql = { readonly status: 'loading' | 'ready' | 'unreadable'; readonly text: string };

/** Past this the formatter takes longer than a person waits. */
const MOST_CHARACTERS = 100_000;

/** Indented for reading. What the formatter cannot read stays as it was written. */
export function useFormattedSql(sql: string): FormattedSql {
  const [formatted, setFormatted] = useState<FormattedSql & { readonly of: string }>({ of: '', status: 'loading', text: '' });
  useEffect(() => {
    let current = true;
    void formatSql(sql).then((result) => {
      if (current) setFormatted({ of: sql, ...result });
    });
    return () => {
      current = false;
    };
  }, [sql]);
  return formatted.of === sql ? formatted : { status: 'loading', text: sql };
}

async function formatSql(sql: string): Promise<FormattedSql> {
  if (sql.length > MOST_CHARACTERS) return { status: 'unreadable', text: sql };
  const { formatBigQuerySql } = await import('./bigquery-formatter.ts');
  try {
    return { status: 'ready', text: formatBigQuerySql(sql) };
  } catch {
    return { status: 'unreadable', text: sql };
  }
}
