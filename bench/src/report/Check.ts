/** Whether a measured value meets its target. */
export type Check = {
  name: string;
  value: number | string;
  /** In words: `≥ 1.2`. */
  target: string;
  /** A check that could not be made holds; its value then says `skipped: …`. */
  holds: boolean;
};

/** A check that was not made, and why. */
export function skipped(name: string, target: string, why: string): Check {
  return { name, value: `skipped: ${why}`, target, holds: true };
}

/** A check that a value is not above a limit. */
export function atMost(name: string, value: number, limit: number): Check {
  return { name, value, target: `≤ ${limit}`, holds: value <= limit };
}

/** A check that a value is not below a limit. */
export function atLeast(name: string, value: number, limit: number): Check {
  return { name, value, target: `≥ ${limit}`, holds: value >= limit };
}
