// How loading grows with the session: `node desktop/engine/testing/bench-load.ts [exchanges …]`. CPU time, since the machine may be shared.
import { busySession } from '../../../fixtures/sessions/busy-session.ts';
import { createMemoryBundle } from '../../../fixtures/sessions/memory-bundle.ts';
import { createMemoryEvidence } from '../../../fixtures/sessions/memory-evidence.ts';
import { createEngineClient } from '../../../shared/contract/create-engine-client.ts';
import { createReviewEngine } from '../create-review-engine.ts';
import { untilOpened } from './until-opened.ts';

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [10_000, 100_000];
for (const size of sizes) await measure(size);

async function measure(size: number): Promise<void> {
  const bundle = createMemoryBundle(busySession(size));
  const engine = await createReviewEngine({ evidence: createMemoryEvidence([bundle]), settingsDirectory: false });
  const api = createEngineClient(engine);
  await timed(`load ${size} exchanges`, size, async () => {
    await api.call('case:open', { paths: [bundle.path] });
    await untilOpened(api);
  });
  await timed('  first window', undefined, () => api.call('exchange:list', { filter: '', offset: 0, limit: 100 }));
  await timed('  last window', undefined, () => api.call('exchange:list', { filter: '', offset: size - 100, limit: 100 }));
  await timed('  filtered by SQL text', undefined, () => api.call('exchange:list', { filter: '"id > 77"', offset: 0, limit: 100 }));
  await timed('  overview', undefined, () => api.call('case:overview', {}));
  await timed('  timeline', undefined, () => api.call('timeline:lanes', { filter: '', by: 'table', buckets: 1000, maxLanes: 20 }));
  await engine.close();
}

async function timed(name: string, items: number | undefined, work: () => Promise<unknown>): Promise<void> {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  const cpuMs = (user + system) / 1000;
  const each = items === undefined ? '' : `, ${((cpuMs * 1000) / items).toFixed(0)} µs each`;
  console.log(`${name}: ${cpuMs.toFixed(0)} ms CPU${each}, ${(performance.now() - wall).toFixed(0)} ms`);
}
