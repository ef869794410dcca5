import { useId } from 'react';
import classes from './HistogramBars.module.css';
import type { Slot, Slots } from './histogramSlots';

/** How high the highest bar is, in pixels. */
const HEIGHT = 56;
/** One failure among thousands of calls is seen too, in pixels. */
const LEAST = 3;
/** The part of its place that a bar takes. */
const FILL = 0.82;

/** Failures stand hatched at the bottom, with what succeeded on top of them. */
export function HistogramBars(props: {
  view: Slots;
  percentOf: (time: number) => number;
}) {
  const { view, percentOf } = props;
  const hatch = useId().replace(/\W/g, '');
  return (
    <svg className={classes.bars} height={HEIGHT} aria-hidden>
      <defs>
        <pattern
          id={hatch}
          width="5"
          height="5"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect className={classes.hatchGround} width="5" height="5" />
          <rect className={classes.hatchLine} width="2" height="5" />
        </pattern>
      </defs>
      {view.slots.map(slot => {
        const failure = heightOf(slot.failure, view);
        const success = Math.min(
          heightOf(slot.success, view),
          HEIGHT - failure,
        );
        const place = placeOf(slot, percentOf);
        return (
          <g
            key={slot.from}
            className={slot.isEstimated ? classes.estimated : undefined}
          >
            {failure > 0 && (
              <rect
                {...place}
                y={HEIGHT - failure}
                height={failure}
                fill={`url(#${hatch})`}
              />
            )}
            {success > 0 && (
              <rect
                {...place}
                className={classes.success}
                y={HEIGHT - failure - success}
                height={success}
              />
            )}
          </g>
        );
      })}
    </svg>
  );
}

function placeOf({ from, to }: Slot, percentOf: (time: number) => number) {
  const left = percentOf(from);
  const width = percentOf(to) - left;
  return {
    x: `${left + (width * (1 - FILL)) / 2}%`,
    width: `${width * FILL}%`,
  };
}

function heightOf(calls: number, { highest }: Slots): number {
  return calls > 0 ? Math.max(LEAST, (calls / highest) * HEIGHT) : 0;
}
