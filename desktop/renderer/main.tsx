import './style.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { connectEngine } from './connect-engine.ts';
import { applyTheme } from './store/appearance-slice.ts';
import { createReview } from './store/review.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element "root".');

const review = createReview(connectEngine());
applyTheme(review.store.getState().theme);
review.store.subscribe((state) => applyTheme(state.theme));
review.start();

createRoot(root).render(
  <StrictMode>
    <App review={review} />
  </StrictMode>,
);
