import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { freshDirectory } from '../record/testing/fresh-directory.ts';
import { SubjectKeys } from './subject-keys.ts';

const alice = { issuer: 'https://idp.example', subject: 'alice' };
const bob = { ...alice, subject: 'bob' };
const folderOf = (directory: string): string => path.join(directory, 'keys', 'subjects');

test('a subject has one key, whoever asks first, and another subject another', () => {
  const directory = freshDirectory();
  const [one, other] = [new SubjectKeys(directory), new SubjectKeys(directory)];
  expect(other.findOrCreate(alice)).toEqual(one.findOrCreate(alice));
  expect(one.findOrCreate(bob).id).not.toBe(one.findOrCreate(alice).id);
  expect(readdirSync(folderOf(directory)).every((name) => /^[0-9a-f]{64}\.key$/.test(name))).toBe(true);
});

test('a shredded key is gone, with what a crash left of its making', () => {
  const directory = freshDirectory();
  const keys = new SubjectKeys(directory);
  const { id, key } = keys.findOrCreate(alice);
  const kept = keys.findOrCreate(bob);
  const file = readdirSync(folderOf(directory)).find((name) => keyIn(directory, name) === key.toString('base64'))!;
  writeFileSync(path.join(folderOf(directory), `${file}.4711-0badcafe.new`), keyIn(directory, file));
  expect(keys.shred(alice)).toBe(true);
  expect(readdirSync(folderOf(directory))).toHaveLength(1);
  expect(keys.byId(id)).toBeUndefined();
  expect(keys.byId(kept.id)).toEqual(kept);
  expect(keys.shred(alice)).toBe(false);
});

test('a renewed key stays readable under its id until it is shredded', () => {
  const keys = new SubjectKeys(freshDirectory());
  const old = keys.findOrCreate(alice);
  const fresh = keys.renew(old.id);
  expect(fresh.id).not.toBe(old.id);
  expect([keys.byId(old.id), keys.findOrCreate(alice)]).toEqual([old, fresh]);
  expect(keys.shredById(old.id)).toBe(true);
  expect([keys.byId(old.id), keys.byId(fresh.id)]).toEqual([undefined, fresh]);
});

test('a file that holds no key is named', () => {
  const directory = freshDirectory();
  const keys = new SubjectKeys(directory);
  keys.findOrCreate(alice);
  writeFileSync(path.join(folderOf(directory), readdirSync(folderOf(directory))[0]!), 'short');
  expect(() => keys.find(alice)).toThrow('does not hold a key of 32 bytes');
});

const keyIn = (directory: string, name: string): string => readFileSync(path.join(folderOf(directory), name), 'latin1').trim();
