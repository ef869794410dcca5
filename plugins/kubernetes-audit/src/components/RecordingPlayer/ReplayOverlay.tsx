import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import LinearProgress from '@material-ui/core/LinearProgress';
import PlayArrowIcon from '@material-ui/icons/PlayArrow';
import type { ReactNode } from 'react';
import { failureOf } from '../../api';
import type { PlayerSnapshot } from '../../player';
import { kubernetesAuditTranslationRef } from '../../translations';
import classes from './RecordingReplay.module.css';
import { useIsLong } from './useIsLong';

/** What covers the screen while it does not show the replay. */
export function ReplayOverlay(props: {
  snapshot: PlayerSnapshot;
  onPlay: () => void;
}) {
  const { state, position, seekProgress, error } = props.snapshot;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  if (state === 'failed' && error) {
    return (
      <div className={classes.overlay} role="alert">
        <p className={classes.note}>
          {t('error.failedTitle')}: {failureOf(error).message}
        </p>
      </div>
    );
  }
  if (state === 'paused' && position === 0) {
    return (
      // For the pointer only: the controls have the button for everybody.
      <button
        type="button"
        className={classes.overlay}
        aria-hidden
        tabIndex={-1}
        onClick={props.onPlay}
      >
        <span className={classes.playMark}>
          <PlayArrowIcon fontSize="inherit" />
        </span>
      </button>
    );
  }
  if (state === 'buffering') {
    return <Busy>{t('player.buffering')}</Busy>;
  }
  if ((state === 'seekingPaused' || state === 'seekingPlaying') && position) {
    return (
      <Busy>
        {t('player.seeking')}
        <LinearProgress
          variant="determinate"
          aria-hidden
          value={seekProgress * 100}
        />
      </Busy>
    );
  }
  return null;
}

function Busy(props: { children: ReactNode }) {
  return useIsLong() ? (
    <div className={classes.busy} role="status">
      {props.children}
    </div>
  ) : null;
}
