import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { zstdDecompressSync } from 'node:zlib';
import {
  decodeFrames,
  decodeRecordingEvents,
  RecordingEvent,
} from 'backstage-plugin-kubernetes-audit-common';
// How the agent writes and recovers recordings is its own, which no package exports.
/* eslint-disable @backstage/no-relative-monorepo-imports */
import { readJournal } from '../../../proxy-agent/src/recording/FrameJournal';
import { recoverRecordings } from '../../../proxy-agent/src/recording/recoverRecordings';
import { SessionRecording } from '../../../proxy-agent/src/recording/SessionRecording';
import {
  RecordingDirectory,
  RecordingStore,
} from '../../../proxy-agent/src/spool';
import { SeededRandom } from '../../../proxy-agent/test/faults/SeededRandom';
/* eslint-enable @backstage/no-relative-monorepo-imports */
import { terminalText } from './terminalText';
import { HEADER, STORE_BYTES } from './writtenRecording';

/** Recordings that are cut, each at another moment of its writing. */
const RECORDINGS = 10;
const MEBIBYTE = 1024 * 1024;
const MAX_PIECE_BYTES = 32 * 1024;
/** How often something is appended before what was appended has become frames. */
const BURST = 40;

/** What came of recordings that were cut. */
export type TruncationMeasurement = {
  seed: number;
  truncations: number;
  /** What was recovered is not what was recorded, or says less than is known. */
  wrong: number;
  /** Of all of them, the one that lost most: frames that are not in it and were not cut off whole. */
  mostFramesLost: number;
  framesLost: number;
  findings: string[];
};

/** The files of a recording as a killed proxy leaves them. */
type Image = {
  directory: string;
  /** In the order of what is in them. */
  files: { name: string; bytes: number }[];
  /** What was recorded, frame by frame; the open ones, too. */
  frames: {
    file: string;
    end: number;
    events: string[];
    /** Its journal is there, too: the proxy was killed between the two. */
    spare: boolean;
  }[];
};

const SILENT = { info: () => {}, warn: () => {} };

/** Events that can be compared; a header is the same wherever it was found. */
const told = (events: RecordingEvent[]) =>
  events.map(
    ({ type, time, data }) =>
      `${type} ${type === 'header' ? '' : time} ${Buffer.from(data).toString(
        'latin1',
      )}`,
  );

function framesOf(file: string): Image['frames'] {
  let end = 0;
  return decodeFrames(readFileSync(file)).map(
    ({ header, body, totalBytes }) => {
      end += totalBytes;
      return {
        file: 'frames',
        end,
        events: told(
          decodeRecordingEvents(zstdDecompressSync(body), header.firstTime),
        ),
        spare: false,
      };
    },
  );
}

function readImage(root: string): Image {
  const [directory] = RecordingDirectory.list(root);
  const frames = framesOf(directory.framesFile);
  const names = ['frames'];
  for (const sequence of directory.journals()) {
    const file = directory.journalFile(sequence);
    if (sequence < frames.length) {
      frames[sequence].spare = true;
      continue;
    }
    const content = readJournal(file);
    if (content) {
      names.push(`journal-${sequence}`);
      frames.push({
        file: `journal-${sequence}`,
        end: statSync(file).size,
        events: told(decodeRecordingEvents(content.body, content.firstTime)),
        spare: false,
      });
    }
  }
  return {
    directory: root,
    files: names.map(name => ({
      name,
      bytes: statSync(join(directory.path, name)).size,
    })),
    frames,
  };
}

/** Records, and copies the files in the middle of it. */
async function makeImage(root: string, random: SeededRandom): Promise<Image> {
  const written = join(root, 'written');
  const recording = SessionRecording.start({
    store: RecordingStore.open({ root: written, maxBytes: STORE_BYTES }),
    maxBytes: STORE_BYTES,
    header: HEADER,
    onFrame: () => {},
    onFailure: error => {
      throw error;
    },
  });
  const text = terminalText(
    random.between(MEBIBYTE, 4 * MEBIBYTE),
    random.between(0, MEBIBYTE),
  );
  for (let at = 0, count = 0; at < text.length; count++) {
    const bytes = random.between(1, MAX_PIECE_BYTES);
    recording.append('output', text.subarray(at, at + bytes));
    at += bytes;
    if (count % BURST === 0) {
      await recording.relieved;
    }
  }
  for (let turns = random.between(0, 20); turns > 0; turns--) {
    await turn();
  }
  const image = join(root, 'image');
  cpSync(written, image, { recursive: true });
  await recording.finish({ exitCode: 0, reason: 'the command ended' });
  return readImage(image);
}

/** What a truncation is. */
type Cut = {
  file: number;
  at: number;
  /** Also what was written after that is gone. */
  rest: boolean;
};

