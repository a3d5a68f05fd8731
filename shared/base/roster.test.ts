import { expect, test } from 'vitest';
import { Roster } from './roster.ts';

test('knows who is present, whoever leaves first', () => {
  const roster = new Roster<string>();
  const [anna, ben, cleo] = ['Anna', 'Ben', 'Cleo'].map((name) => roster.enter(name));
  roster.leave(anna!);
  expect(roster.members.sort()).toEqual(['Ben', 'Cleo']);
  roster.leave(cleo!);
  roster.leave(cleo!);
  expect(roster.members).toEqual(['Ben']);
  roster.leave(ben!);
  expect(roster.size).toBe(0);
});

test('whoever left twice takes nobody along', () => {
  const roster = new Roster<string>();
  const anna = roster.enter('Anna');
  roster.leave(anna);
  roster.enter('Ben');
  roster.leave(anna);
  expect(roster.members).toEqual(['Ben']);
});

test('a member that is there twice leaves once at a time', () => {
  const roster = new Roster<string>();
  const first = roster.enter('Anna');
  roster.enter('Anna');
  roster.leave(first);
  expect(roster.members).toEqual(['Anna']);
});

test('a thousand who come and go in any order leave nobody behind', () => {
  const roster = new Roster<number>();
  const places = Array.from({ length: 1_000 }, (_, number) => roster.enter(number));
  const order = places.map((place, index) => ({ place, key: (index * 7_919) % 1_000 })).sort((a, b) => a.key - b.key);
  for (const [index, { place }] of order.entries()) {
    roster.leave(place);
    expect(roster.size).toBe(999 - index);
    expect(roster.members).not.toContain(place.member);
  }
});
