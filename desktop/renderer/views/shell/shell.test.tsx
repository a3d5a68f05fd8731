import { describe, expect, it } from 'vitest';
import { aBundle, aCase, anExchangeRow } from '../../testing/any-data.ts';
import { openApp } from '../../testing/open-app.tsx';
import { selectWorstVerdict } from './navigation.tsx';

describe('getting around', () => {
  it('goes to a screen with G and its letter', async () => {
    const app = openApp({ 'exchange:list': () => ({ total: 0, rows: [] }) });
    await app.sees('Overview');
    await app.press('ge');
    expect(app.address()).toBe('#/exchanges');
    await app.press('gi');
    expect(app.address()).toBe('#/integrity');
  });

  it('finds an exchange by number in the palette', async () => {
    const app = openApp({ 'exchange:list': () => ({ total: 1, rows: [anExchangeRow(17)] }) });
    await app.sees('Overview');
    await app.press('{Control>}k{/Control}');
    await app.type('17');
    await app.sees('SELECT 17 FROM');
    await app.press('{Enter}');
    expect(app.address()).toBe('#/exchange/x17');
    expect(app.engine.inputsOf('exchange:list').at(-1)?.filter).toBe('number:17');
  });

  it('changes colours and remembers', async () => {
    const app = openApp({});
    await app.click(/Colours: system/);
    expect(app.review.store.getState().theme).toBe('light');
    expect(localStorage.getItem('steno.theme')).toBe('"light"');
  });

  it('lists its keys', async () => {
    const app = openApp({});
    await app.sees('Overview');
    await app.press('?');
    await app.sees('Row up, row down');
  });

  it('opens a dropped bundle beside the others', async () => {
    const app = openApp({ 'case:open': () => aCase('ready', [aBundle(), aBundle({ bundleId: 2, path: '/dropped/b.wacz' })]) });
    await app.sees('nightly-report');
    const drop = new Event('drop', { bubbles: true, cancelable: true });
    Object.assign(drop, { dataTransfer: { files: [new File([], 'b.wacz')] } });
    document.querySelector('nav')?.dispatchEvent(drop);
    await app.sees('and 1 more');
    expect(app.engine.inputsOf('case:open')).toEqual([{ paths: ['/dropped/b.wacz'] }]);
  });
});

describe('the verdict beside everything', () => {
  const verdictOf = (...verdicts: ('sound' | 'sound-unknown-key' | 'not-sound' | undefined)[]) =>
    selectWorstVerdict(
      aCase(
        'ready',
        verdicts.map((verdict, index) => ({ ...aBundle({ bundleId: index + 1 }), verdict })),
      ),
    );

  it('is the worst of all bundles', () => {
    expect(verdictOf('sound', 'sound')).toBe('sound');
    expect(verdictOf('sound', 'sound-unknown-key')).toBe('sound-unknown-key');
    expect(verdictOf('sound', 'not-sound', 'sound-unknown-key')).toBe('not-sound');
  });

  it('is not given while a bundle is being checked, unless another already failed', () => {
    expect(verdictOf('sound', undefined)).toBeUndefined();
    expect(verdictOf('not-sound', undefined)).toBe('not-sound');
  });
});
