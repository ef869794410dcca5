import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import Dialog from '@material-ui/core/Dialog';
import LinearProgress from '@material-ui/core/LinearProgress';
import useMediaQuery from '@material-ui/core/useMediaQuery';
import CloseIcon from '@material-ui/icons/Close';
import GetAppIcon from '@material-ui/icons/GetApp';
import VideocamOutlinedIcon from '@material-ui/icons/VideocamOutlined';
import type { RecordingDetail } from 'backstage-plugin-kubernetes-audit-common';
import {
  KeyboardEvent,
  MutableRefObject,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react';
import { formatBytes } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
import { ListMessage, LoadError } from '../AuditList';
import surface from '../Surface/Surface.module.css';
import { DownloadButton } from './DownloadButton';
import { RecordingFacts } from './RecordingFacts';
import classes from './RecordingPlayerDialog.module.css';
import { loadTerminal } from './loadTerminal';
import { KeyHandler, RecordingReplay } from './RecordingReplay';
import { useIsLong } from './useIsLong';
import { OpenedRecording, useRecordingPlayback } from './useRecordingPlayback';

const MICROSECONDS_PER_SECOND = 1_000_000;
/** The portal takes no later moment, in seconds; every recording has ended long before. */
const MAX_SECONDS = Math.floor(
  Number.MAX_SAFE_INTEGER / MICROSECONDS_PER_SECOND,
);

/** Plays a recording in a modal, or offers it as a file when it is too large. */
export function RecordingPlayerDialog(props: {
  recordingId: string;
  /** Seconds, as the URL has them. */
  startAt?: string;
  onClose: () => void;
}) {
  const { recordingId, startAt, onClose } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const still = useMediaQuery('(prefers-reduced-motion: reduce)');
  const isNarrow = useMediaQuery('(max-width: 600px)');
  const titleId = useId();
  const { value, error, progress, reload } = useRecordingPlayback(
    recordingId,
    (parseSeconds(startAt) ?? 0) * MICROSECONDS_PER_SECOND,
  );
  const keyHandler = useRef<KeyHandler>();
  /** Of a session that ended while it was watched. */
  const [ended, setEnded] = useState<RecordingDetail>();
  // The recording is asked for first: the dialog is drawn while it comes.
  const [isAskedFor, setIsAskedFor] = useState(false);

  useEffect(() => {
    setIsAskedFor(true);
    // A failure shows when it is needed.
    loadTerminal().catch(() => {});
  }, []);

  // Heard wherever in the dialog the focus is. The modal's own listener, which
  // closes it, is replaced by this one.
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      if (!keyHandler.current?.(event)) {
        onClose();
      }
    } else if (isForPlayer(event) && keyHandler.current?.(event)) {
      event.preventDefault();
    }
  };

  if (!isAskedFor) {
    return null;
  }
  return (
    <Dialog
      open
      onClose={onClose}
      onKeyDown={onKeyDown}
      fullScreen={isNarrow}
      maxWidth={false}
      transitionDuration={still ? 0 : undefined}
      PaperProps={{
        'aria-modal': true,
        'aria-labelledby': titleId,
        className: `${surface.surface} ${classes.paper}`,
      }}
    >
      <header className={classes.header}>
        <h2 id={titleId} className={classes.title}>
          {t('player.title')}
        </h2>
        {value?.kind === 'playable' && (
          <DownloadButton recording={value.recording} variant="secondary" />
        )}
        <Button
          variant="secondary"
          iconStart={<CloseIcon fontSize="inherit" />}
          onPress={onClose}
        >
          {t('player.close')}
        </Button>
      </header>
      {error && (
        <div className={classes.message}>
          <LoadError
            error={error}
            denied={t('error.deniedPlay')}
            onRetry={reload}
          />
        </div>
      )}
      {!value && !error && <Opening progress={progress} />}
      {value && (
        <>
          <RecordingFacts
            recording={
              ended?.id === value.recording.id ? ended : value.recording
            }
          />
          <Body
            opened={value}
            startAt={startAt}
            keyHandler={keyHandler}
            onEnded={setEnded}
          />
        </>
      )}
    </Dialog>
  );
}

/** How far the opening has come. */
function Opening({ progress }: { progress: number }) {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const isLong = useIsLong();
  return (
    <div className={classes.loading}>
      {isLong && (
        <>
          <p role="status">{t('player.loading')}</p>
          <LinearProgress
            className={classes.progress}
            variant={progress > 0 ? 'determinate' : 'indeterminate'}
            value={progress * 100}
            aria-label={t('player.loadingProgress')}
          />
        </>
      )}
    </div>
  );
}

/** Not what is typed into a field or presses a button, and no shortcut of the browser. */
function isForPlayer(event: KeyboardEvent): boolean {
  const others =
    event.key === ' ' ? 'select, input, button, a' : 'select, input';
  const isForOthers =
    event.target instanceof Element && event.target.closest(others) !== null;
  return !isForOthers && !event.ctrlKey && !event.metaKey && !event.altKey;
}

/** Seconds of a link; nothing when it names none. */
function parseSeconds(text: string | undefined): number | undefined {
  const seconds = text ? Number(text) : NaN;
  return Number.isFinite(seconds)
    ? Math.min(Math.max(seconds, 0), MAX_SECONDS)
    : undefined;
}

function Body(props: {
  opened: OpenedRecording;
  startAt?: string;
  keyHandler: MutableRefObject<KeyHandler | undefined>;
  onEnded: (recording: RecordingDetail) => void;
}) {
  const { opened, startAt, keyHandler, onEnded } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  switch (opened.kind) {
    case 'tooLarge':
      return (
        <div className={classes.message}>
          <ListMessage
            icon={<GetAppIcon fontSize="inherit" />}
            title={t('player.tooLarge', {
              limit: formatBytes(opened.maxPlaybackSize, ''),
            })}
            actions={
              <DownloadButton recording={opened.recording} variant="primary" />
            }
          >
            <p>{t('player.tooLargeHint')}</p>
          </ListMessage>
        </div>
      );
    case 'empty':
      return (
        <div className={classes.message}>
          <ListMessage
            icon={<VideocamOutlinedIcon fontSize="inherit" />}
            title={t('player.empty')}
          />
        </div>
      );
    default:
      return (
        <RecordingReplay
          recording={opened.recording}
          tape={opened.tape}
          known={opened.known}
          startAt={parseSeconds(startAt)}
          keyHandler={keyHandler}
          onEnded={onEnded}
        />
      );
  }
}
