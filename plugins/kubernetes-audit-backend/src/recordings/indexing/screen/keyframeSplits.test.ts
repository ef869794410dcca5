import { decodeKeyframe } from 'backstage-plugin-kubernetes-audit-common';
import { differences } from '../__testUtils__/readCells';
import {
  Fixture,
  FixtureEvent,
  fixtureNames,
  readFixture,
} from '../__testUtils__/readFixture';
import { ReplayTerminal } from './ReplayTerminal';

const SPLITS_PER_RECORDING = 60;
/** Moments after the split, as parts of what is left. */
const LATER = [0.25, 0.6, 1];

async function feed(
  terminals: readonly ReplayTerminal[],
  events: readonly FixtureEvent[],
): Promise<void> {
  for (const terminal of terminals) {
    let written: Promise<void> | undefined;
    for (const event of events) {
      if (event.type === 'output') {
        written = terminal.write(event.data);
      } else {
        await written;
        terminal.resize(event.size);
      }
    }
    await written;
  }
}

/** Halves the output at places that are neither events nor characters, so that splits fall anywhere. */
function shred(events: readonly FixtureEvent[]): FixtureEvent[] {
  return events.flatMap((event, index): FixtureEvent[] => {
    if (event.type !== 'output' || event.data.length < 8) {
      return [event];
    }
    const cut = 1 + ((index * 7919) % (event.data.length - 1));
    return [
      { ...event, data: event.data.subarray(0, cut) },
      { ...event, data: event.data.subarray(cut) },
    ];
  });
}

async function restore(keyframe: Uint8Array): Promise<ReplayTerminal> {
  const { columns, rows, payload } = decodeKeyframe(keyframe);
  const terminal = ReplayTerminal.create({
    size: { columns, rows },
    tty: true,
  });
  await terminal.write(payload);
  return terminal;
}

/** What differs at the split and later; undefined when no keyframe can be there. */
async function compareSplit(
  { size }: Fixture,
  events: readonly FixtureEvent[],
  split: number,
): Promise<string[][] | undefined> {
  const replayed = ReplayTerminal.create({ size, tty: true });
  await feed([replayed], events.slice(0, split));
  const keyframe = replayed.keyframe(events[split]?.time ?? 0);
  if (!keyframe) {
    return undefined;
  }
  const restored = await restore(keyframe);
  const seen = [differences(replayed.emulator, restored.emulator)];
  let from = split;
  for (const part of LATER) {
    const to = split + Math.ceil((events.length - split) * part);
    await feed([replayed, restored], events.slice(from, to));
    seen.push(differences(replayed.emulator, restored.emulator));
    from = to;
  }
  replayed.dispose();
  restored.dispose();
  return seen;
}

describe('a keyframe of a real recording', () => {
  let compared = 0;

  it.each(fixtureNames())(
    'leads to the same cells as replaying from the start: %s',
    async name => {
      const fixture = readFixture(name);
      const events = shred(fixture.events);
      const step = Math.max(1, events.length / SPLITS_PER_RECORDING / 1.5);
      const found: Record<number, string[][]> = {};
      let splits = 0;
      for (let at = 0; splits < SPLITS_PER_RECORDING && at < events.length; ) {
        const split = Math.floor(at);
        at += step;
        const seen = await compareSplit(fixture, events, split);
        splits += Number(seen !== undefined);
        if (seen?.some(lines => lines.length > 0)) {
          found[split] = seen;
        }
      }
      expect(found).toEqual({});
      compared += splits;
    },
    120_000,
  );

  it('was compared at 300 splits or more', () => {
    expect(compared).toBeGreaterThanOrEqual(300);
  });
});
