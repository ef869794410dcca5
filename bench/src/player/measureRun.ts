import { setTimeout } from 'node:timers/promises';
import { BrowserRun, PlayerFailure } from './BrowserRun';
import type { Contender } from './contenders';
import type { RecordingPlace } from './PlayerBenchmark';
import type { Mark } from './session/recordSession';

/** What one opening of a recording by one player took; times in milliseconds. */
export type Run = {
  contender: string;
  sizeMb: number;
  /** Why there is nothing else. */
  failure?: string;
  firstFrame?: number;
  middle?: number;
  end?: number;
  quarter?: number;
  /** To places all over the recording, none of them loaded before. */
  elsewhere: number[];
  /** After the seeks to the middle, the end and the quarter. */
  rendererBytes?: number;
  /** As they came over the network, in whole answers. */
  bytesToFirstFrame?: number;
  /** The same after the seeks to the middle, the end and the quarter. */
  bytesInAll?: number;
};

/** Somebody looks at least so long before they seek on, in milliseconds. */
const LOOK_MS = 500;
/** Marks lie at all sixteenths: these are the middle, the end and a quarter. */
const MIDDLE = 8;
const END = 16;
const QUARTER = 4;
const ELSEWHERE = [12, 2, 14, 6, 10, 1, 15, 3, 13, 5, 11, 7, 9];

/** Opens the recording in a fresh browser and seeks through it. */
export async function measureRun(options: {
  executablePath: string;
  pages: string;
  contender: Contender;
  place: RecordingPlace;
}): Promise<Run> {
  const { executablePath, pages, contender, place } = options;
  const { session, sizeMb, api, token } = place;
  const run: Run = { contender: contender.name, sizeMb, elsewhere: [] };
  const browser = await BrowserRun.start({
    executablePath,
    url: `${pages}/${contender.page}`,
    token,
  });
  let fetchedBytes = 0;
  const seek = async (mark: Mark) => {
    await setTimeout(LOOK_MS);
    const shown = await browser.seek(mark.time, mark.text);
    fetchedBytes = shown.fetchedBytes;
    return shown.milliseconds;
  };
  const { marks } = session;
  try {
    const opened = await browser.open(
      { id: session.id, api, firstTime: marks[0].time },
      marks[0].text,
    );
    run.firstFrame = opened.milliseconds;
    run.bytesToFirstFrame = opened.fetchedBytes;
    run.middle = await seek(marks[MIDDLE]);
    run.end = await seek(marks[END]);
    run.quarter = await seek(marks[QUARTER]);
    run.bytesInAll = fetchedBytes;
    run.rendererBytes = await browser.rendererBytes();
    if (contender.seeksEverywhere) {
      for (const index of ELSEWHERE) {
        run.elsewhere.push(await seek(marks[index]));
      }
    }
  } catch (error) {
    if (!(error instanceof PlayerFailure)) {
      throw error;
    }
    run.failure = error.message;
    run.rendererBytes = await browser.rendererBytes().catch(() => undefined);
  } finally {
    await browser.close();
  }
  return run;
}
