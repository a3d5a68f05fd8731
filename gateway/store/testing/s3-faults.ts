/** What goes wrong, with the next `times` requests that are `operation`s (any, unless told), after letting `skip` of them pass. */
export type Fault = { readonly operation?: string; readonly times?: number; readonly skip?: number } & FaultKind;

export type FaultKind =
  /** Refused before anything happened. */
  | { readonly kind: 'refuse'; readonly status: number; readonly code: string }
  /** The connection breaks after this many bytes of the request's body. */
  | { readonly kind: 'reset-request'; readonly bytes: number }
  /** It happened, and the connection breaks before a byte of the answer. */
  | { readonly kind: 'lose-answer' }
  /** The connection breaks after this many bytes of the answer's body. */
  | { readonly kind: 'reset-answer'; readonly bytes: number }
  /** The answer ends early and tidily: its Content-Length is that of what is sent. */
  | { readonly kind: 'cut-answer'; readonly bytes: number }
  /** One bit of the answer's body is another. */
  | { readonly kind: 'corrupt-answer' }
  /** One bit of the request's body is another when it arrives. */
  | { readonly kind: 'corrupt-request' }
  /** It happened, and the answer comes this much later. */
  | { readonly kind: 'late-answer'; readonly ms: number }
  /** The checksum in the answer's header is wrong. */
  | { readonly kind: 'wrong-checksum' };

export class Faults {
  readonly #planned: { fault: Fault; skip: number; left: number }[] = [];
  readonly struck: string[] = [];

  plan(...faults: readonly Fault[]): void {
    for (const fault of faults) this.#planned.push({ fault, skip: fault.skip ?? 0, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#planned.length = 0;
  }

  take(operation: string): Fault | undefined {
    const entry = this.#planned.find(({ fault, left }) => left > 0 && (fault.operation === undefined || fault.operation === operation));
    if (entry === undefined) return undefined;
    if (entry.skip > 0) {
      entry.skip -= 1;
      return undefined;
    }
    entry.left -= 1;
    this.struck.push(`${entry.fault.kind} ${operation}`);
    return entry.fault;
  }
}
