import { expect, test } from 'vitest';
import { SyncPace } from './sync-pace.ts';

/** A disk whose syncs take as long as they are told. */
const openDisk = () => {
  let clock = 0;
  const pace = new SyncPace(() => clock);
  const wait = (ms: number): void => {
    clock += ms;
  };
  return { pace, wait, sync: (ms: number) => pace.time(() => wait(ms)) };
};

test('a disk is quick until a sync was slow, and is asked again ten seconds later', () => {
  const { pace, wait, sync } = openDisk();
  expect(pace.isQuick()).toBe(true);
  sync(0.9);
  expect(pace.isQuick()).toBe(true);
  sync(5);
  expect(pace.isQuick()).toBe(false);
  wait(9_999);
  expect(pace.isQuick()).toBe(false);
  wait(1);
  expect(pace.isQuick()).toBe(true);
});

test('a quick sync does not make up for a slow one', () => {
  const { pace, sync } = openDisk();
  sync(50);
  sync(0.2);
  expect(pace.isQuick()).toBe(false);
});
