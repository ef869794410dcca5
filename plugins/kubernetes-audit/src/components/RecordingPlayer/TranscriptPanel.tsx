import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import { kubernetesAuditTranslationRef } from '../../translations';
import { LineList } from './LineList';
import { PanelFrame } from './PanelFrame';
import classes from './SearchPanel.module.css';
import { useTranscript } from './useTranscript';

/** The recording as text, for screen readers and for reading. */
export function TranscriptPanel(props: {
  recordingId: string;
  /** Microseconds. */
  position: number;
  formatTime: (time: number) => string;
  onSeek: (time: number) => void;
  onClose: () => void;
}) {
  const { recordingId, position, formatTime, onSeek, onClose } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const { lines, hasMore, problem, isLoading, more } =
    useTranscript(recordingId);
  const current = lines.findLastIndex(({ time }) => time <= position);

  return (
    <PanelFrame
      title={t('transcript.title')}
      closeLabel={t('transcript.close')}
      onClose={onClose}
    >
      {problem && (
        <p className={classes.status} role="status">
          {problem.kind === 'notFound'
            ? t('transcript.notIndexed')
            : problem.message}
        </p>
      )}
      {!problem && lines.length === 0 && (
        <p className={classes.status} role="status">
          {isLoading ? t('transcript.loading') : t('transcript.empty')}
        </p>
      )}
      {lines.length > 0 && (
        <LineList
          label={t('transcript.title')}
          isLog
          lines={lines}
          current={current < 0 ? undefined : current}
          formatTime={formatTime}
          onChoose={index => onSeek(lines[index].time)}
        >
          {hasMore && (
            <Button variant="tertiary" isPending={isLoading} onPress={more}>
              {t('transcript.more')}
            </Button>
          )}
        </LineList>
      )}
    </PanelFrame>
  );
}
