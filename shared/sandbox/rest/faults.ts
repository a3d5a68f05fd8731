import { Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { assert } from '../../base/assert.ts';
import type { MethodId } from '../../bigquery/api-method.ts';

/** What tests make go wrong. Byte counts are of the body as sent, after compression. */
export type Fault =
  /** 503 backendError instead of an answer; the request is not executed. */
  | { readonly kind: 'unavailable' }
  /** Nothing more after `afterBytes`, with the connection open. */
  | { readonly kind: 'stall'; readonly afterBytes: number }
  /** The connection is reset after `afterBytes`. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** `content-length` says `extraBytes` more than are sent; then the connection ends. */
  | { readonly kind: 'wrong-length'; readonly extraBytes: number }
  /** `bytes` at a time, `everyMs` apart. */
  | { readonly kind: 'slow'; readonly bytes: number; readonly everyMs: number }
  /** A gzip body without its last `dropBytes`, framed as if it were whole. */
  | { readonly kind: 'truncated-gzip'; readonly dropBytes: number };

export type FaultRule = {
  readonly fault: Fault;
  /** Absent: any method. */
  readonly methodId?: MethodId;
  /** How many requests it strikes; absent: all. */
  readonly times?: number;
  /** How many matching requests pass first. */
  readonly after?: number;
};

export type FaultOptions = {
  readonly rules?: readonly FaultRule[];
  /** Also honour the request header `x-sandbox-fault: cut; afterBytes=100`. */
  readonly honourHeader?: boolean;
};

export const faultHeader = 'x-sandbox-fault';

export type Faults = { next(methodId: MethodId, header: string | undefined): Fault | undefined };

export function createFaults({ rules = [], honourHeader = false }: FaultOptions): Faults {
  const seen = new Map<FaultRule, number>();
  return {
    next(methodId, header) {
      if (honourHeader && header !== undefined) return parseFault(header);
      const rule = rules.find((each) => (each.methodId ?? methodId) === methodId && strikes(each, seen));
      return rule?.fault;
    },
  };
}

function strikes(rule: FaultRule, seen: Map<FaultRule, number>): boolean {
  const index = seen.get(rule) ?? 0;
  seen.set(rule, index + 1);
  const first = rule.after ?? 0;
  return index >= first && index < first + (rule.times ?? Infinity);
}

function parseFault(header: string): Fault {
  const [kind, ...settings] = header.split(';').map((part) => part.trim());
  const number = (name: string, otherwise: number): number => {
    const setting = settings.find((each) => each.startsWith(`${name}=`));
    return setting === undefined ? otherwise : Number(setting.slice(name.length + 1));
  };
  switch (kind) {
    case 'unavailable':
      return { kind };
    case 'stall':
    case 'cut':
      return { kind, afterBytes: number('afterBytes', 0) };
    case 'wrong-length':
      return { kind, extraBytes: number('extraBytes', 1) };
    case 'slow':
      return { kind, bytes: number('bytes', 1), everyMs: number('everyMs', 1) };
    case 'truncated-gzip':
      return { kind, dropBytes: number('dropBytes', 8) };
    default:
      throw new TypeError(`No such fault: ${header}`);
  }
}

/** The part of a fault that happens to the bytes. `cut` is told by a `FaultCut` error, on which the caller resets the connection. */
export function createFaultTransform(fault: Fault): Transform | undefined {
  if (fault.kind === 'stall') return createLimit(fault.afterBytes, () => undefined);
  if (fault.kind === 'cut') return createLimit(fault.afterBytes, (transform) => transform.destroy(new FaultCut()));
  return fault.kind === 'slow' ? createSlowness(fault.bytes, fault.everyMs) : undefined;
}

export class FaultCut extends Error {
  override readonly name = 'FaultCut';
}

function createLimit(afterBytes: number, reached: (transform: Transform) => void): Transform {
  let left = afterBytes;
  const transform = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      if (left > 0) this.push(chunk.subarray(0, left));
      left -= chunk.byteLength;
      if (left > 0) done();
      // Without `done` nothing flows any more. The pause lets what was pushed reach the socket first.
      else setTimeout(() => reached(transform), 20);
    },
    flush() {
      setTimeout(() => reached(transform), 20);
    },
  });
  return transform;
}

function createSlowness(bytes: number, everyMs: number): Transform {
  assert(bytes > 0, 'slow means at least one byte at a time');
  return new Transform({
    async transform(chunk: Uint8Array, _encoding, done) {
      for (let at = 0; at < chunk.byteLength; at += bytes) {
        this.push(chunk.subarray(at, at + bytes));
        await sleep(everyMs);
      }
      done();
    },
  });
}
