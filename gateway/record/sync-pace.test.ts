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

test('a disk is quick until its syncs are slow, and is asked again ten seconds later', () => {
  const { pace, wait, sync } = openDisk();
  for (let count = 0; count < 100; count += 1) sync(0.9);
  expect(pace.isQuick()).toBe(true);
  for (let count = 0; count < 5; count += 1) sync(5);
  expect(pace.isQuick()).toBe(false);
  wait(9_999);
  expect(pace.isQuick()).toBe(false);
  wait(1);
  expect(pace.isQuick()).toBe(true);
});

test('a hiccup of a quick disk does not make it a slow one', () => {
  const { pace, sync } = openDisk();
  for (let count = 0; count < 100; count += 1) sync(count % 20 === 0 ? 8 : 0.2);
  expect(pace.isQuick()).toBe(true);
});

test('a disk that hangs is slow at once', () => {
  const { pace, sync } = openDisk();
  sync(50);
  sync(0.2);
  expect(pace.isQuick()).toBe(false);
});
