type Axis = { readonly bucketMs: number; readonly buckets: number };

/** The stretch between two shares (0 to 1) of a time axis; undefined for a click. */
export function toZoom(axis: Axis, from: string, start: number, end: number): { readonly from: string; readonly to: string } | undefined {
  const [first, last] = start <= end ? [start, end] : [end, start];
  if (last - first < 0.004) return undefined;
  const origin = Date.parse(from);
  const whole = axis.bucketMs * axis.buckets;
  return { from: new Date(origin + first * whole).toISOString(), to: new Date(origin + last * whole).toISOString() };
}
