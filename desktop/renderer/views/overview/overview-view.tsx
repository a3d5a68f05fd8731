import { Printer } from 'lucide-react';
import type { Overview } from '../../../../shared/contract/case.ts';
import { useAnswer } from '../../store/use-answer.ts';
import { formatDuration, formatInstant, formatPlural } from '../../text/format.ts';
import { IconButton } from '../../widgets/button.tsx';
import { FailureNotice } from '../../widgets/notice.tsx';
import { ScreenHeader } from '../../widgets/screen-header.tsx';
import { Skeleton } from '../../widgets/skeleton.tsx';
import { ActivitySection } from './activity-section.tsx';
import { DatasetsSection } from './datasets-section.tsx';
import { DearestSection } from './dearest-section.tsx';
import { FiguresSection } from './figures-section.tsx';
import { IntegrityBanners } from './integrity-banners.tsx';
import { OutcomesSection } from './outcomes-section.tsx';
import { RulesSection } from './rules-section.tsx';
import { SessionsSection } from './sessions-section.tsx';

/** Who, when, with what, for whom; does the record hold; what happened in it. */
export function OverviewView() {
  const overview = useAnswer('case:overview', {});
  return (
    <div data-print="flow" className="flex h-full flex-col">
      <ScreenHeader title="Overview" note={overview.value === undefined ? undefined : <Span overview={overview.value} />}>
        <IconButton icon={Printer} label="Print" onClick={() => window.print()} />
      </ScreenHeader>
      <div data-print="flow" className="min-h-0 flex-1 overflow-auto">
        <div className="mx-auto flex max-w-[88rem] flex-col gap-3 p-4">
          <IntegrityBanners />
          {overview.failure === undefined ? null : <FailureNotice failure={overview.failure} retry={overview.retry} />}
          {overview.value === undefined ? overview.failure === undefined && <Skeleton lines={8} /> : <Sections overview={overview.value} />}
        </div>
      </div>
    </div>
  );
}

function Span({ overview: { firstAt, lastAt, totals } }: { readonly overview: Overview }) {
  if (firstAt === undefined || lastAt === undefined) return formatPlural(totals.exchanges, 'exchange');
  const ms = Date.parse(lastAt) - Date.parse(firstAt);
  return (
    <>
      {formatInstant(firstAt)} to {formatInstant(lastAt)}
      {Number.isFinite(ms) ? `, ${formatDuration(ms)}` : ''}
    </>
  );
}

const Sections = ({ overview }: { readonly overview: Overview }) => (
  <>
    <SessionsSection sessions={overview.sessions} />
    <FiguresSection overview={overview} />
    <div className="grid gap-3 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <div className="flex min-w-0 flex-col gap-3">
        <ActivitySection />
        <DatasetsSection datasets={overview.datasets} />
      </div>
      <div className="flex min-w-0 flex-col gap-3">
        <OutcomesSection overview={overview} />
        <RulesSection rules={overview.rules} />
        <DearestSection dearest={overview.dearest} />
      </div>
    </div>
  </>
);
