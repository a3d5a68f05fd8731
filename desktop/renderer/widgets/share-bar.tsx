/** A thin bar: `value` of `whole`. Decoration beside a number that says the same. */
export function ShareBar({ value, whole, tone = 'bg-accent' }: { readonly value: number; readonly whole: number; readonly tone?: string }) {
  return (
    <span className="bg-sunken block h-1.5 w-full overflow-hidden rounded-full" aria-hidden>
      <span
        className={`block h-full rounded-full ${tone}`}
        style={{ width: `${whole === 0 ? 0 : Math.max(1.5, (100 * value) / whole)}%` }}
      />
    </span>
  );
}
