import type { ConsoleProblem } from '../console-problem.ts';
import { html } from './html.ts';
import { type Frame, layout } from './layout.ts';

export const errorPage = ({ title, message, remedy, way }: ConsoleProblem, viewer?: Frame['viewer']): string =>
  layout(
    { title, viewer },
    html`<section class="door" role="alert">
  <h1>${title}</h1>
  <p class="lead">${message}</p>
  <p class="remedy">${remedy}</p>
  <p><a class="button" href="${way.href}">${way.text}</a></p>
</section>`,
  );
