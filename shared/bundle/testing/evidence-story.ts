import { type BundlePlan, BundlePlanner, toCells } from './plan-bundle.ts';

export type AnswerRow = readonly (string | null)[];

/** BigQuery's answer to jobs.query with columns of text, one of them repeated. */
export function anAnswer(rows: readonly AnswerRow[], names: readonly string[] = ['name', 'email', 'amount']): Buffer {
  const fields = names.map((name) => ({ name, type: 'STRING' }));
  const cells = rows.map((row) => ({ f: row.map((v) => ({ v })) }));
  const answer = { kind: 'bigquery#queryResponse', schema: { fields }, totalRows: String(rows.length), rows: cells, jobComplete: true };
  return Buffer.from(JSON.stringify(answer));
}

const people: readonly AnswerRow[] = [
  ['Zoë ✓', 'zoe@acme.example', '9007199254740993'],
  ['Bob "B" \\ Ltd', 'bob@acme.example', null],
  ['<script>\u2028', 'zoe@acme.example', '0.1'],
];
/** A little more than one chunk. */
const many = Array.from({ length: 16_000 }, (_, row): AnswerRow => [`name ${row}`, `person${row % 97}@acme.example`, String(row / 4)]);

/** Numbers of the exchanges of the story. */
export const story = { rows: 1, people: 2, secret: 3, refused: 4, contentFree: 5, sealed: 6, large: 7, unfinished: 8 } as const;
export const storyColumns = 3;

/** A session with an exchange of every kind that the format knows. */
export function planStory(name = 'everything', isLarge = true): BundlePlan {
  const planner = new BundlePlanner(name);
  const verbatim = (bytes: Buffer) => ({ side: 'response', stored: 'verbatim', bytes }) as const;
  const asked = (sql: string) => ({ side: 'request', stored: 'verbatim', bytes: Buffer.from(JSON.stringify({ query: sql })) }) as const;
  const answered = (sql: string, rows: readonly AnswerRow[]) =>
    planner.exchange({ sql, bodies: [asked(sql), verbatim(anAnswer(rows))], columns: 'digested' });
  answered('SELECT * FROM people', people);
  answered('SELECT * FROM people WHERE TRUE', people.toReversed());
  answered("SELECT * FROM secrets WHERE owner = 'zoe'", people.slice(0, 2));
  planner.exchange({ sql: 'SELECT 1', bodies: [asked('SELECT 1'), verbatim(Buffer.from('{"error":{"code":403}}'))] });
  const hidden = anAnswer(people);
  const cells = { side: 'cells', stored: 'verbatim', bytes: toCells(hidden) } as const;
  planner.exchange({
    sql: 'SELECT ?',
    bodies: [{ side: 'response', stored: 'digest', bytes: hidden }, cells],
    columns: 'digested',
  });
  const clear = anAnswer(people.slice(1));
  const sealed = {
    side: 'upstream-response',
    stored: 'sealed',
    bytes: clear,
    sealed: Buffer.from(`age-encryption.org/v1\n${name}`),
  } as const;
  planner.exchange({ sql: 'SELECT masked', bodies: [verbatim(anAnswer([['***', '***', '1']])), sealed], columns: 'digested' });
  answered('SELECT * FROM events', isLarge ? many : many.slice(0, 40));
  planner.exchange({ sql: 'SELECT 2', bodies: [verbatim(anAnswer(people))], columns: 'missing' });
  return planner.close();
}
