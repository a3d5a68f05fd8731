import { describe, expect, it } from 'vitest';
import type { BundleIntegrity, Check } from '../../../../shared/contract/integrity.ts';
import { openApp } from '../../testing/open-app.tsx';

const fingerprint = '0d57-64ae-a62f-f268-202e-0916-6ecc-fc23';
const passed: Check = { name: 'session tree', subject: 's1', status: 'passed' };
const failed: Check = { name: 'archive', subject: 'exchanges-0001.warc.gz', status: 'failed', detail: 'does not match its SHA-256 digest' };

const aReport = (verdict: BundleIntegrity['verdict'], pinned: boolean, checks: Check[] = [passed]) => ({
  bundles: [
    {
      bundleId: 1,
      fileName: 'nightly.wacz',
      ...(verdict === undefined ? {} : { verdict }),
      signers: [{ role: 'gateway' as const, name: 'gateway.acme', fingerprint, pinned }],
      checks,
      proved: ['Nothing was changed.'],
      notProved: ['Who signed.'],
    },
  ],
  pinnedKeys: [],
});

describe('integrity', () => {
  it('is amber for an unknown signer, and green after the key was pinned', async () => {
    let pinned = false;
    const app = openApp(
      {
        'integrity:report': () => aReport(pinned ? 'sound' : 'sound-unknown-key', pinned),
        'key:pin': () => {
          pinned = true;
          return { pinnedKeys: [] };
        },
      },
      '#/integrity',
    );
    await app.sees('Self-consistent, signer unknown');
    await app.click('Pin this key…');
    await app.sees('Compare it with the fingerprint');
    await app.click('Pin key');
    await app.sees('The record is sound');
    expect(app.engine.inputsOf('key:pin')).toEqual([{ fingerprint, label: 'gateway.acme' }]);
  });

  it('names what failed, and offers no trust in its key', async () => {
    const app = openApp({ 'integrity:report': () => aReport('not-sound', false, [passed, failed]) }, '#/integrity');
    await app.sees('The record is not sound');
    await app.sees('does not match its SHA-256 digest');
    app.seesNo('Pin this key');
  });

  it('calls a key that nobody pinned no failure of the bundle', async () => {
    const unknown: Check = { name: 'recorder-key', subject: 'gateway.acme', status: 'missing', detail: 'nobody pinned this key' };
    const app = openApp({ 'integrity:report': () => aReport('not-sound', false, [passed, failed, unknown]) }, '#/integrity');
    await app.sees(/^archive:/);
    app.seesNo(/^recorder-key:/);
  });

  it('shows only what did not pass, when asked', async () => {
    const app = openApp({ 'integrity:report': () => aReport('not-sound', false, [passed, failed]) }, '#/integrity');
    await app.sees('session tree');
    await app.click(/Not passed/, 'radio');
    app.seesNo('session tree');
    await app.sees('exchanges-0001.warc.gz');
  });

  it('says what is proved and what is not', async () => {
    const app = openApp({ 'integrity:report': () => aReport('sound', true) }, '#/integrity');
    await app.sees('Nothing was changed.');
    await app.sees('Who signed.');
  });
});
