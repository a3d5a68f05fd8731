import { expect, test } from 'vitest';
import { redactTarget } from './parse-target.ts';

test.each([
  ['/projects?alt=json', '/projects?alt=json'],
  ['/projects?access_token=ya29.x&alt=json', '/projects?access_token=REDACTED&alt=json'],
  ['/projects?%61ccess_token=ya29.x', '/projects?%61ccess_token=REDACTED'],
  ['/upload/projects/p/jobs?upload_id=secret&uploadType=resumable', '/upload/projects/p/jobs?upload_id=REDACTED&uploadType=resumable'],
  ['/projects?KEY=x', '/projects?KEY=REDACTED'],
])('%s is logged as %s', (target, logged) => {
  expect(redactTarget(target)).toBe(logged);
});
