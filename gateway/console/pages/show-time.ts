import { type Html, html } from './html.ts';

const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** `2 hours ago`, with the exact time (UTC) on hover. */
export function showTime(time: number, now: number = Date.now()): Html {
  const unit = units.find(([, each]) => Math.abs(time - now) >= each);
  const exact = new Date(time);
  return html`<time datetime="${exact.toISOString()}" title="${format.format(exact)} UTC">${unit === undefined ? 'just now' : relative.format(Math.round((time - now) / unit[1]), unit[0])}</time>`;
}
