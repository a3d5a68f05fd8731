import { FileArchive, FileLock2, FolderOpen, Rows3, ShieldCheck, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { EngineFailure } from '../../../../shared/contract/failure.ts';
import { useReview, useReviewParts } from '../../store/review-context.tsx';
import { formatInstant } from '../../text/format.ts';
import { Button, IconButton } from '../../widgets/button.tsx';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { Notice } from '../../widgets/notice.tsx';
import { PathForm } from './path-form.tsx';
import { useOpenFiles } from './use-open.ts';

/** Before anything is open. */
export function StartView() {
  const { host } = useReviewParts();
  const { openDialog } = useOpenFiles();
  const failure = useReview((state) => state.openFailure);
  const opening = useReview((state) => state.opening);
  return (
    <main className="h-full overflow-auto">
      <div className="mx-auto flex min-h-full max-w-2xl flex-col justify-center gap-6 p-8">
        <header>
          <h1 className="text-xl font-semibold">Steno review</h1>
          <p className="text-muted">See what was asked of BigQuery, what came back, and whether the record still holds.</p>
        </header>

        <div className="border-line-strong bg-surface flex flex-col items-center gap-3 rounded-lg border border-dashed px-6 py-8 text-center">
          <FileArchive size={28} strokeWidth={1.5} className="text-faint" aria-hidden />
          <p className="font-medium">Drop one or more bundles here</p>
          <Button kind="primary" icon={FolderOpen} onClick={() => void openDialog()} disabled={opening}>
            {opening ? 'Opening…' : 'Choose files…'}
          </Button>
          {host.edition === 'browser' ? (
            <div className="w-full max-w-lg">
              <p className="text-muted mb-1 text-xs">or name one on this machine, which is quicker for large files</p>
              <PathForm />
            </div>
          ) : null}
          <p className="text-faint text-xs">Bundles end in .wacz, encrypted ones in .wacz.age, and are never written to.</p>
        </div>

        {failure === undefined ? null : <OpenFailure failure={failure} />}
        <Recent />
        <About />
      </div>
    </main>
  );
}

const TITLES: Readonly<Record<string, string>> = {
  BUNDLE_NOT_FOUND: 'There is no such file',
  BUNDLE_NOT_A_BUNDLE: 'This file is not a bundle',
  BUNDLE_TRUNCATED: 'This bundle is cut short',
  BUNDLE_NEWER_VERSION: 'This bundle was made by a newer Steno',
  BUNDLE_DAMAGED: 'This bundle is damaged',
  BUNDLE_ENCRYPTED: 'This bundle is encrypted',
  BUNDLE_WRONG_IDENTITY: 'This bundle is encrypted to somebody else',
  BUNDLE_NO_ROOM: 'There is no room to open this bundle',
};

/** Nothing is wrong with a file of which only the key, the name or the room is missing. */
const CAUTIONS: readonly string[] = [
  'BUNDLE_NOT_FOUND',
  'BUNDLE_NEWER_VERSION',
  'BUNDLE_ENCRYPTED',
  'BUNDLE_WRONG_IDENTITY',
  'BUNDLE_NO_ROOM',
];

/** What can be done here, where there is no command line. */
const HINTS: Readonly<Record<string, string>> = {
  BUNDLE_ENCRYPTED: 'Or put the identity into ~/.config/steno/age-identity, where it is found by itself, and open the bundle again.',
  BUNDLE_WRONG_IDENTITY: 'The identity in ~/.config/steno/age-identity is tried by itself; it may hold several.',
};

export function OpenFailure({ failure }: { readonly failure: EngineFailure }) {
  const title = TITLES[failure.code];
  const hint = HINTS[failure.code];
  return (
    <Notice tone={CAUTIONS.includes(failure.code) ? 'caution' : 'broken'} title={title ?? <EvidenceText text={failure.message} />}>
      {title === undefined ? null : (
        <p>
          <EvidenceText text={failure.message} />
        </p>
      )}
      {failure.remedy === undefined ? null : (
        <p className="text-fg">
          <EvidenceText text={failure.remedy} />
        </p>
      )}
      {hint === undefined ? null : <p className="text-fg">{hint}</p>}
      <code className="text-faint text-2xs">{failure.code}</code>
    </Notice>
  );
}

function Recent() {
  const recent = useReview((state) => state.recent);
  const openBundles = useReview((state) => state.openBundles);
  const forget = useReview((state) => state.forgetRecentBundle);
  if (recent.length === 0) return null;
  return (
    <section aria-label="Recent bundles">
      <h2 className="mb-1 text-sm font-semibold">Recent</h2>
      <ul className="border-line bg-surface divide-line divide-y rounded-lg border">
        {recent.map(({ path, fileName, sessionName, openedAt }) => (
          <li key={path} className="hover:bg-hover flex items-center gap-2 pr-1">
            <button
              type="button"
              onClick={() => void openBundles([path])}
              className="flex min-w-0 flex-1 items-baseline gap-3 px-3 py-1.5 text-left -outline-offset-2"
              title={path}
            >
              <EvidenceText text={sessionName ?? fileName} className="truncate font-medium" />
              <EvidenceText text={path} className="text-muted min-w-0 flex-1 truncate text-xs" />
              <span className="text-faint shrink-0 text-xs">{formatInstant(openedAt).slice(0, 16)}</span>
            </button>
            <IconButton icon={X} label={`Forget ${fileName}`} onClick={() => forget(path)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

const About = () => (
  <section aria-label="What a bundle is" className="grid gap-3 sm:grid-cols-3">
    <Fact icon={<FileLock2 size={16} aria-hidden />} title="One file, one session">
      A bundle holds every exchange between an agent and BigQuery, byte for byte, with who, when and what policy said.
    </Fact>
    <Fact icon={<ShieldCheck size={16} aria-hidden />} title="Checked before shown">
      Each file and record is checked against signatures first. What fails is named; what is sound can still be read.
    </Fact>
    <Fact icon={<Rows3 size={16} aria-hidden />} title="Rows as tables">
      Every recorded answer can be read, queried, compared and replayed offline. Nothing is sent anywhere.
    </Fact>
  </section>
);

const Fact = ({ icon, title, children }: { readonly icon: ReactNode; readonly title: string; readonly children: ReactNode }) => (
  <div>
    <h3 className="flex items-center gap-1.5 text-sm font-semibold">
      <span className="text-accent">{icon}</span>
      {title}
    </h3>
    <p className="text-muted mt-1 text-xs">{children}</p>
  </div>
);
