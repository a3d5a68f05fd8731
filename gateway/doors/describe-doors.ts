import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Config } from '../config.ts';

/** `GET /.well-known/steno`: by which doors this gateway is reached. Public; what `steno env` makes a shell block of. */
export const doorsPath = '/.well-known/steno';

export const doorsSchema = z.object({
  /** Told as another endpoint; without a slash at the end. */
  direct: z.url(),
  /** Told as HTTPS_PROXY. */
  proxy: z.url().optional(),
  /** Told in place of googleapis.com. */
  universe: z.string().optional(),
  /** PEM; what clients must trust where a private CA is in use. */
  certificateAuthority: z.string().optional(),
});
export type Doors = z.output<typeof doorsSchema>;

/** `origin`: as the asking client reached us, for where no publicUrl is configured. */
export function describeDoors({ publicUrl, proxy, universe, tls }: Config, origin: string): Doors {
  const direct = (publicUrl ?? origin).replace(/\/$/, '');
  const authority =
    proxy?.certificateAuthority ?? (tls !== undefined && 'certificateAuthority' in tls ? tls.certificateAuthority : undefined);
  return {
    direct,
    ...(proxy === undefined ? {} : { proxy: proxy.publicUrl ?? `http://${new URL(direct).hostname}:${proxy.listen.port}` }),
    ...(universe === undefined ? {} : { universe: universe.domain }),
    ...(authority === undefined ? {} : { certificateAuthority: readFileSync(join(authority, 'ca.crt'), 'utf8') }),
  };
}
