import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { createFileGrants } from './file-grants.ts';

test('a chosen file may be named, another one not', () => {
  const grants = createFileGrants();
  grants.grant(['/cases/a.wacz']);
  expect(grants.findUngranted({ paths: ['/cases/a.wacz'] })).toBeUndefined();
  expect(grants.findUngranted({ paths: ['/cases/a.wacz', '/etc/passwd'] })).toBe(resolve('/etc/passwd'));
  expect(grants.findUngranted({ path: '/cases/../etc/shadow' })).toBe(resolve('/etc/shadow'));
});

test('calls without paths pass; paths that are no text do not', () => {
  const grants = createFileGrants();
  expect(grants.findUngranted({ exchangeId: 'x' })).toBeUndefined();
  expect(grants.findUngranted({ paths: [{ toString: () => '/cases/a.wacz' }] })).toBe('');
});
