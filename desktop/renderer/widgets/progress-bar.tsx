/** How far something is; without `total` it only shows that it goes on. */
export function ProgressBar({
  label,
  done,
  total,
}: {
  readonly label: string;
  readonly done: number;
  readonly total?: number | undefined;
}) {
  const share = total === undefined || total === 0 ? undefined : Math.min(100, (100 * done) / total);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(share === undefined ? {} : { 'aria-valuenow': Math.round(share) })}
      className="bg-sunken h-1.5 w-full overflow-hidden rounded-full"
    >
      <div
        className={share === undefined ? 'bg-accent h-full w-1/3 animate-pulse rounded-full' : 'bg-accent h-full rounded-full'}
        style={share === undefined ? {} : { width: `${share}%` }}
      />
    </div>
  );
}
