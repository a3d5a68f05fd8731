import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../../shared/contract/failure.ts';
import { aBundle, aCase } from '../../testing/any-data.ts';
import { openApp } from '../../testing/open-app.tsx';

const empty = { 'case:state': () => aCase('empty', []) };

describe('before anything is open', () => {
  it('says what to do', async () => {
    const app = openApp(empty);
    await app.sees('Drop one or more bundles here');
    await app.sees('One file, one session');
  });

  it('opens a bundle by its path', async () => {
    const app = openApp({ ...empty, 'case:open': () => aCase() });
    await app.click(/Path of a bundle/, 'textbox');
    await app.type(' /cases/nightly.wacz ');
    await app.press('{Enter}');
    await app.sees('nightly-report');
    expect(app.engine.inputsOf('case:open')).toEqual([{ paths: ['/cases/nightly.wacz'] }]);
  });

  it.each([
    ['BUNDLE_NOT_A_BUNDLE', 'This file is not a bundle'],
    ['BUNDLE_TRUNCATED', 'This bundle is cut short'],
    ['BUNDLE_NEWER_VERSION', 'This bundle was made by a newer Steno'],
    ['BUNDLE_NOT_FOUND', 'There is no such file'],
    ['BUNDLE_ENCRYPTED', 'This bundle is encrypted'],
  ])('explains %s with its remedy', async (code, title) => {
    const refuse = (): never => {
      throw new EngineError({ code, message: 'It has no manifest.', remedy: 'Export the session again.' });
    };
    const app = openApp({ ...empty, 'case:open': refuse });
    await app.click(/Path of a bundle/, 'textbox');
    await app.type('/x.wacz');
    await app.press('{Enter}');
    await app.sees(title);
    await app.sees('Export the session again.');
  });
});

describe('while a bundle opens', () => {
  it('shows checks as they finish, then the screens', async () => {
    const verifying = aBundle({ phase: 'verifying', exchangesLoaded: 0 });
    const app = openApp({ 'case:state': () => aCase('opening', [verifying]) });
    await app.sees('Checking');
    app.engine.say({ kind: 'integrity:check', bundleId: 1, check: { name: 'manifest', subject: 'datapackage.json', status: 'passed' } });
    await app.sees('datapackage.json');
    app.engine.say({
      kind: 'case:progress',
      state: aCase('opening', [aBundle({ phase: 'loading', exchangesLoaded: 200, exchangesTotal: 900 })]),
    });
    await app.sees('200 of 900');
    await app.click('Overview', 'link');
  });

  it('stops when told to', async () => {
    const app = openApp({
      'case:state': () => aCase('opening', [aBundle({ phase: 'verifying', exchangesLoaded: 0 })]),
      'case:cancel': () => aCase('failed', [aBundle({ phase: 'cancelled', exchangesLoaded: 0 })]),
    });
    await app.click('Cancel');
    await app.sees('Open something else');
  });

  it('names what of a bundle could not be opened', async () => {
    const problems = [{ code: 'BUNDLE_DAMAGED', message: 'The archive ends in the middle.' }];
    const app = openApp({ 'case:state': () => aCase('failed', [aBundle({ phase: 'failed', exchangesLoaded: 0, problems })]) });
    await app.sees('This bundle is damaged');
    await app.sees('The archive ends in the middle.');
  });
});
