import { html } from './html.ts';
import { type Frame, layout } from './layout.ts';
import { showTime } from './show-time.ts';

/** Times are milliseconds since the epoch. */
export type RecordedSession = {
  readonly sessionId: string;
  readonly name: string;
  readonly state: 'open' | 'closed' | 'recovered';
  readonly startedAt: number;
  readonly lastAt: number;
  readonly exchanges: number;
};

const shown = 200;
const states = { open: 'open', closed: 'sealed', recovered: 'sealed after a restart' } as const;

/** `sessions`: newest first. */
export const sessionsPage = (sessions: readonly RecordedSession[], viewer: Frame['viewer']): string =>
  layout(
    { title: 'Sessions', viewer, current: 'sessions' },
    html`<h1>Your recorded sessions</h1>
<p class="lead">A session is what one person or agent asked under one name. It ends after a pause, and is then sealed so that it can be proved later.</p>
${
  sessions.length === 0
    ? html`<section class="card empty"><p><strong>Nothing is recorded of you yet.</strong></p><p>Point a client at the gateway with a credential of yours, and its session appears here.</p><p><a class="button" href="/console/credentials">Make a credential</a></p></section>`
    : html`<section class="card flush"><table>
<thead><tr><th>Session</th><th>State</th><th class="number">Exchanges</th><th>Started</th><th>Last</th></tr></thead>
<tbody>${sessions.slice(0, shown).map(
        (each) => html`<tr><td><strong>${each.name}</strong><br><code class="id">${each.sessionId}</code></td>
<td><span class="state ${each.state}">${states[each.state]}</span></td><td class="number">${each.exchanges.toLocaleString('en')}</td>
<td>${showTime(each.startedAt)}</td><td>${showTime(each.lastAt)}</td></tr>`,
      )}</tbody></table></section>
${sessions.length > shown && html`<p class="fine">The newest ${shown} of ${sessions.length.toLocaleString('en')}.</p>`}`
}`,
  );
