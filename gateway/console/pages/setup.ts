import { type Html, html } from './html.ts';

/** How clients are pointed at the gateway with a credential file. */
export const setup = (publicUrl: string, project = 'YOUR-PROJECT'): Html => html`<section class="card">
  <h2>Point a client at the gateway</h2>
  <p>No code changes: two variables, and the client asks the gateway in place of BigQuery.</p>
  <h3>Node and Python libraries, notebooks, dbt</h3>
  <pre><code>export GOOGLE_APPLICATION_CREDENTIALS="$HOME/credentials.json"
export BIGQUERY_EMULATOR_HOST="${publicUrl}"</code></pre>
  <h3>bq</h3>
  <pre><code>export CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE="$HOME/credentials.json"
export CLOUDSDK_API_ENDPOINT_OVERRIDES_BIGQUERY="${publicUrl}/"
export CLOUDSDK_CORE_PROJECT="${project}"
bq query --use_legacy_sql=false 'SELECT 1'</code></pre>
  <p class="fine">Other clients, and the proxy for those that cannot be told an address, are in the gateway’s documentation. Keep the file readable by you alone: <code>chmod 600 credentials.json</code>.</p>
</section>`;
