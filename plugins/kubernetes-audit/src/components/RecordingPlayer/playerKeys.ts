import type { PlayerController } from '../../player';

/** Seconds that an arrow key moves, in microseconds. */
const STEP = 5_000_000;
/** The share of the recording that an arrow key moves with Shift. */
const LARGE_STEP = 0.1;
/** So shortly after a marker "previous" means the one before it, in microseconds. */
const MARKER_GRACE = 1_000_000;

/** Speeds that the keys go through. */
export const SPEEDS = [0.25, 0.5, 1, 1.5, 2, 4, 8, 16, 32];
/** Those to choose from a list. */
export const LISTED_SPEEDS = SPEEDS.slice(1, -1);

/** What keys act on. */
export type PlayerKeyTargets = {
  player: PlayerController;
  /** Microseconds, in order. */
  markers: readonly number[];
  onFullScreen: () => void;
  onKeystrokes: () => void;
  onSearch: () => void;
  onHelp: () => void;
};

/**
 * What a key does, as people know it of asciinema: space plays and pauses,
 * ←/→ move 5 s, with Shift a tenth, Home, End and 0–9 jump, `,` and `.` step,
 * `[` and `]` go to markers, < and > change the speed, / searches, f is full
 * screen, k shows keystrokes, ? helps.
 *
 * @returns whether the key was one of the player's
 */
export function handlePlayerKey(
  event: { key: string; shiftKey: boolean },
  targets: PlayerKeyTargets,
): boolean {
  const { player, markers } = targets;
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
    case ',':
      player.step(-1);
      return true;
    case '.':
      player.step(1);
      return true;
    case '[':
      player.seek(
        markers.findLast(time => time < position - MARKER_GRACE) ?? 0,
      );
      return true;
    case ']': {
      const next = markers.find(time => time > position);
      if (next !== undefined) {
        player.seek(next);
      }
      return true;
    }
    case '<':
      player.setSpeed(neighbour(speed, -1));
      return true;
    case '>':
      player.setSpeed(neighbour(speed, 1));
      return true;
    case '/':
      targets.onSearch();
      return true;
    case 'f':
      targets.onFullScreen();
      return true;
    case 'k':
      targets.onKeystrokes();
      return true;
    case '?':
      targets.onHelp();
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
