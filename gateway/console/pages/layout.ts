import { type Html, html } from './html.ts';

export type Frame = {
  readonly title: string;
  /** Undefined for those who are not signed in. */
  readonly viewer?: { readonly name: string; readonly csrf: string } | undefined;
  readonly current?: 'account' | 'sessions' | 'credentials';
};

const tabs = [
  ['account', '/console', 'Account'],
  ['sessions', '/console/sessions', 'Sessions'],
  ['credentials', '/console/credentials', 'Credentials'],
] as const;

/** A whole page. */
export const layout = ({ title, viewer, current }: Frame, content: Html): string =>
  `<!doctype html>\n${
    html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="same-origin">
<title>${title} · Steno</title>
<link rel="icon" href="/console/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/console/style.css">
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
<header class="bar">
  <a class="brand" href="/console"><img src="/console/icon.svg" alt="" width="22" height="22"><span>Steno</span></a>
  ${viewer && html`<nav aria-label="Console">${tabs.map(([id, href, text]) => html`<a href="${href}"${id === current && html` aria-current="page"`}>${text}</a>`)}</nav>`}
  <span class="room"></span>
  ${
    viewer &&
    html`<span class="viewer" title="Signed in as ${viewer.name}">${viewer.name}</span>
  <form method="post" action="/console/sign-out"><input type="hidden" name="csrf" value="${viewer.csrf}"><button class="quiet">Sign out</button></form>`
  }
</header>
<main id="content">
${content}
</main>
</body>
</html>`.text
  }\n`;
