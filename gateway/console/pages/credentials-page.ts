import type { Credential } from '../../identity/refresh-credentials.ts';
import { type Html, html } from './html.ts';
import { type Frame, layout } from './layout.ts';
import { showTime } from './show-time.ts';

export type CredentialsView = {
  readonly credentials: readonly Credential[];
  readonly maxDays: number;
  readonly idleDays: number;
  /** The project that is filled in; undefined when the gateway serves any. */
  readonly project: string | undefined;
};

export const credentialsPage = (view: CredentialsView, viewer: NonNullable<Frame['viewer']>): string =>
  layout(
    { title: 'Credentials', viewer, current: 'credentials' },
    html`<h1>Your credentials</h1>
<p class="lead">A credential file lets a client of yours, such as <code>bq</code>, a notebook or a script, work through the gateway as you, without code changes.</p>
<section class="card">
  <h2>Make a credential</h2>
  <form class="fields" method="post" action="/console/credentials">
    <input type="hidden" name="csrf" value="${viewer.csrf}">
    <label>What it is for<input name="label" required maxlength="80" placeholder="My laptop" autocomplete="off"></label>
    <label>Session name <span class="muted">optional</span><input name="session" maxlength="128" pattern="[A-Za-z0-9][A-Za-z0-9._~\\-]*" placeholder="ticket-123" autocomplete="off" title="Letters, digits, dot, underscore, tilde or dash"></label>
    <label>Project <span class="muted">optional</span><input name="project" maxlength="100" value="${view.project}" placeholder="acme-analytics" autocomplete="off"></label>
    <button class="primary">Make it</button>
  </form>
  <p class="fine">It is good for ${view.maxDays} days, or until it was not used for ${view.idleDays}. The project counts where a client names none. Keep the file like a password: whoever has it is you.</p>
</section>
${view.credentials.length > 0 && table(view.credentials, viewer.csrf)}`,
  );

const table = (credentials: readonly Credential[], csrf: string): Html => html`<section class="card flush"><table>
<thead><tr><th>For</th><th>State</th><th>Made</th><th>Last used</th><th>Ends</th><th><span class="hidden">Revoke</span></th></tr></thead>
<tbody>${credentials.map(
  (
    each,
  ) => html`<tr><td><strong>${each.label}</strong>${each.sessionName !== undefined && html`<br><span class="muted">session ${each.sessionName}</span>`}</td>
<td><span class="state ${each.state}">${states[each.state]}</span>${each.revokedWhy !== undefined && html`<br><span class="muted">${each.revokedWhy}</span>`}</td>
<td>${showTime(each.madeAt)}</td><td>${each.lastUsedAt === undefined ? html`<span class="muted">never</span>` : showTime(each.lastUsedAt)}</td>
<td>${each.state === 'revoked' ? html`<span class="muted">ended</span>` : showTime(each.expiresAt)}</td>
<td class="number">${each.state === 'good' && html`<form method="post" action="/console/credentials/${each.id}/revoke"><input type="hidden" name="csrf" value="${csrf}"><button class="danger">Revoke<span class="hidden"> ${each.label}</span></button></form>`}</td></tr>`,
)}</tbody></table></section>`;

const states = { good: 'good', expired: 'expired', idle: 'not used for too long', revoked: 'revoked' } as const;
