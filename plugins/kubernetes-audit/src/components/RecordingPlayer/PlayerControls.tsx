import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { ButtonIcon } from '@backstage/ui';
import FullscreenIcon from '@material-ui/icons/Fullscreen';
import LinkIcon from '@material-ui/icons/Link';
import PauseIcon from '@material-ui/icons/Pause';
import PlayArrowIcon from '@material-ui/icons/PlayArrow';
import { useId } from 'react';
import useCopyToClipboard from 'react-use/esm/useCopyToClipboard';
import { formatClock } from '../../format';
import { PlayerController, PlayerSnapshot, wantsToPlay } from '../../player';
import { kubernetesAuditTranslationRef } from '../../translations';
import classes from './PlayerControls.module.css';
import { SPEEDS } from './playerKeys';
import { Timeline } from './Timeline';

const MICROSECONDS_PER_MILLISECOND = 1000;
const MICROSECONDS_PER_SECOND = 1_000_000;

/** Play and pause, the timeline, speed, idle time, and links. */
export function PlayerControls(props: {
  player: PlayerController;
  snapshot: PlayerSnapshot;
  onFullScreen: () => void;
}) {
  const { player, snapshot, onFullScreen } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const speedId = useId();
  const [copied, copy] = useCopyToClipboard();
  const { position, duration, speed, skipIdle, state } = snapshot;
  const isPlaying = wantsToPlay(state);
  const clock = (time: number) =>
    formatClock(time / MICROSECONDS_PER_MILLISECOND);

  const copyLink = () => {
    const link = new URL(window.location.href);
    link.searchParams.set(
      't',
      String(Math.floor(position / MICROSECONDS_PER_SECOND)),
    );
    copy(link.toString());
  };

  return (
    <div
      className={classes.controls}
      role="group"
      aria-label={t('player.controls')}
    >
      <ButtonIcon
        aria-label={isPlaying ? t('player.pause') : t('player.play')}
        icon={isPlaying ? <PauseIcon /> : <PlayArrowIcon />}
        variant="primary"
        size="medium"
        onPress={() => player.toggle()}
      />
      <span className={classes.time}>
        {clock(position)} / {clock(duration)}
      </span>
      <Timeline
        position={position}
        duration={duration}
        onSeek={time => player.seek(time)}
      />
      <div className={classes.options}>
        <label className={classes.option} htmlFor={speedId}>
          {t('player.speed')}
          {/* Native: it needs no layer over the dialog. */}
          <select
            id={speedId}
            value={speed}
            onChange={event => player.setSpeed(Number(event.target.value))}
          >
            {SPEEDS.map(value => (
              <option key={value} value={value}>
                {t('player.speedValue', { value: String(value) })}
              </option>
            ))}
          </select>
        </label>
        <label className={classes.option}>
          <input
            type="checkbox"
            checked={skipIdle}
            onChange={event => player.setSkipIdle(event.target.checked)}
          />
          {t('player.skipIdle')}
        </label>
        <ButtonIcon
          aria-label={
            copied.value ? t('player.copiedLink') : t('player.copyLink')
          }
          icon={<LinkIcon fontSize="small" />}
          variant="tertiary"
          onPress={copyLink}
        />
        <ButtonIcon
          aria-label={t('player.fullScreen')}
          icon={<FullscreenIcon fontSize="small" />}
          variant="tertiary"
          onPress={onFullScreen}
        />
      </div>
    </div>
  );
}
