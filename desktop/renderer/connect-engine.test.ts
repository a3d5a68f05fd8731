import { afterEach, describe, expect, it, vi } from 'vitest';
import { connectEngine, createHttpTransport, type StenoBridge } from './connect-engine.ts';

class FakeEventSource {
  static readonly opened: FakeEventSource[] = [];
  onmessage: ((message: { data: string }) => void) | null = null;
  closed = false;
  readonly url: string;
  constructor(url: string) {
    this.url = url;
    FakeEventSource.opened.push(this);
  }
  close() {
    this.closed = true;
  }
}

afterEach(() => vi.unstubAllGlobals());

describe('the browser edition', () => {
  it('asks over HTTP', async () => {
    const fetched = vi.fn(async () => Response.json({ ok: true, value: { phase: 'empty', bundles: [], revision: 0 } }));
    vi.stubGlobal('fetch', fetched);
    const { engine, edition } = connectEngine(undefined);
    expect(await engine.call('case:state', {})).toMatchObject({ phase: 'empty' });
    expect(edition).toBe('browser');
    expect(fetched).toHaveBeenCalledWith(
      './api/call',
      expect.objectContaining({ method: 'POST', body: '{"name":"case:state","input":{}}' }),
    );
  });

  it('listens over one connection, however many listen', () => {
    vi.stubGlobal('EventSource', FakeEventSource);
    const transport = createHttpTransport();
    const heard: unknown[] = [];
    const stops = [transport.on((event) => heard.push(event)), transport.on((event) => heard.push(event))];
    const source = FakeEventSource.opened.at(-1)!;
    source.onmessage?.({ data: '{"kind":"x"}' });
    expect(heard).toEqual([{ kind: 'x' }, { kind: 'x' }]);
    expect(FakeEventSource.opened).toHaveLength(1);
    for (const stop of stops) stop();
    expect(source.closed).toBe(true);
  });

  it('sends a dropped file and gets the path of its copy', async () => {
    const fetched = vi.fn(async (url: string) => Response.json({ path: `/tmp/copy-of-${url.split('/').at(-1)}` }));
    vi.stubGlobal('fetch', fetched);
    expect(await connectEngine(undefined).pathsOf([new File(['x'], 'a b.wacz')])).toEqual(['/tmp/copy-of-a%20b.wacz']);
    expect(fetched).toHaveBeenCalledWith('./api/files/a%20b.wacz', expect.objectContaining({ method: 'PUT' }));
  });

  it('says so when the host does not take the file', async () => {
    vi.stubGlobal('fetch', async () => new Response('', { status: 507 }));
    await expect(connectEngine(undefined).pathsOf([new File([], 'a.wacz')])).rejects.toThrow('did not take a.wacz (HTTP 507)');
  });

  it('says so when the engine cannot be reached', async () => {
    vi.stubGlobal('fetch', async () => {
      throw new TypeError('Failed to fetch');
    });
    const answer = await connectEngine(undefined).engine.tryCall('case:state', {});
    expect(answer).toMatchObject({ ok: false, error: { code: 'ENGINE_UNREACHABLE' } });
  });
});

describe('the desktop app', () => {
  it('goes through the preload', async () => {
    const bridge: StenoBridge = {
      call: async () => ({ ok: true, value: { phase: 'empty', bundles: [], revision: 0 } }),
      on: () => () => {},
      pickFiles: async () => ['/a.wacz'],
      pickSavePath: async () => '/out.csv',
      pathsOf: async (files) => files.map((file) => `/${file.name}`),
    };
    const host = connectEngine(bridge);
    expect(host.edition).toBe('desktop');
    expect(await host.engine.call('case:state', {})).toMatchObject({ phase: 'empty' });
    expect(await host.pickFiles()).toEqual(['/a.wacz']);
    expect(await host.pickSavePath?.('x.csv')).toBe('/out.csv');
  });
});
