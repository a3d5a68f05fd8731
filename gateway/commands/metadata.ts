import closeWithGrace from 'close-with-grace';
import { createExchanger } from './exchange-at-gateway.ts';
import { createMetadataShim } from './metadata-shim.ts';
import { type TokenSourceOptions, toTokenSource } from './token-source.ts';

export type MetadataOptions = TokenSourceOptions & {
  readonly gateway: string;
  readonly port: number;
  readonly project: string;
  readonly email: string;
  readonly session?: string;
  readonly universe: string;
};

/** Serves the metadata shim on loopback until SIGTERM or SIGINT. */
export async function runMetadata(options: MetadataOptions): Promise<void> {
  const gateway = options.gateway.replace(/\/$/, '');
  if (URL.parse(gateway) === null) throw new Error('--gateway must be the address of the gateway, such as https://bigquery.example.com');
  const token = createExchanger(gateway, toTokenSource(options), options.session);
  const app = createMetadataShim({ token, email: options.email, projectId: options.project, universeDomain: options.universe });
  const url = await app.listen({ host: '127.0.0.1', port: options.port });
  console.log(`Metadata server at ${url}. For clients:`);
  console.log(
    `export GCE_METADATA_HOST=${new URL(url).host} GCE_METADATA_IP=${new URL(url).host} METADATA_SERVER_DETECTION=assume-present`,
  );
  closeWithGrace({ delay: 5_000 }, () => app.close());
}
