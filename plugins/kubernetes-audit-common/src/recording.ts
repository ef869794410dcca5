import { z } from 'zod';
import { timestampSchema } from './event';
import {
  MAX_EXPORT_PASSWORD_LENGTH,
  MIN_EXPORT_PASSWORD_LENGTH,
} from './exportPassword';

const text = z.string().max(2048);
/** As many as an event can name. */
const MAX_GROUPS = 1024;

/** A terminal's size, each between 1 and 65535. @public */
export const terminalSizeSchema = z.object({
  columns: z.number().int().min(1).max(65535),
  rows: z.number().int().min(1).max(65535),
});

/** A terminal's size in cells. @public */
export type TerminalSize = z.infer<typeof terminalSizeSchema>;

/**
 * What a recording says of itself: the payload of its first frame's header
 * event, written by the proxy before any output.
 *
 * @public
 */
export const recordingHeaderSchema = z.object({
  id: z.uuid(),
  sessionId: z.uuid(),
  /** `<user>_<start>`, the start in ISO 8601 basic format: `guest_20261122T014741Z`. */
  name: text,
  startedAt: timestampSchema,
  userName: text,
  userEmail: text.optional(),
  userEntityRef: text.optional(),
  clientIp: text,
  clientName: text.optional(),
  clusterName: text,
  clusterEndpoint: text.optional(),
  role: text.optional(),
  kubernetesGroups: z.array(text).max(MAX_GROUPS).optional(),
  namespace: text,
  podName: text,
  container: text.optional(),
  /** The subresource: exec or attach. */
  kind: z.enum(['exec', 'attach']),
  /** Empty for attach. */
  command: z.array(z.string().max(16_384)).max(1024),
  tty: z.boolean(),
  size: terminalSizeSchema,
  tunnelAgentName: text.optional(),
  tunnelTag: text.optional(),
  connectedFrom: z.enum(['Proxy', 'Portal']).default('Proxy'),
});

/** What a recording says of itself. @public */
export type RecordingHeader = z.infer<typeof recordingHeaderSchema>;

/** How a recording stands. @public */
export const recordingStatusSchema = z.enum([
  /** The session runs, or its proxy has not yet said how it ended. */
  'recording',
  'complete',
  /** Finished by the proxy after it was killed: nothing that the user saw is missing. */
  'recovered',
  /** Something is missing; `statusReason` says what. */
  'truncated',
  'failed',
]);

/** How a recording stands. @public */
export type RecordingStatus = z.infer<typeof recordingStatusSchema>;

/** The body of `POST /v1/ingest/recordings/:id/complete`. @public */
export const recordingCompletionSchema = z.object({
  status: recordingStatusSchema.exclude(['recording']),
  statusReason: text.optional(),
  /** Why the session ended, in words: `the command ended`, `idle for 900 s`. */
  endReason: text.optional(),
  endedAt: timestampSchema,
  durationMs: z.number().int().nonnegative(),
  exitCode: z.number().int().optional(),
  /** The chunks are numbered 0 to chunkCount - 1. */
  chunkCount: z.number().int().nonnegative(),
});

/** How a recording ended. @public */
export type RecordingCompletion = z.infer<typeof recordingCompletionSchema>;

/** A recording as the portal lists it. @public */
export type Recording = RecordingHeader & {
  /** The *No* column: a stable integer given by the store. */
  number: number;
  agentId: string;
  status: RecordingStatus;
  statusReason?: string;
  endedAt?: string;
  /** Why the session ended, in words; older proxies do not tell. */
  endReason?: string;
  durationMs?: number;
  exitCode?: number;
  /** Uncompressed asciicast v2 bytes. */
  sizeBytes: number;
  /** Keeps it from being deleted. */
  legalHold?: LegalHold;
};

/** Why a recording must not be deleted. @public */
export type LegalHold = {
  /** When it was placed. */
  since: string;
  /** The entity ref of who placed it. */
  by: string;
  reason: string;
};

/** The body of `PUT /v1/recordings/:id/legal-hold`. @public */
export const legalHoldSchema = z.object({
  reason: z.string().trim().min(1).max(1024),
});

/** What happens in a recording over its time. All times are microseconds since its start. @public */
export type RecordingTimeline = {
  /** So far it was looked through: of the last event. */
  lastTime: number;
  /** Whether that is all of it. */
  isComplete: boolean;
  /** Bytes of output in buckets of time that begin with the recording. */
  activity: { bucketMicroseconds: number; buckets: number[] };
  /** Spans without output or input. */
  idle: { from: number; to: number }[];
  /** Commands that were entered behind a prompt, and markers of the recording itself. */
  markers: { time: number; text: string }[];
  /** A part of the output was too much to replay: where it was, screens may differ from what was seen. */
  isCurtailed?: true;
  /** Why the looking through ended early. */
  failure?: { code: string; message: string };
};

/** Lines of a recording without control sequences, in order of time. @public */
export type RecordingText = {
  items: { time: number; text: string }[];
  /** There is more than this. */
  isTruncated: boolean;
  /**
   * The `cursor` of the lines after these; absent when no more can come.
   * Without {@link RecordingText.isTruncated} they are still to be looked
   * through.
   */
  nextCursor?: string;
};

/** One chunk of a recording: one or more whole frames. @public */
export type RecordingChunk = {
  index: number;
  /** Microseconds since the recording's start, of its first and last event. */
  firstTime: number;
  lastTime: number;
  /** Bytes of its frames when sent uncompressed. */
  sizeBytes: number;
};

/**
 * Whether what leaves the portal as a file is encrypted: always, as the user
 * wants, or never. `kubernetesAudit.export.encryption`.
 *
 * @public
 */
export type ExportEncryption = 'required' | 'optional' | 'off';

/** `GET /v1/recordings/:id` @public */
export type RecordingDetail = Recording & {
  chunks: RecordingChunk[];
  /** A recording larger than so many {@link Recording.sizeBytes} is downloaded, not played; absent means unlimited. */
  maxPlaybackSize?: number;
  exportEncryption: ExportEncryption;
  /** The events of its session are gone, as `kubernetesAudit.retention.events` says. */
  eventsAreGone?: true;
};

/** The formats that a recording is downloaded in. @public */
export const RECORDING_FILE_FORMATS = ['v2', 'v3', 'text'] as const;

/** A format that a recording is downloaded in. @public */
export type RecordingFileFormat = (typeof RECORDING_FILE_FORMATS)[number];

/** What an encrypted export is asked with. @public */
export type RecordingExport = {
  password: string;
  format: RecordingFileFormat;
};

/** The body of `POST /v1/recordings/:id/export`; without a format `v2`. @public */
export const recordingExportSchema: z.ZodType<RecordingExport> = z.object({
  password: z
    .string()
    .min(MIN_EXPORT_PASSWORD_LENGTH)
    .max(MAX_EXPORT_PASSWORD_LENGTH),
  format: z.enum(RECORDING_FILE_FORMATS).default('v2'),
});

/** Default of `kubernetesAudit.recordings.maxPlaybackSize`, in bytes. @public */
export const DEFAULT_MAX_PLAYBACK_SIZE = 700 * 1024 * 1024;
