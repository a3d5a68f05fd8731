import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../shared/contract/failure.ts';
import { assistFilter } from './assist-filter.ts';
import { filterToSql } from './filter-to-sql.ts';
import { parseFilter } from './parse-filter.ts';

const toSql = (text: string) => {
  const { where, values } = filterToSql(parseFilter(text));
  return { where, values: values.map((value) => (typeof value === 'object' ? String(value) : value)) };
};

describe('the filter language as SQL', () => {
  it.each<[string, string, unknown[]]>([
    ['', 'true', []],
    ['who:CI', '(contains(lower(who), $1))', ['ci']],
    ['who=ci@acme.example', '(lower(who) = $1)', ['ci@acme.example']],
    ['bytes>1GB', '(total_bytes_processed > $1)', [1_000_000_000n]],
    ['bytes>=1.5KiB', '(total_bytes_processed >= $1)', [1536n]],
    ['duration<2.5s', '(duration_ms < $1)', [2500]],
    ['outcome:denied', `(effect = 'deny')`, []],
    ['type:insert,MERGE', '(lower(statement_type) = $1 OR lower(statement_type) = $2)', ['insert', 'merge']],
    ['who!=ci', 'NOT coalesce((contains(lower(who), $1)), false)', ['ci']],
    ['status:403 -dry:yes', '(status = $1) AND NOT coalesce(((coalesce(dry_run, false) = true)), false)', [403n]],
    ['method:jobs.*', `(lower(replace(method_id, 'bigquery.', '')) LIKE $1 ESCAPE '\\')`, ['jobs.%']],
    ['at:2026-03-02', '((started_at >= $1 AND started_at < $2))', ['2026-03-02 00:00:00', '2026-03-03 00:00:00']],
    ['at>=2026-03-02T09:30', '(started_at >= $1)', ['2026-03-02 09:30:00']],
  ])('%s', (text, where, values) => {
    const sql = toSql(text);
    expect(sql.where).toBe(where);
    expect(sql.values).toEqual(values);
  });

  it('searches the SQL for free words and quoted texts', () => {
    expect(toSql('SSN "Credit Card"')).toEqual({
      where:
        'number IN (SELECT number FROM statement WHERE contains(sql_lower, $1)) AND number IN (SELECT number FROM statement WHERE contains(sql_lower, $2))',
      values: ['ssn', 'credit card'],
    });
  });

  it('keeps % and _ of a value as they are', () => {
    expect(toSql('tool:100%_*').values).toEqual(['100\\%\\_%']);
  });

  it('never puts a value into the SQL text', () => {
    const evil = `who:"x' OR 1=1 --" tables:"');DROP TABLE exchange;--" "' UNION SELECT"`;
    expect(toSql(evil).where).not.toMatch(/DROP|UNION|1=1/);
  });
});

describe('a faulty filter', () => {
  const faultOf = (text: string) => {
    try {
      filterToSql(parseFilter(text));
    } catch (error) {
      if (error instanceof EngineError) return { message: error.message, at: text.slice(error.span?.start, error.span?.end) };
      throw error;
    }
    return undefined;
  };
  it.each([
    ['who:ci wo:x', 'There is no field "wo".', 'wo'],
    ['bytes>lots', '"lots" is not a value of "bytes".', 'bytes>lots'],
    ['who>ci', '"who" cannot be compared by >.', 'who>ci'],
    ['text:"ssn', 'This quotation mark is not closed.', '"ssn'],
    ['(who:ci', 'This bracket is not closed.', '('],
    ['who:ci)', 'This bracket was not opened.', ')'],
    ['who:ci OR', 'Something to look for is missing here.', 'OR'],
    ['who:', 'A value is missing after "who:".', 'who:'],
    ['at:2026-13-01', '"2026-13-01" is not a value of "at".', 'at:2026-13-01'],
    ['dry:maybe', '"maybe" is not a value of "dry".', 'dry:maybe'],
  ])('%s', (text, message, at) => expect(faultOf(text)).toEqual({ message, at }));
});

describe('assistFilter', () => {
  const values = async () => ['ci-bot@acme.example', 'ann smith'];
  const insertsAt = async (text: string, cursor = text.length) =>
    (await assistFilter(text, cursor, values)).suggestions.map(({ insert }) => insert);

  it('suggests fields, then values', async () => {
    expect(await insertsAt('who:ci ou')).toEqual(['outcome:']);
    expect(await insertsAt('outcome:de')).toEqual(['outcome:denied']);
    expect(await insertsAt('who:')).toEqual(['who:ci-bot@acme.example', 'who:"ann smith"']);
  });

  it('says which text a suggestion replaces', async () => {
    expect((await assistFilter('-out who:ci', 4, values)).replace).toEqual({ start: 1, end: 4 });
  });

  it('reports the problem with its place and still answers', async () => {
    expect(await assistFilter('wo:ci', 5, values)).toMatchObject({
      problem: { code: 'FILTER_SYNTAX', span: { start: 0, end: 2 } },
      terms: [{ kind: 'field' }],
    });
  });
});
