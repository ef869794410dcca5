/** What the portal's paths begin with. */
const API_PATH = '/api/kubernetes-audit/';
/** Requests that the browser remembers. */
const MAX_RESOURCES = 100_000;

/** A player in a page, as the benchmark handles all of them. */
export type MeasuredPlayer = {
  /**
   * Opens a recording; the player shows it as it is at a moment near its start.
   *
   * @param recording - `api`: what comes before the portal's paths
   */
  open(recording: MeasuredRecording): void;
  /** @param time - microseconds */
  seek(time: number): void;
  /** What holds the text of the terminal, row by row, as it is shown. */
  findScreen(): Element | null;
};

/** Which recording, and how it is reached. */
export type MeasuredRecording = {
  id: string;
  api: string;
  /** The moment that its first frame is of, in microseconds. */
  firstTime: number;
};

/** What the benchmark calls in a page. */
export type PlayerPage = {
  /** Resolves when the page is there, with nothing opened yet. */
  untilReady(): Promise<void>;
  open(recording: MeasuredRecording, text: string): Promise<Shown>;
  /** @param time - microseconds */
  seek(time: number, text: string): Promise<Shown>;
};

/** What it took until a text was on the screen. */
export type Shown = {
  milliseconds: number;
  /** Of the portal's answers since the page was opened, with their heads. */
  fetchedBytes: number;
};

declare global {
  interface Window {
    playerPage: PlayerPage;
    /** Of the user; there before the page. */
    playerToken?: string;
  }
}

/** No task comes between the callbacks of a frame and its painting. */
async function nextTask(): Promise<void> {
  await new Promise<void>(resolve => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => resolve();
    channel.port2.postMessage(undefined);
  });
}

/** Knows whether the browser is about to paint: then what changes now is in that frame. */
class FrameWatch {
  #isInFrame = false;
  #handle = 0;

  static start(): FrameWatch {
    const watch = new FrameWatch();
    watch.#watchNext();
    return watch;
  }

  private constructor() {}

  /** Resolves when what is in the document has been painted. */
  async untilPainted(): Promise<void> {
    if (!this.#isInFrame) {
      await new Promise(resolve => requestAnimationFrame(resolve));
    }
    await nextTask();
  }

  stop(): void {
    cancelAnimationFrame(this.#handle);
  }

  #watchNext(): void {
    this.#handle = requestAnimationFrame(() => {
      this.#isInFrame = true;
      nextTask().then(() => {
        this.#isInFrame = false;
      });
      this.#watchNext();
    });
  }
}

/** Lets the benchmark measure a player. */
export function servePlayer(
  player: MeasuredPlayer,
  ready: Promise<void>,
): void {
  const measure = async (act: () => void, text: string) => {
    const startedAt = performance.now();
    act();
    await untilShown(() => player.findScreen(), text);
    return {
      milliseconds: performance.now() - startedAt,
      fetchedBytes: fetchedBytes(),
    };
  };
  performance.setResourceTimingBufferSize(MAX_RESOURCES);
  window.playerPage = {
    untilReady: () => ready,
    open: (recording, text) => measure(() => player.open(recording), text),
    seek: (time, text) => measure(() => player.seek(time), text),
  };
}

/** Those of the page itself are no answers of the portal. */
function fetchedBytes(): number {
  return performance
    .getEntriesByType('resource')
    .filter(({ name }) => new URL(name).pathname.startsWith(API_PATH))
    .reduce((sum, entry) => {
      return entry instanceof PerformanceResourceTiming
        ? sum + entry.transferSize
        : sum;
    }, 0);
}

/** Resolves when the text is in the document and the browser has painted it. */
async function untilShown(
  findScreen: () => Element | null,
  text: string,
): Promise<void> {
  const frames = FrameWatch.start();
  const isShown = () => findScreen()?.textContent?.includes(text) ?? false;
  await new Promise<void>(resolve => {
    const observer = new MutationObserver(() => {
      if (isShown()) {
        observer.disconnect();
        resolve();
      }
    });
    observer.observe(document.body, {
      childList: true,
      characterData: true,
      subtree: true,
    });
  });
  await frames.untilPainted();
  frames.stop();
}
