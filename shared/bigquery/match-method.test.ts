import { describe, expect, test } from 'vitest';
import { matchMethod } from './match-method.ts';
import { surface } from './surface.ts';

/** `id params` as one line, or the kind of the refusal. */
function match(line: string): string {
  const [httpMethod, target] = line.split(' ') as [string, string];
  const found = matchMethod(httpMethod, target);
  if (found.kind === 'refused') return `refused: ${found.why}`;
  if (found.kind !== 'method') return found.kind;
  const params = Object.entries(found.params).map(([name, value]) => `${name}=${value}`);
  const extras = [found.sessionName && `session:${found.sessionName}`, found.upload && `upload:${found.upload}`].filter(Boolean);
  return [found.method.id.replace('bigquery.', ''), ...params, ...extras].join(' ');
}

describe('the prefixes clients put before a path', () => {
  test.each([
    ['POST /bigquery/v2/projects/p/queries', 'jobs.query projectId=p'],
    ['POST /projects/p/queries', 'jobs.query projectId=p'],
    ['GET /s/ticket-123/bigquery/v2/projects', 'projects.list session:ticket-123'],
    ['GET /s/ticket-123/projects/p/datasets', 'datasets.list projectId=p session:ticket-123'],
    ['POST /upload/bigquery/v2/projects/p/jobs?uploadType=multipart', 'jobs.insert projectId=p upload:multipart'],
    ['POST /bigquery/v2/upload/bigquery/v2/projects/p/jobs?uploadType=resumable', 'jobs.insert projectId=p upload:resumable'],
    ['POST /resumable/upload/bigquery/v2/projects/p/jobs', 'jobs.insert projectId=p upload:resumable'],
    ['POST /upload/projects/p/jobs', 'jobs.insert projectId=p upload:media'],
    ['POST /s/x/upload/bigquery/v2/projects/p/jobs?uploadType=multipart', 'jobs.insert projectId=p session:x upload:multipart'],
    ['PUT /upload/bigquery/v2/projects/p/jobs?uploadType=resumable&upload_id=u1', 'jobs.insert projectId=p upload:resumable'],
    ['GET /$discovery/rest?version=v2', 'discovery'],
    ['GET /s/x/%24discovery/rest?version=v2', 'discovery'],
    ['GET /discovery/v1/apis/bigquery/v2/rest', 'discovery'],
    ['POST /batch/bigquery/v2', 'batch'],
  ])('%s', (line, expected) => {
    expect(match(line)).toBe(expected);
  });
});

describe('names in the path', () => {
  test.each([
    ['GET /projects/example.com:p/datasets/d', 'datasets.get projectId=example.com:p datasetId=d'],
    ['GET /projects/p/datasets/d/tables/t%2420240101', 'tables.get projectId=p datasetId=d tableId=t$20240101'],
    ['GET /projects/p/datasets/d/tables/%E8%A1%A8', 'tables.get projectId=p datasetId=d tableId=表'],
    ['POST /projects/p/datasets/d/tables/t:getIamPolicy', 'tables.getIamPolicy projectId=p datasetId=d tableId=t'],
    ['POST /projects/p/datasets/d:undelete', 'datasets.undelete projectId=p datasetId=d'],
    ['DELETE /projects/p/jobs/j/delete', 'jobs.delete projectId=p jobId=j'],
  ])('%s', (line, expected) => {
    expect(match(line)).toBe(expected);
  });

  test('the placeholder of a Node client without a project is told apart', () => {
    const found = matchMethod('POST', '/projects/%7B%7BprojectId%7D%7D/queries');
    expect(found).toMatchObject({ kind: 'method', hasProjectPlaceholder: true, params: { projectId: '{{projectId}}' } });
    expect(matchMethod('POST', '/projects/p/queries')).toMatchObject({ hasProjectPlaceholder: false });
  });
});

describe('targets that are refused', () => {
  test.each([
    ['GET /projects/p%2Fdatasets', /encoded slash/],
    ['GET /projects/p%5Cdatasets', /encoded slash/],
    ['GET /projects/../p/datasets', /dot segment/],
    ['GET /projects/%2e%2E/datasets', /dot segment/],
    ['GET /projects//datasets', /empty segment/],
    ['GET /projects/p%00/datasets', /control character/],
    ['GET /projects/p%zz/datasets', /percent-encoding/],
    ['GET http://evil/projects/p/datasets', /must begin/],
    ['GET /projects/p/datasets#x', /character/],
    ['GET /projects/p/datasets?access_token=t', /access_token is not accepted/],
    ['GET /projects/p/datasets?key=t', /key is not accepted/],
    ['GET /projects/p/datasets?callback=f', /callback is not accepted/],
    ['GET /projects/p/datasets?alt=proto', /format proto/],
    ['GET /projects/p/datasets?alt=media', /format media/],
    ['GET /projects/p/datasets?fields=a&fields=b', /given twice/],
  ])('%s', (line, why) => {
    expect(match(line)).toMatch(/^refused: /);
    expect(match(line)).toMatch(why);
  });

  test.each(['GET /projects/p/jobs?stateFilter=done&stateFilter=running', 'GET /projects/p/datasets?alt=json&prettyPrint=false'])(
    '%s passes',
    (line) => {
      expect(match(line)).not.toMatch(/^refused/);
    },
  );
});

test('a path of ours with a foreign HTTP method names the methods it has', () => {
  expect(matchMethod('PATCH', '/projects/p/jobs')).toMatchObject({ kind: 'wrong-http-method', allowed: ['POST', 'GET'] });
  expect(match('GET /nowhere')).toBe('unknown');
  expect(match('POST /upload/bigquery/v2/projects/p/queries')).toBe('unknown');
});

test('every method of the table is found by its own path', () => {
  for (const method of surface) {
    const path = method.path.replaceAll(/\{(\w+)\}/g, 'x');
    expect(matchMethod(method.httpMethod, `/bigquery/v2/${path}`)).toMatchObject({ kind: 'method', method: { id: method.id } });
  }
});
