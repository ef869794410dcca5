import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import type {
  RecordingDetail,
  RecordingTimeline,
} from 'backstage-plugin-kubernetes-audit-common';
import type { TimeSpan } from '../../player';
import { kubernetesAuditTranslationRef } from '../../translations';
import classes from './RecordingReplay.module.css';

/** Missing parts beyond so many are not listed. */
const MAX_LISTED_GAPS = 4;

/** What the viewer must know of the recording's completeness. */
export function ReplayNotices(props: {
  recording: RecordingDetail;
  timeline: RecordingTimeline | undefined;
  gaps: readonly TimeSpan[];
  isOutOfReach: boolean;
  formatTime: (time: number) => string;
}) {
  const { recording, timeline, gaps, isOutOfReach, formatTime } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const notices: string[] = [];
  if (isOutOfReach) {
    notices.push(t('player.outOfReach'));
  }
  if (recording.status === 'truncated' || recording.status === 'failed') {
    notices.push(
      recording.statusReason
        ? t('player.truncatedReason', { reason: recording.statusReason })
        : t('player.truncated'),
    );
  }
  if (recording.status === 'recovered') {
    notices.push(t('player.recovered'));
  }
  if (recording.eventsAreGone) {
    notices.push(t('player.eventsAreGone'));
  }
  if (gaps.length > 0) {
    const listed = gaps
      .slice(0, MAX_LISTED_GAPS)
      .map(({ from, to }) =>
        t('player.damagedSpan', {
          from: formatTime(from),
          to: formatTime(to),
        }),
      )
      .join(', ');
    notices.push(
      t('player.damaged', {
        count: gaps.length,
        spans:
          gaps.length > MAX_LISTED_GAPS
            ? t('player.damagedMore', { spans: listed })
            : listed,
      }),
    );
  }
  if (timeline?.isCurtailed) {
    notices.push(t('player.curtailed'));
  }
  if (timeline?.failure) {
    notices.push(t('player.indexFailed', { reason: timeline.failure.message }));
  }
  return notices.length > 0 ? (
    <p className={classes.notices} role="status">
      {notices.join(' ')}
    </p>
  ) : null;
}
