import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEngine } from '../engine/create-engine.ts';
import type { Engine, Row } from '../engine/engine.ts';
import { seedShop } from './seed-shop.ts';

let engine: Engine;
let counts: Readonly<Record<string, bigint>>;
let elapsedMs: number;

beforeAll(async () => {
  engine = await createEngine();
  const before = performance.now();
  counts = await seedShop(engine, { projectId: 'demo' });
  elapsedMs = performance.now() - before;
});
afterAll(() => engine.close());

async function firstRow(tableId: string, from: Engine = engine): Promise<Row> {
  for await (const [row] of from.readRows({ projectId: 'demo', datasetId: 'shop', tableId }, { maxResults: 1 })) return row!;
  throw new Error('no rows');
}

it('makes more than a million rows in seconds', () => {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0n);
  console.log(`${total} rows in ${Math.round(elapsedMs)} ms`);
  expect(total).toBeGreaterThan(1_000_000n);
  expect(elapsedMs).toBeLessThan(15_000);
});

it('adds an order up to its items', async () => {
  const { f } = await firstRow('orders');
  const items = f[6]!.v as readonly { v: Row }[];
  const cents = (text: unknown): bigint => BigInt(Math.round(Number(text) * 100));
  const sum = items.reduce((total, { v }) => total + BigInt(v.f[1]!.v as string) * cents(v.f[2]!.v), 0n);
  expect(items.length).toBeGreaterThan(0);
  expect(cents(f[5]!.v)).toBe(sum);
});

it('gives people plausible names and example addresses', async () => {
  const [id, name, email, country] = (await firstRow('customers')).f.map(({ v }) => v);
  expect(id).toBe('1');
  expect(name).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
  expect(email).toMatch(/^[a-z]+\.[a-z]+1@(mail\.)?example\.(com|org|net)$/);
  expect(country).toMatch(/^[A-Z]{2}$/);
});

it('makes the same rows for the same seed, and others for another', async () => {
  const twin = await createEngine();
  const size = { projectId: 'demo', orders: 10, events: 10, customers: 60_000 };
  await seedShop(twin, size);
  expect(await firstRow('customers', twin)).toEqual(await firstRow('customers'));
  expect(await firstRow('orders', twin)).toEqual(await firstRow('orders'));
  const other = await createEngine();
  await seedShop(other, { ...size, seed: 2 });
  expect(await firstRow('customers', other)).not.toEqual(await firstRow('customers'));
  await Promise.all([twin.close(), other.close()]);
});