function chooseCut({ files }: Image, random: SeededRandom): Cut {
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let at = random.between(0, total - 1);
  let file = 0;
  while (at >= files[file].bytes) {
    at -= files[file++].bytes;
  }
  return { file, at, rest: random.chance(0.5) };
}

/** @returns what is wrong, if anything, and how many frames are lost that were not cut off whole */
function judge(
  image: Image,
  cut: Cut,
  recovered: { events: string[]; status: string; reason: string } | undefined,
): { wrong?: string; lost: number } {
  const { name: cutName } = image.files[cut.file];
  const cutFrame = image.frames.findIndex(
    ({ file, end }) => file === cutName && end > cut.at,
  );
  const survives = ({ file, spare }: Image['frames'][number], index: number) =>
    spare ||
    index < cutFrame ||
    (!cut.rest &&
      image.files.findIndex(({ name }) => name === file) > cut.file);
  const events = recovered?.events ?? [];

  let at = 0;
  let lost = 0;
  let isMissing = false;
  let hasHole = false;
  image.frames.forEach((frame, index) => {
    // Of the frame that was cut a true beginning may be there.
    let taken = 0;
    while (
      taken < frame.events.length &&
      at + taken < events.length &&
      events[at + taken] === frame.events[taken]
    ) {
      taken++;
    }
    const isWhole = taken === frame.events.length;
    if (survives(frame, index) || index === cutFrame) {
      at += isWhole || index === cutFrame ? taken : 0;
      lost += isWhole ? 0 : 1;
      hasHole ||= isMissing && taken > 0;
    }
    isMissing ||= !isWhole;
  });
  if (at !== events.length) {
    return { wrong: `event ${at} was not recorded so`, lost };
  }
  if (hasHole && recovered?.status !== 'truncated') {
    return { wrong: 'a part is missing, and it does not say so', lost };
  }
  return { lost };
}

async function truncateOnce(
  image: Image,
  cut: Cut,
  root: string,
): Promise<{ wrong?: string; lost: number }> {
  cpSync(image.directory, root, { recursive: true });
  const path = join(root, HEADER.id);
  truncateSync(join(path, image.files[cut.file].name), cut.at);
  if (cut.rest) {
    image.files
      .slice(cut.file + 1)
      .forEach(({ name }) => rmSync(join(path, name)));
  }
  const store = RecordingStore.open({ root, maxBytes: STORE_BYTES });
  if (!(await recoverRecordings(store, SILENT))) {
    return { wrong: 'it cannot be recovered', lost: 0 };
  }
  const [directory] = store.list();
  if (!directory) {
    return judge(image, cut, undefined);
  }
  const completion = directory.completion();
  const events = framesOf(directory.framesFile).flatMap(frame => frame.events);
  if (completion?.chunkCount !== framesOf(directory.framesFile).length) {
    return { wrong: 'it counts other frames than it has', lost: 0 };
  }
  if (readdirSync(path).some(name => name.startsWith('journal'))) {
    return { wrong: 'a journal is left', lost: 0 };
  }
  return judge(image, cut, {
    events,
    status: completion.status,
    reason: completion.statusReason ?? '',
  });
}

/** Cuts recordings anywhere, has them recovered, and reads what came of it. */
export async function measureTruncations(plan: {
  directory: string;
  truncations: number;
  seed: number;
}): Promise<TruncationMeasurement> {
  const random = SeededRandom.create(plan.seed);
  const result: TruncationMeasurement = {
    seed: plan.seed,
    truncations: plan.truncations,
    wrong: 0,
    mostFramesLost: 0,
    framesLost: 0,
    findings: [],
  };
  let image: Image | undefined;
  const each = Math.ceil(plan.truncations / RECORDINGS);
  for (let i = 0; i < plan.truncations; i++) {
    const folder = join(plan.directory, `${i}`);
    mkdirSync(folder, { recursive: true });
    if (!image || i % each === 0) {
      image = await makeImage(join(folder, 'recording'), random);
    }
    const cut = chooseCut(image, random);
    const root = join(folder, 'cut');
    const { wrong, lost } = await truncateOnce(image, cut, root);
    const where = `${image.files[cut.file].name} at ${cut.at}${
      cut.rest ? ', and all after it' : ''
    }`;
    if (wrong) {
      result.wrong++;
      result.findings.push(`${where}: ${wrong}`);
    }
    if (lost > 1) {
      result.findings.push(`${where}: ${lost} frames are lost`);
    }
    result.framesLost += lost;
    result.mostFramesLost = Math.max(result.mostFramesLost, lost);
    if (existsSync(root)) {
      rmSync(root, { recursive: true });
    }
  }
  return result;
}
