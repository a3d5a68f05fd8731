/** What a script may cost us. Beyond it the parser refuses with a SqlError of kind 'limit'. */
export type Limits = {
  /** UTF-16 units of the whole text; BigQuery takes 1 MB of unresolved query. */
  readonly maxLength: number;
  readonly maxTokens: number;
  /** Nested parentheses, calls, queries, blocks. */
  readonly maxDepth: number;
  /** Links of one left-leaning chain: `a + b + …`, `a JOIN b JOIN …`, `x.f().g()…`. */
  readonly maxChain: number;
};

export const DEFAULT_LIMITS: Limits = { maxLength: 1_048_576, maxTokens: 400_000, maxDepth: 600, maxChain: 3_000 };
