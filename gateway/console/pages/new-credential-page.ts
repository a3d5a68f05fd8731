import { type Html, html } from './html.ts';
import { type Frame, layout } from './layout.ts';

/** Shown after a credential was made: the one chance to take its file. */
export const newCredentialPage = (label: string, id: string, viewer: Frame['viewer'], setup: Html): string =>
  layout(
    { title: 'Your new credential', viewer, current: 'credentials' },
    html`<h1>“${label}” is ready</h1>
<p class="lead">Download it now: the file is handed out once, within ten minutes, and the gateway keeps no copy of what is secret in it.</p>
<p><a class="button primary" href="/console/credentials/${id}/credentials.json" download>Download credentials.json</a></p>
${setup}
<p><a href="/console/credentials">Back to your credentials</a></p>`,
  );
