import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { ButtonIcon } from '@backstage/ui';
import PauseIcon from '@material-ui/icons/Pause';
import PlayArrowIcon from '@material-ui/icons/PlayArrow';
import SkipNextIcon from '@material-ui/icons/SkipNext';
import SkipPreviousIcon from '@material-ui/icons/SkipPrevious';
import { memo, ReactNode, useId } from 'react';
import { PlayerController, PlayerSnapshot, wantsToPlay } from '../../player';
import { kubernetesAuditTranslationRef } from '../../translations';
import classes from './PlayerControls.module.css';
import { LISTED_SPEEDS } from './playerKeys';

/** Drawn again only when its button changes: the rest of the controls follows the time. */
const Transport = memo(function TransportButtons(props: {
  player: PlayerController;
  isPlaying: boolean;
}) {
  const { player, isPlaying } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return (
    <>
      <ButtonIcon
        aria-label={isPlaying ? t('player.pause') : t('player.play')}
        icon={isPlaying ? <PauseIcon /> : <PlayArrowIcon />}
        variant="primary"
        size="medium"
        onPress={() => player.toggle()}
      />
      <ButtonIcon
        aria-label={t('player.stepBack')}
        icon={<SkipPreviousIcon fontSize="small" />}
        variant="tertiary"
        onPress={() => player.step(-1)}
      />
      <ButtonIcon
        aria-label={t('player.stepForward')}
        icon={<SkipNextIcon fontSize="small" />}
        variant="tertiary"
        onPress={() => player.step(1)}
      />
    </>
  );
});

const SpeedField = memo(function SpeedChoice(props: {
  player: PlayerController;
  speed: number;
}) {
  const { player, speed } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const id = useId();
  // Keys reach further than the list.
  const speeds = LISTED_SPEEDS.includes(speed)
    ? LISTED_SPEEDS
    : [...LISTED_SPEEDS, speed].sort((a, b) => a - b);
  return (
    <label className={classes.option} htmlFor={id}>
      {t('player.speed')}
      {/* Native: it needs no layer over the dialog. */}
      <select
        id={id}
        value={speed}
        onChange={event => player.setSpeed(Number(event.target.value))}
      >
        {speeds.map(value => (
          <option key={value} value={value}>
            {t('player.speedValue', { value: String(value) })}
          </option>
        ))}
      </select>
    </label>
  );
});

/** Play and pause, steps, the time, speed and idle time; then the tools. */
export function PlayerControls(props: {
  player: PlayerController;
  snapshot: PlayerSnapshot;
  time: { position: string; duration: string };
  isWallClock: boolean;
  onToggleClock: () => void;
  children: ReactNode;
}) {
  const { player, snapshot, time, isWallClock, onToggleClock } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const isPlaying = wantsToPlay(snapshot.state);
  return (
    <div
      className={classes.controls}
      role="group"
      aria-label={t('player.controls')}
    >
      <div className={classes.transport}>
        <Transport player={player} isPlaying={isPlaying} />
        <button
          type="button"
          className={classes.time}
          title={
            isWallClock ? t('player.showElapsed') : t('player.showWallClock')
          }
          onClick={onToggleClock}
        >
          {time.position} / {time.duration}
        </button>
        <LiveButton player={player} snapshot={snapshot} />
      </div>
      <div className={classes.options}>
        <SpeedField player={player} speed={snapshot.speed} />
        <label className={classes.option}>
          <input
            type="checkbox"
            checked={snapshot.skipIdle}
            onChange={event => player.setSkipIdle(event.target.checked)}
          />
          {t('player.skipIdle')}
        </label>
      </div>
      <div className={classes.tools}>{props.children}</div>
    </div>
  );
}

/** Back to what a running session shows now. */
function LiveButton(props: {
  player: PlayerController;
  snapshot: PlayerSnapshot;
}) {
  const { player, snapshot } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  if (!snapshot.isLive) {
    return null;
  }
  return snapshot.isFollowing ? (
    <span className={classes.live} data-following title={t('player.liveHint')}>
      {t('player.live')}
    </span>
  ) : (
    <button
      type="button"
      className={classes.live}
      onClick={() => player.follow()}
    >
      {t('player.jumpToLive')}
    </button>
  );
}
