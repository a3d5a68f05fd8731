import { type Config, loadConfig } from '../config.ts';
import { ConfigRefused } from '../main.ts';

/** The configuration, or ConfigRefused with every mistake. */
export async function requireConfig(path: string): Promise<Config> {
  const loaded = await loadConfig(path);
  if (!loaded.ok) throw new ConfigRefused(path, loaded.error);
  return loaded.value;
}
