import { DateTime, DurationLikeObject } from 'luxon';
import type { Span } from './histogramSlots';

/** Marks on the axis at the most. */
const MAX_TICKS = 9;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

type Step = {
  /** About how long it is. */
  ms: number;
  every: DurationLikeObject;
  /** What the first mark is a beginning of. */
  unit: 'hour' | 'day' | 'month' | 'year';
  format: string;
};

const STEPS: Step[] = [
  ...[1, 5, 10, 15, 30].map(
    (minutes): Step => ({
      ms: minutes * MINUTE_MS,
      every: { minutes },
      unit: 'hour',
      format: 'HH:mm',
    }),
  ),
  ...[1, 2, 3, 6, 12].map(
    (hours): Step => ({
      ms: hours * HOUR_MS,
      every: { hours },
      unit: 'day',
      format: 'HH:mm',
    }),
  ),
  ...[1, 2, 5, 10].map(
    (days): Step => ({
      ms: days * DAY_MS,
      every: { days },
      unit: 'month',
      format: 'LL-dd',
    }),
  ),
  ...[1, 3, 6].map(
    (months): Step => ({
      ms: months * 30 * DAY_MS,
      every: { months },
      unit: 'year',
      format: 'yyyy-LL',
    }),
  ),
];
const YEARS: Step = {
  ms: 365 * DAY_MS,
  every: { years: 1 },
  unit: 'year',
  format: 'yyyy',
};

/** A mark on the axis. */
export type Tick = { time: number; label: string };

/** Marks at round times of a zone. */
export function timeTicks({ from, to }: Span, zone: DateTime['zone']): Tick[] {
  const step = STEPS.find(({ ms }) => (to - from) / ms <= MAX_TICKS) ?? YEARS;
  const ticks: Tick[] = [];
  let origin = DateTime.fromMillis(from, { zone }).startOf(step.unit);
  while (+origin < to) {
    const end = origin.plus({ [step.unit]: 1 }).startOf(step.unit);
    // Each is counted from its day or month, for these are of many lengths;
    // the last one keeps its distance to the next of those.
    for (
      let time = origin, count = 1;
      time === origin || +end - +time >= step.ms / 2;
      time = origin.plus(times(step.every, count++))
    ) {
      if (+time >= from && +time < to) {
        ticks.push({ time: +time, label: labelOf(time, step) });
      }
    }
    origin = end;
  }
  const stride = Math.ceil(ticks.length / (MAX_TICKS + 1));
  return ticks.filter((_, index) => index % stride === 0);
}

function labelOf(time: DateTime, { format }: Step): string {
  const isMidnight = format === 'HH:mm' && +time === +time.startOf('day');
  return time.toFormat(isMidnight ? 'LL-dd' : format);
}

function times(every: DurationLikeObject, count: number): DurationLikeObject {
  return Object.fromEntries(
    Object.entries(every).map(([unit, value]) => [unit, Number(value) * count]),
  );
}
