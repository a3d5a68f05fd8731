import { createHash, randomUUID } from 'node:crypto';

/** What every resource carries beside its content. Times are epoch milliseconds as strings. */
export type Stamp = { readonly etag: string; readonly lastModifiedTime: string };

/** Never twice the same, so that two changes within a millisecond differ in their etag. */
export function createStamp(): Stamp {
  const etag = createHash('sha256').update(randomUUID()).digest('base64url').slice(0, 22);
  return { etag, lastModifiedTime: String(Date.now()) };
}

/** JSON merge patch (RFC 7396) on the top level, as BigQuery's PATCH: null removes. */
export function applyPatch<Resource extends object>(resource: Resource, patch: Readonly<Record<string, unknown>>): Resource {
  const merged = { ...resource } as Record<string, unknown>;
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else if (value !== undefined) merged[key] = value;
  }
  return merged as Resource;
}

/** Labels merge one by one: `null` removes that label. */
export function mergeLabels(old: Readonly<Record<string, string>> | undefined, patch: unknown): Readonly<Record<string, string>> | null {
  if (patch === null) return null;
  const merged = applyPatch(old ?? {}, patch as Record<string, unknown>);
  return merged as Readonly<Record<string, string>>;
}
