import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { PointerEvent, useRef, useState } from 'react';
import { formatClock } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
import classes from './Timeline.module.css';

const MICROSECONDS_PER_MILLISECOND = 1000;
const MICROSECONDS_PER_SECOND = 1_000_000;

/**
 * Where the replay is, to be dragged or clicked. Its keys are the player's.
 * All times in microseconds.
 */
export function Timeline(props: {
  position: number;
  duration: number;
  onSeek: (time: number) => void;
}) {
  const { position, duration, onSeek } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const track = useRef<HTMLDivElement>(null);
  /** Where the pointer is: while dragging the replay waits for its release. */
  const [pointed, setPointed] = useState<number>();
  const [isDragging, setIsDragging] = useState(false);

  const timeAt = (event: PointerEvent) => {
    const box = track.current?.getBoundingClientRect();
    const share = box?.width ? (event.clientX - box.left) / box.width : 0;
    return Math.min(Math.max(share, 0), 1) * duration;
  };
  const shown = isDragging && pointed !== undefined ? pointed : position;
  const share = (time: number) =>
    `${duration > 0 ? (time / duration) * 100 : 0}%`;
  const clock = (time: number) =>
    formatClock(time / MICROSECONDS_PER_MILLISECOND);

  return (
    <div
      ref={track}
      className={classes.timeline}
      role="slider"
      tabIndex={0}
      aria-label={t('player.timeline')}
      aria-valuemin={0}
      aria-valuemax={Math.round(duration / MICROSECONDS_PER_SECOND)}
      aria-valuenow={Math.round(shown / MICROSECONDS_PER_SECOND)}
      aria-valuetext={t('player.position', {
        position: clock(shown),
        duration: clock(duration),
      })}
      onPointerDown={event => {
        event.currentTarget.setPointerCapture?.(event.pointerId);
        setIsDragging(true);
        setPointed(timeAt(event));
      }}
      onPointerMove={event => setPointed(timeAt(event))}
      onPointerUp={event => {
        if (isDragging) {
          setIsDragging(false);
          onSeek(timeAt(event));
        }
      }}
      onPointerCancel={() => setIsDragging(false)}
      onPointerLeave={() => setPointed(undefined)}
    >
      <div className={classes.track}>
        <div className={classes.played} style={{ width: share(shown) }} />
      </div>
      <div className={classes.thumb} style={{ left: share(shown) }} />
      {pointed !== undefined && (
        <div className={classes.hint} style={{ left: share(pointed) }}>
          {clock(pointed)}
        </div>
      )}
    </div>
  );
}
