import type { Grant } from '../../upstream/per-user/user-grants.ts';
import { type Html, html } from './html.ts';
import { type Frame, layout } from './layout.ts';
import { showTime } from './show-time.ts';

export type AccountOfConnection = { readonly connection: string; readonly grant: Grant | undefined };

export const accountsPage = (accounts: readonly AccountOfConnection[], viewer: NonNullable<Frame['viewer']>): string =>
  layout(
    { title: 'Google accounts', viewer, current: 'account' },
    html`<h1>Your Google accounts</h1>
${accounts.length === 0 ? nobody : table(accounts, viewer.csrf)}`,
  );

const nobody = html`<section class="card">No connection of this gateway works with people’s own accounts: there is nothing to authorise.</section>`;

const table = (accounts: readonly AccountOfConnection[], csrf: string): Html =>
  html`<p class="lead">These connections reach BigQuery as you. Until you authorise your account, requests through them are refused.</p>
<section class="card flush"><table>
<thead><tr><th>Connection</th><th>Account</th><th>State</th><th>Since</th><th><span class="hidden">Change</span></th></tr></thead>
<tbody>${accounts.map((each) => row(each, csrf))}</tbody></table></section>
<p class="fine">The gateway keeps the authorisation encrypted, uses it for your own requests alone, and never shows it to a client. Withdraw it here, or with Google, at any time.</p>`;

function row({ connection, grant }: AccountOfConnection, csrf: string): Html {
  const isGood = grant !== undefined && grant.endedAt === undefined;
  return html`<tr><td class="name"><strong>${connection}</strong></td><td class="name">${grant?.account ?? html`<span class="muted">none</span>`}</td>
<td><span class="state ${isGood ? 'good' : grant === undefined ? 'idle' : 'revoked'}">${isGood ? 'authorised' : grant === undefined ? 'not authorised' : 'ended'}</span>${grant?.endedWhy !== undefined && html`<br><span class="muted">${grant.endedWhy}</span>`}</td>
<td>${grant === undefined ? html`<span class="muted">–</span>` : showTime(grant.endedAt ?? grant.givenAt)}</td>
<td><div class="acts"><a class="button" href="/console/accounts/${connection}/authorise">${grant === undefined ? 'Authorise' : 'Authorise again'}<span class="hidden">: ${connection}</span></a>
${isGood && html`<form method="post" action="/console/accounts/${connection}/withdraw"><input type="hidden" name="csrf" value="${csrf}"><button class="danger">Withdraw<span class="hidden"> ${connection}</span></button></form>`}</div></td></tr>`;
}
