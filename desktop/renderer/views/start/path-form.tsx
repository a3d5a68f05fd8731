import { FolderOpen } from 'lucide-react';
import { type SyntheticEvent, useState } from 'react';
import { useReview } from '../../store/review-context.tsx';
import { Button } from '../../widgets/button.tsx';

/** Opening by path: the browser edition's engine reads this machine's files, its page does not. */
export function PathForm({ onOpened }: { readonly onOpened?: () => void }) {
  const [path, setPath] = useState('');
  const openBundles = useReview((state) => state.openBundles);
  const opening = useReview((state) => state.opening);
  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    if (path.trim() !== '' && (await openBundles([path.trim()]))) onOpened?.();
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex w-full gap-2">
      <input
        aria-label="Path of a bundle on this machine"
        placeholder="/path/to/session.wacz"
        value={path}
        onChange={(event) => setPath(event.target.value)}
        spellCheck={false}
        className="border-control bg-surface h-7 min-w-0 flex-1 rounded-md border px-2 font-mono text-xs"
      />
      <Button type="submit" kind="primary" icon={FolderOpen} disabled={path.trim() === '' || opening}>
        {opening ? 'Opening…' : 'Open'}
      </Button>
    </form>
  );
}
