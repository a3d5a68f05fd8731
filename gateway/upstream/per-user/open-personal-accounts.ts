import type { Config } from '../../config.ts';
import { perUserOf } from '../../config-connections.ts';
import { OAuthServer } from './oauth-server.ts';
import { PersonalAccounts } from './personal-accounts.ts';
import { UserGrants } from './user-grants.ts';

/** Where people authorise their accounts. */
export const accountsPath = '/console/accounts';

export type OpenAccounts = { readonly accounts: readonly PersonalAccounts[]; close(): void };

/** Of the connections that work with each person's own account; without any, nothing is made on the disk. */
export function openPersonalAccounts({ connections, publicUrl, dataDirectory }: Config): OpenAccounts {
  const wanted = connections.flatMap((each) => {
    const config = perUserOf(each);
    return config === undefined ? [] : [{ name: each.name, config }];
  });
  if (wanted.length === 0) return { accounts: [], close: () => undefined };
  const grants = new UserGrants(dataDirectory);
  const address = `${publicUrl!.replace(/\/$/, '')}${accountsPath}`;
  const accounts = wanted.map(
    ({ name, config }) => new PersonalAccounts(name, new OAuthServer(config, `${address}/${name}/callback`), grants, address),
  );
  return { accounts, close: () => grants.close() };
}
