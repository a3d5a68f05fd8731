import type { Principal } from '../../exchange.ts';
import { type Html, html } from './html.ts';
import { type Frame, layout } from './layout.ts';
import { showTime } from './show-time.ts';

export type Account = {
  readonly principal: Principal;
  readonly provider: string;
  readonly method: 'OpenID Connect' | 'SAML 2.0';
  readonly signedInAt: number;
  readonly endsAt: number;
  readonly sessions: number;
  readonly credentials: number;
  /** How many of the connections that want it have the person's authorisation; undefined where none wants it. */
  readonly authorised: { readonly count: number; readonly of: number } | undefined;
};

export const accountPage = (account: Account, viewer: Frame['viewer'], setup: Html): string => {
  const { principal, provider, method, signedInAt, endsAt } = account;
  return layout(
    { title: 'Account', viewer, current: 'account' },
    html`<h1>${principal.name ?? principal.email ?? principal.subject}</h1>
<p class="lead">This is who the gateway takes you for. Its policy decides by these facts.</p>
<div class="tiles">
  <a class="tile" href="/console/sessions"><strong>${account.sessions}</strong> recorded ${account.sessions === 1 ? 'session' : 'sessions'}</a>
  <a class="tile" href="/console/credentials"><strong>${account.credentials}</strong> ${account.credentials === 1 ? 'credential' : 'credentials'} in use</a>
  ${account.authorised !== undefined && html`<a class="tile" href="/console/accounts"><strong>${account.authorised.count} of ${account.authorised.of}</strong> Google accounts authorised</a>`}
</div>
<section class="card">
  <h2>Identity</h2>
  <dl class="facts">
    ${principal.name !== undefined && html`<dt>Name</dt><dd>${principal.name}</dd>`}
    ${principal.email !== undefined && html`<dt>E-mail</dt><dd>${principal.email}</dd>`}
    <dt>Subject</dt><dd><code>${principal.subject}</code></dd>
    <dt>Vouched for by</dt><dd><code>${principal.issuer}</code></dd>
    <dt>Groups</dt><dd>${showGroups(principal.groups)}</dd>
    <dt>Signed in</dt><dd>${showTime(signedInAt)} with ${provider}, by ${method}; this console session ends ${showTime(endsAt)}</dd>
  </dl>
</section>
${setup}`,
  );
};

const showGroups = (groups: readonly string[]): Html =>
  groups.length === 0
    ? html`<span class="muted">none: your identity provider named no groups</span>`
    : html`<ul class="chips">${groups.map((each) => html`<li>${each}</li>`)}</ul>`;
