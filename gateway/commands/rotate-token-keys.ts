import { createAdminClient } from './admin-client.ts';
import { requireConfig } from './require-config.ts';

/** Gives the running gateway a new key for its own tokens. */
export async function rotateTokenKeys(configPath: string, endOld: boolean): Promise<void> {
  const keys = await createAdminClient(await requireConfig(configPath)).rotateTokenKeys({ endOld });
  console.log(
    endOld
      ? `A new key signs from now on, and every token issued before has ended: clients exchange theirs anew. Key ${keys.at(-1)}`
      : `A new key is published, and signs in a quarter of an hour; tokens issued until then go on. Keys ${keys.join(', ')}`,
  );
}
