import type { PlayerController } from '../../player';

/** Seconds that an arrow key moves, in microseconds. */
const STEP = 5_000_000;
/** The share of the recording that an arrow key moves with Shift. */
const LARGE_STEP = 0.1;

/** Speeds to choose from. */
export const SPEEDS = [0.25, 0.5, 1, 1.5, 2, 4, 8, 16, 32];

/**
 * What a key does: space plays and pauses, ←/→ move 5 s, with Shift a tenth,
 * Home, End and 0–9 jump, < and > change the speed.
 *
 * @returns whether the key was one of the player's
 */
export function handlePlayerKey(
  event: { key: string; shiftKey: boolean },
  player: PlayerController,
): boolean {
  const { position, duration, speed } = player.snapshot;
  const step = event.shiftKey ? duration * LARGE_STEP : STEP;
  switch (event.key) {
    case ' ':
      player.toggle();
      return true;
    case 'ArrowLeft':
      player.seek(position - step);
      return true;
    case 'ArrowRight':
      player.seek(position + step);
      return true;
    case 'Home':
      player.seek(0);
      return true;
    case 'End':
      player.seek(duration);
      return true;
    case '<':
      player.setSpeed(neighbour(speed, -1));
      return true;
    case '>':
      player.setSpeed(neighbour(speed, 1));
      return true;
    default:
      if (/^\d$/.test(event.key)) {
        player.seek((duration * Number(event.key)) / 10);
        return true;
      }
      return false;
  }
}

function neighbour(speed: number, direction: -1 | 1): number {
  return SPEEDS[SPEEDS.indexOf(speed) + direction] ?? speed;
}
