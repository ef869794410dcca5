import type { RecordingTimeline } from 'backstage-plugin-kubernetes-audit-common';
import { memo } from 'react';
import type { TimeSpan } from '../../player';
import classes from './TimelineActivity.module.css';

/** Bars beside each other, at the most. */
const MAX_BARS = 240;
/** Markers beside each other, at the most: of more that fall together the first is drawn. */
const MAX_MARKS = 400;
/** The least of a bar's height, of 1: a little output is to be seen beside much. */
const MIN_HEIGHT = 0.12;

/**
 * What happened when, drawn behind the timeline: output, idle time, markers,
 * and what is missing. Times in microseconds.
 */
export const TimelineActivity = memo(function Activity(props: {
  duration: number;
  timeline?: RecordingTimeline;
  gaps: readonly TimeSpan[];
}) {
  const { duration, timeline, gaps } = props;
  if (duration <= 0) {
    return null;
  }
  const share = (time: number) => `${(time / duration) * 100}%`;
  const span = ({ from, to }: TimeSpan) => ({
    left: share(from),
    width: share(Math.max(Math.min(to, duration) - from, 0)),
  });
  return (
    <div className={classes.activity} aria-hidden>
      {timeline?.idle.map(idle => (
        <span key={idle.from} className={classes.idle} style={span(idle)} />
      ))}
      {timeline && (
        <svg
          className={classes.bars}
          viewBox="0 0 1 1"
          preserveAspectRatio="none"
        >
          <path d={barsPath(timeline.activity, duration)} />
        </svg>
      )}
      {gaps.map(gap => (
        <span
          key={`${gap.from}-${gap.to}`}
          className={classes.gap}
          style={span(gap)}
        />
      ))}
      {marksOf(timeline?.markers ?? [], duration).map(({ time, text }) => (
        <span
          key={time}
          className={classes.marker}
          style={{ left: share(time) }}
          title={text}
        />
      ))}
    </div>
  );
});

/** The markers that can be told apart on a timeline of the duration. */
export function marksOf(
  markers: RecordingTimeline['markers'],
  duration: number,
): RecordingTimeline['markers'] {
  const marks = new Map<number, RecordingTimeline['markers'][number]>();
  for (const marker of markers) {
    const place = Math.round((marker.time / duration) * MAX_MARKS);
    if (!marks.has(place)) {
      marks.set(place, marker);
    }
  }
  return [...marks.values()];
}

/** The bars as one path within a square of 1, from its bottom; much output is drawn logarithmically. */
export function barsPath(
  { bucketMicroseconds, buckets }: RecordingTimeline['activity'],
  duration: number,
): string {
  const perBar = Math.max(Math.ceil(buckets.length / MAX_BARS), 1);
  const bars: number[] = [];
  for (let i = 0; i < buckets.length; i += perBar) {
    bars.push(
      buckets.slice(i, i + perBar).reduce((sum, bytes) => sum + bytes, 0),
    );
  }
  const highest = Math.log1p(bars.reduce((a, b) => Math.max(a, b), 0));
  const width = (bucketMicroseconds * perBar) / duration;
  return bars
    .map((bytes, index) => {
      if (bytes === 0) {
        return '';
      }
      const height = Math.max(Math.log1p(bytes) / highest, MIN_HEIGHT);
      const left = index * width;
      const right = Math.min(left + width * 0.8, 1);
      return `M${left.toFixed(5)} 1V${(1 - height).toFixed(3)}H${right.toFixed(
        5,
      )}V1Z`;
    })
    .join('');
}
