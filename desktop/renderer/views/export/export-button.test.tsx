import { expect, it } from 'vitest';
import { EngineError } from '../../../../shared/contract/failure.ts';
import { anExchangeRow } from '../../testing/any-data.ts';
import type { FakeAnswers } from '../../testing/fake-engine.ts';
import { openApp } from '../../testing/open-app.tsx';

const openList = (write: FakeAnswers['export:write']) =>
  openApp(
    { 'exchange:list': () => ({ total: 1, rows: [anExchangeRow(1)] }), ...(write === undefined ? {} : { 'export:write': write }) },
    '#/exchanges/who%3Aci',
  );

it('writes what the filter shows, in the chosen format', async () => {
  const app = openList(({ path }) => ({ path, rows: 1, bytes: 2048 }));
  await app.sees('SELECT 1 FROM');
  await app.click('Export…');
  await app.click('JSON lines', 'radio');
  await app.click('File on this machine', 'textbox');
  await app.type('/out/x.ndjson');
  await app.press('{Enter}');
  await app.sees('1 row written, 2.00 KiB');
  expect(app.engine.inputsOf('export:write')).toEqual([
    { what: { kind: 'exchanges', filter: 'who:ci' }, format: 'ndjson', path: '/out/x.ndjson' },
  ]);
});

it('says why a file was not written', async () => {
  const app = openList(() => {
    throw new EngineError({ code: 'EXPORT_OVER_BUNDLE', message: 'This file is a bundle of the case.' });
  });
  await app.sees('SELECT 1 FROM');
  await app.click('Export…');
  await app.click('File on this machine', 'textbox');
  await app.type('/cases/nightly.wacz');
  await app.press('{Enter}');
  await app.sees('This file is a bundle of the case.');
});
