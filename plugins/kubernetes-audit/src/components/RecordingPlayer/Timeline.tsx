import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import type { RecordingTimeline } from 'backstage-plugin-kubernetes-audit-common';
import { PointerEvent, ReactNode, useRef, useState } from 'react';
import { formatClock } from '../../format';
import type { TimeSpan } from '../../player';
import { kubernetesAuditTranslationRef } from '../../translations';
import classes from './Timeline.module.css';
import { TimelineActivity } from './TimelineActivity';

const MICROSECONDS_PER_MILLISECOND = 1000;
const MICROSECONDS_PER_SECOND = 1_000_000;
/** A marker is named when the pointer is so near, as a share of the recording. */
const MARKER_REACH = 0.01;

/**
 * Where the replay is, to be dragged or clicked. Its keys are the player's.
 * All times in microseconds.
 */
export function Timeline(props: {
  position: number;
  duration: number;
  /** What is known of the recording beside its frames. */
  timeline?: RecordingTimeline;
  gaps: readonly TimeSpan[];
  onSeek: (time: number) => void;
  /** What the replay shows at a time, above the pointer; nothing while it points nowhere. */
  renderPreview: (time: number | undefined) => ReactNode;
  formatTime: (time: number) => string;
}) {
  const { position, duration, timeline, gaps, onSeek } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const track = useRef<HTMLDivElement>(null);
  /** Where the pointer is: while dragging the replay waits for its release. */
  const [pointed, setPointed] = useState<number>();
  const [isDragging, setIsDragging] = useState(false);
  /** Where the drag began, which the replay shows already. */
  const pressedAt = useRef<number>();

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
  const marker =
    pointed !== undefined &&
    nearestMarker(timeline?.markers ?? [], pointed, duration * MARKER_REACH);

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
        const time = timeAt(event);
        setPointed(time);
        pressedAt.current = time;
        onSeek(time);
      }}
      onPointerMove={event => setPointed(timeAt(event))}
      onPointerUp={event => {
        if (isDragging) {
          setIsDragging(false);
          const time = timeAt(event);
          if (time !== pressedAt.current) {
            onSeek(time);
          }
        }
      }}
      onPointerCancel={() => setIsDragging(false)}
      onPointerLeave={() => setPointed(undefined)}
    >
      <TimelineActivity duration={duration} timeline={timeline} gaps={gaps} />
      <div className={classes.track}>
        <div className={classes.played} style={{ width: share(shown) }} />
      </div>
      <div className={classes.thumb} style={{ left: share(shown) }} />
      <div
        className={classes.hint}
        // The same share of the hint is left of the pointer: it ends where the timeline ends.
        style={{
          left: share(pointed ?? 0),
          transform: `translateX(-${share(pointed ?? 0)})`,
        }}
        hidden={pointed === undefined}
      >
        {props.renderPreview(pointed)}
        {marker && (
          <span className={classes.marker}>
            {t('player.marker', { text: marker.text })}
          </span>
        )}
        <span>{pointed !== undefined && props.formatTime(pointed)}</span>
      </div>
    </div>
  );
}

/** Of the markers within reach. */
function nearestMarker(
  markers: RecordingTimeline['markers'],
  time: number,
  reach: number,
): RecordingTimeline['markers'][number] | undefined {
  let nearest: RecordingTimeline['markers'][number] | undefined;
  let least = reach;
  for (const marker of markers) {
    const distance = Math.abs(marker.time - time);
    if (distance < least) {
      nearest = marker;
      least = distance;
    }
  }
  return nearest;
}
