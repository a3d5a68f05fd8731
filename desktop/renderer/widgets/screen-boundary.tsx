import { Component, type ReactNode } from 'react';
import { Button } from './button.tsx';
import { Notice } from './notice.tsx';

type Props = { readonly children: ReactNode };
type State = { readonly fault: Error | undefined };

/** A screen that breaks takes only itself down: the navigation stays, and going elsewhere starts anew (by its `key`). */
export class ScreenBoundary extends Component<Props, State> {
  override state: State = { fault: undefined };

  static getDerivedStateFromError(fault: unknown): State {
    return { fault: fault instanceof Error ? fault : new Error(String(fault)) };
  }

  override render(): ReactNode {
    const { fault } = this.state;
    if (fault === undefined) return this.props.children;
    return (
      <div className="p-4">
        <Notice tone="broken" title="This screen broke" action={<Button onClick={() => location.reload()}>Reload</Button>}>
          <p>The case is still open. Reload the window; if it happens again, tell its makers these words:</p>
          <code className="text-2xs break-all">{fault.message}</code>
        </Notice>
      </div>
    );
  }
}
