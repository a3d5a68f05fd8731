import { createEngineClient } from '../../shared/contract/create-engine-client.ts';
import type { EngineApi, EngineTransport } from '../../shared/contract/engine-api.ts';

/** What the Electron preload puts on `window.steno`. Paths come from the system's dialog or from a drop, never from a page. */
export type StenoBridge = EngineTransport & {
  pickFiles(): Promise<readonly string[]>;
  /** Undefined when the person cancelled. */
  pickSavePath(suggested: string): Promise<string | undefined>;
  pathsOf(files: readonly File[]): Promise<readonly string[]>;
};

/** The engine, and how this host lets a person choose files. */
export type Host = {
  readonly edition: 'desktop' | 'browser';
  readonly engine: EngineApi;
  /** The system's file dialog; none when the person cancelled. Rejects with a sentence when the host cannot take the files. */
  readonly pickFiles: () => Promise<readonly string[]>;
  /** Paths the engine can open. Rejects with a sentence when the host cannot take the files. */
  readonly pathsOf: (files: readonly File[]) => Promise<readonly string[]>;
  /** Where to write an export, where the host has a dialog for it. */
  readonly pickSavePath?: (suggested: string) => Promise<string | undefined>;
};

export const connectEngine = (bridge: StenoBridge | undefined = window.steno): Host =>
  bridge === undefined ? connectOverHttp() : connectOverBridge(bridge);

const connectOverBridge = (bridge: StenoBridge): Host => ({
  edition: 'desktop',
  engine: createEngineClient(bridge),
  pickFiles: bridge.pickFiles,
  pathsOf: bridge.pathsOf,
  pickSavePath: bridge.pickSavePath,
});

function connectOverHttp(): Host {
  const pathsOf = (files: readonly File[]): Promise<readonly string[]> => Promise.all(files.map((file) => sendFile(file)));
  return {
    edition: 'browser',
    engine: createEngineClient(createHttpTransport()),
    pathsOf,
    pickFiles: async () => pathsOf(await chooseFiles()),
  };
}

/** A browser does not tell where a file lies: it sends it, and gets the path of a copy that goes when the host ends. */
async function sendFile(file: File, base = './api'): Promise<string> {
  const answer = await fetch(`${base}/files/${encodeURIComponent(file.name)}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream' },
    body: file,
  });
  if (!answer.ok) throw new Error(`The review did not take ${file.name} (HTTP ${answer.status}). Type its path instead.`);
  const { path } = (await answer.json()) as { path: string };
  return path;
}

function chooseFiles(): Promise<readonly File[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.accept = '.wacz';
  return new Promise((resolve) => {
    input.onchange = () => resolve([...(input.files ?? [])]);
    input.oncancel = () => resolve([]);
    input.click();
  });
}

/** `POST /api/call` for questions, one `EventSource` for what the engine says unasked. */
export function createHttpTransport(base = './api'): EngineTransport {
  const listeners = new Set<(event: unknown) => void>();
  let source: EventSource | undefined;
  return {
    async call(name, input) {
      const answer = await fetch(`${base}/call`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name, input }),
      });
      return answer.json();
    },
    on(listener) {
      listeners.add(listener);
      source ??= openEvents(`${base}/events`, listeners);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        source?.close();
        source = undefined;
      };
    },
  };
}

function openEvents(url: string, listeners: ReadonlySet<(event: unknown) => void>): EventSource {
  const source = new EventSource(url);
  source.onmessage = (message: MessageEvent<string>) => {
    const event: unknown = JSON.parse(message.data);
    for (const listener of listeners) listener(event);
  };
  return source;
}
