import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import LinearProgress from '@material-ui/core/LinearProgress';
import PlayArrowIcon from '@material-ui/icons/PlayArrow';
import type { RecordingDetail } from 'backstage-plugin-kubernetes-audit-common';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { failureOf } from '../../api';
import type {
  PlayerController,
  PlayerSnapshot,
  RecordingTape,
  Screen,
} from '../../player';
import { kubernetesAuditTranslationRef } from '../../translations';
import { PlayerControls } from './PlayerControls';
import classes from './RecordingReplay.module.css';
import { usePlayerController } from './usePlayerController';

const TerminalView = lazy(() => import('./TerminalView'));

const MICROSECONDS_PER_SECOND = 1_000_000;

/** The replay screen and its controls. */
export function RecordingReplay(props: {
  recording: RecordingDetail;
  tape: RecordingTape;
  /** Seconds. */
  startAt: number;
  /** Hears of the player while there is one; memoized by the caller. */
  onPlayer: (player: PlayerController | undefined) => void;
}) {
  const { recording, tape, startAt, onPlayer } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const root = useRef<HTMLDivElement>(null);
  const [screen, setScreen] = useState<Screen>();
  // A later change of the link's time does not restart what is playing.
  const [start] = useState(startAt * MICROSECONDS_PER_SECOND);
  const { player, snapshot } = usePlayerController({
    recording,
    tape,
    screen,
    startAt: start,
  });

  useEffect(() => onPlayer(player), [player, onPlayer]);

  return (
    <div ref={root} className={classes.replay}>
      <div className={classes.screen}>
        <Suspense
          fallback={
            <p className={classes.note} role="status">
              {t('player.opening')}
            </p>
          }
        >
          <TerminalView
            label={t('player.terminal')}
            size={recording.size}
            tty={recording.tty}
            onScreen={setScreen}
          />
        </Suspense>
        {player && snapshot && (
          <Overlay snapshot={snapshot} onPlay={() => player.play()} />
        )}
      </div>
      {snapshot && <Notices recording={recording} snapshot={snapshot} />}
      {player && snapshot && (
        <PlayerControls
          player={player}
          snapshot={snapshot}
          onFullScreen={() => root.current?.requestFullscreen?.()}
        />
      )}
    </div>
  );
}

/** What covers the screen while it does not show the replay. */
function Overlay(props: { snapshot: PlayerSnapshot; onPlay: () => void }) {
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
    return (
      <div className={classes.busy} role="status">
        {t('player.buffering')}
      </div>
    );
  }
  if ((state === 'seekingPaused' || state === 'seekingPlaying') && position) {
    return (
      <div className={classes.busy} role="status">
        {t('player.seeking')}
        <LinearProgress
          variant="determinate"
          aria-hidden
          value={seekProgress * 100}
        />
      </div>
    );
  }
  return null;
}

/** What the viewer must know of the recording's completeness. */
function Notices(props: {
  recording: RecordingDetail;
  snapshot: PlayerSnapshot;
}) {
  const { recording, snapshot } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const notices: string[] = [];
  if (recording.status === 'recording') {
    notices.push(t('player.live'));
  }
  if (recording.status === 'truncated' || recording.status === 'failed') {
    notices.push(
      recording.statusReason
        ? t('player.truncatedReason', { reason: recording.statusReason })
        : t('player.truncated'),
    );
  }
  if (snapshot.damagedFrames > 0) {
    notices.push(t('player.damaged', { count: snapshot.damagedFrames }));
  }
  return notices.length > 0 ? (
    <p className={classes.notices} role="status">
      {notices.join(' ')}
    </p>
  ) : null;
}
