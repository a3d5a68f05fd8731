import { createEngineClient } from '../../shared/contract/create-engine-client.ts';
import type { EngineApi, EngineTransport } from '../../shared/contract/engine-api.ts';

/** What the Electron preload puts on `window.steno`. Paths come from the system's dialog or from a drop, never from a page. */
export type StenoBridge = EngineTransport & {
  pickFiles(): Promise<readonly string[]>;
  /** The paths behind dropped files; a browser cannot know them. */
  pathsOf?(files: readonly File[]): readonly string[];
};

/** The engine, and how this host lets a person choose bundles. */
export type Host = {
  readonly edition: 'desktop' | 'browser';
  readonly engine: EngineApi;
  /** The system's file dialog, where the host has one. */
  readonly pickFiles?: () => Promise<readonly string[]>;
  /** Paths the engine can open. Rejects with a sentence when the host cannot take dropped files. */
  readonly pathsOf: (files: readonly File[]) => Promise<readonly string[]>;
};

export const connectEngine = (bridge: StenoBridge | undefined = window.steno): Host =>
  bridge === undefined ? connectOverHttp() : connectOverBridge(bridge);

function connectOverBridge(bridge: StenoBridge): Host {
  return {
    edition: 'desktop',
    engine: createEngineClient(bridge),
    pickFiles: () => bridge.pickFiles(),
    pathsOf: async (files) => bridge.pathsOf?.(files) ?? bridge.pickFiles(),
  };
}

function connectOverHttp(): Host {
  return { edition: 'browser', engine: createEngineClient(createHttpTransport()), pathsOf: refuseDrop };
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

async function refuseDrop(): Promise<never> {
  throw new Error('A browser does not tell where a dropped file lies. Type its path instead, or start `steno review FILE`.');
}
