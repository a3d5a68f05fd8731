import { EvidenceText } from '../../widgets/evidence-text.tsx';

const EXAMPLES: readonly { readonly question: string; readonly sql: string }[] = [
  {
    question: 'Which statements made BigQuery read most?',
    sql: `SELECT number, started_at, who, outcome, total_bytes_processed, sql
FROM statement_outcome
ORDER BY total_bytes_processed DESC NULLS LAST
LIMIT 50`,
  },
  {
    question: 'What was refused, by which rule?',
    sql: `SELECT number, who, decision.rules, decision.reason
FROM exchange JOIN decision USING (bundle_id, number)
WHERE outcome = 'refused'
ORDER BY number`,
  },
  {
    question: 'Who touched which table, and how often?',
    sql: `SELECT who, t.project_id, t.dataset_id, t.table_id, t.access, count(*) AS exchanges
FROM table_access AS t JOIN exchange USING (bundle_id, number)
GROUP BY ALL
ORDER BY exchanges DESC`,
  },
  {
    question: 'How long did statements take, minute by minute?',
    sql: `SELECT date_trunc('minute', started_at) AS minute, count(*) AS statements, round(quantile_cont(duration_ms, 0.95)) AS p95_ms
FROM statement_outcome
GROUP BY minute
ORDER BY minute`,
  },
];

/** Questions to start from. */
export function ExampleQueries({ onChoose }: { readonly onChoose: (sql: string) => void }) {
  return (
    <div className="mx-auto flex max-w-3xl flex-col gap-2 p-6">
      <p className="text-muted">
        Every table and view of the case can be asked. Select a part of the text to run only that; completion knows all columns.
      </p>
      <ul className="grid gap-2 lg:grid-cols-2" aria-label="Examples">
        {EXAMPLES.map(({ question, sql }) => (
          <li key={question}>
            <button
              type="button"
              onClick={() => onChoose(sql)}
              className="border-line bg-surface hover:bg-hover flex h-full w-full flex-col gap-1 rounded-lg border p-3 text-left"
            >
              <span className="font-medium">{question}</span>
              <EvidenceText text={sql} layout="block" className="text-muted line-clamp-4 font-mono text-2xs" />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
