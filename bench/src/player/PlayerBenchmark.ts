import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fetchPackage } from '../proxy/fetchPackage';
import { RESULTS, writeResults } from '../report';
import { findChromium } from './BrowserRun';
import { checkRuns } from './checks';
import { Contender, CONTENDERS } from './contenders';
import { measureRun, Run } from './measureRun';
import { buildPages } from './page/buildPages';
import { RunningPortal } from './portal/RunningPortal';
import { uploadSession } from './portal/uploadSession';
import { printRuns } from './printRuns';
import type { RecordedSession } from './session/recordSession';

const ASCIINEMA = 'asciinema-player@3.17.0';

/** A recording in the portal, and who asks for it. */
export type RecordingPlace = {
  session: RecordedSession;
  sizeMb: number;
  /** What comes before the portal's paths. */
  api: string;
  token: string;
};

/** Measures the players in turn, round by round, so that a busy moment meets all of them. */
export class PlayerBenchmark {
  /** @param options - `sizes` in MB of the asciicast file */
  static async run(options: {
    sizes: number[];
    rounds: number;
    seed: number;
  }): Promise<void> {
    const executablePath = findChromium();
    const asciinema = fetchPackage(ASCIINEMA);
    if (!executablePath || !asciinema) {
      console.log(
        `skipped: ${executablePath ? ASCIINEMA : 'Chromium'} is not to be had`,
      );
      return;
    }
    const directory = join(RESULTS, 'player-portal');
    const pages = join(RESULTS, 'player-pages');
    mkdirSync(directory, { recursive: true });
    await buildPages({ directory: pages, asciinema });
    const portal = await RunningPortal.start({ directory, pages });
    try {
      const benchmark = new PlayerBenchmark(portal, executablePath);
      for (const sizeMb of options.sizes) {
        const session = await uploadSession({
          portal,
          directory,
          sizeMb,
          seed: options.seed,
        });
        await benchmark.#measure(session, sizeMb, options.rounds);
      }
      const { runs } = benchmark;
      printRuns(runs);
      writeResults('player', checkRuns(runs), { ...options, runs });
    } finally {
      await portal.stop();
    }
  }

  private readonly runs: Run[] = [];

  private constructor(
    private readonly portal: RunningPortal,
    private readonly executablePath: string,
  ) {}

  async #measure(
    session: RecordedSession,
    sizeMb: number,
    rounds: number,
  ): Promise<void> {
    const { portal } = this;
    console.log(
      `${sizeMb} MB: ${session.eventCount} events in ${Math.round(
        session.duration / 60e6,
      )} min`,
    );
    const place: RecordingPlace = {
      session,
      sizeMb,
      api: portal.api,
      token: await portal.signIn(),
    };
    // The first time everything is slow, the portal's code not yet compiled.
    if (this.runs.length === 0) {
      await this.#run(CONTENDERS[0], place);
      await this.#run(CONTENDERS[1], place);
    }
    for (let round = 0; round < rounds; round++) {
      for (const contender of CONTENDERS) {
        if (round < contender.maxRounds(sizeMb)) {
          this.runs.push(await this.#run(contender, place));
        }
      }
    }
  }

  async #run(contender: Contender, place: RecordingPlace): Promise<Run> {
    return await measureRun({
      executablePath: this.executablePath,
      pages: `${this.portal.url}/player-bench`,
      contender,
      place,
    });
  }
}
