import { html } from './html.ts';
import { layout } from './layout.ts';

export type Choice = { readonly kind: 'oidc' | 'saml'; readonly name: string; readonly title: string };

export const signInPage = (choices: readonly Choice[], gatewayHost: string, note?: string): string =>
  layout(
    { title: 'Sign in' },
    html`<section class="door">
  <h1>Sign in</h1>
  <p class="lead">to <strong>${gatewayHost}</strong>, which records what is asked of BigQuery.</p>
  ${note !== undefined && html`<p class="note" role="status">${note}</p>`}
  <ul class="choices">${choices.map(
    ({ kind, name, title }) => html`<li><a class="button primary" href="/console/${kind}/${name}/start">Continue with ${title}</a></li>`,
  )}</ul>
  <p class="fine">Your password stays with your identity provider. Here you see your own recorded sessions and make credentials for your clients.</p>
</section>`,
  );
