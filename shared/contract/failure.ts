import * as z from 'zod/mini';

/** UTF-16 offsets into the text that the caller sent (a filter, a statement), end exclusive. */
export const TextSpan = z.object({ start: z.int(), end: z.int() });
export type TextSpan = z.infer<typeof TextSpan>;

/** An expected failure as data: `code` is stable (`AREA_WHAT`), `message` one sentence, `remedy` what the person can do about it. */
export const EngineFailure = z.object({
  code: z.string().check(z.regex(/^[A-Z]+(_[A-Z0-9]+)+$/)),
  message: z.string(),
  remedy: z.optional(z.string()),
  /** Where in the text the caller sent. */
  span: z.optional(TextSpan),
});
export type EngineFailure = z.infer<typeof EngineFailure>;

/** What crosses a process boundary as the answer of a call. */
export type Envelope<Value = unknown> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: EngineFailure };

export const Envelope = z.union([
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: EngineFailure }),
]);

/** The same failure where a call throws. */
export class EngineError extends Error {
  readonly code: string;
  readonly remedy: string | undefined;
  readonly span: TextSpan | undefined;

  constructor(failure: EngineFailure, options?: ErrorOptions) {
    super(failure.message, options);
    this.name = 'EngineError';
    this.code = failure.code;
    this.remedy = failure.remedy;
    this.span = failure.span;
  }

  toFailure(): EngineFailure {
    return {
      code: this.code,
      message: this.message,
      ...(this.remedy === undefined ? {} : { remedy: this.remedy }),
      ...(this.span === undefined ? {} : { span: this.span }),
    };
  }
}
