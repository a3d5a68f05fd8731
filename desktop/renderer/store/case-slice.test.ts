import { beforeEach, describe, expect, it, vi } from 'vitest';
import { aBundle, aCase } from '../testing/any-data.ts';
import { aFakeEngine, type FakeAnswers } from '../testing/fake-engine.ts';
import { createReview } from './review.ts';

beforeEach(() => localStorage.clear());

const aReview = (answers: FakeAnswers = {}) => {
  const engine = aFakeEngine({ 'case:state': () => aCase('empty', []), ...answers });
  return { engine, store: createReview(engine.host).store };
};

describe('the case in the store', () => {
  it('lets screens ask again at most once a second while rows arrive, and once at the end', () => {
    vi.useFakeTimers({ now: 10_000 });
    const { store } = aReview();
    const loading = (revision: number) => store.getState().receiveCaseState(aCase('opening', [aBundle({ phase: 'loading' })], revision));
    loading(1);
    loading(2);
    expect(store.getState().revision).toBe(1);
    vi.advanceTimersByTime(1000);
    loading(3);
    expect(store.getState().revision).toBe(3);
    store.getState().receiveCaseState(aCase('ready', [aBundle()], 4));
    expect(store.getState().revision).toBe(4);
    vi.useRealTimers();
  });

  it('learns that loading ended even when the event for it was missed', async () => {
    vi.useFakeTimers();
    const answers = [aCase('opening', [aBundle({ phase: 'loading' })]), aCase('ready', [aBundle()])];
    const { store } = aReview({ 'case:state': () => answers.shift() ?? aCase('ready', [aBundle()]) });
    await store.getState().connect();
    expect(store.getState().caseState?.phase).toBe('opening');
    await vi.advanceTimersByTimeAsync(1000);
    expect(store.getState().caseState?.phase).toBe('ready');
    vi.useRealTimers();
  });

  it('remembers a bundle once, when it is open, the newest first', () => {
    const { store } = aReview();
    store.getState().receiveCaseState(aCase('opening', [aBundle({ phase: 'loading' })]));
    expect(store.getState().recent).toEqual([]);
    store.getState().receiveCaseState(aCase('ready', [aBundle(), aBundle({ bundleId: 2, path: '/cases/b.wacz' })]));
    store.getState().receiveCaseState(aCase('ready', [aBundle()]));
    expect(store.getState().recent.map((each) => each.path)).toEqual(['/cases/b.wacz', '/cases/nightly.wacz']);
    store.getState().forgetRecentBundle('/cases/b.wacz');
    expect(JSON.parse(localStorage.getItem('steno.recent') ?? '[]')).toHaveLength(1);
  });

  it('asks for verdicts again after a key was pinned', async () => {
    const { engine, store } = aReview({ 'key:pin': () => ({ pinnedKeys: [] }) });
    expect(await store.getState().pinKey('0d57-64ae', 'gateway')).toBeUndefined();
    expect(store.getState().pinRevision).toBe(1);
    expect(engine.inputsOf('key:pin')).toEqual([{ fingerprint: '0d57-64ae', label: 'gateway' }]);
  });
});
