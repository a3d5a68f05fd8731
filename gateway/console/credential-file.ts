import type { IssuedCredential } from '../identity/refresh-credentials.ts';

/**
 * What Google's auth libraries read from GOOGLE_APPLICATION_CREDENTIALS as `external_account_authorized_user`. The audience stays
 * neutral: a workload pool's would make clients call Google with the gateway's token.
 */
export function toCredentialFile(issued: IssuedCredential, publicUrl: string, project: string | undefined): string {
  const file = {
    type: 'external_account_authorized_user',
    audience: `//${new URL(publicUrl).host}/people`,
    client_id: issued.id,
    // Python's library wants one; nothing depends on it.
    client_secret: 'none',
    refresh_token: issued.refreshToken,
    token_url: `${publicUrl}/v1/oauthtoken`,
    token_info_url: `${publicUrl}/v1/introspect`,
    revoke_url: `${publicUrl}/v1/revoke`,
    ...(project === undefined ? {} : { quota_project_id: project }),
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}
