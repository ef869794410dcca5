/**
 * What a span may tell. Traces leave the portal for systems with other readers
 * than the audit's: of people and of what they called there is nothing.
 */
export type SpanAttributes = {
  'agent.id': string;
  'batch.bytes': number;
  'batch.records': number;
  'batch.stored': number;
  'batch.refused': number;
  'page.limit': number;
  'page.items': number;
  /** Whether there is a filter, not which. */
  'query.filter': boolean;
  /** Whether a text is searched for, not which. */
  'query.search': boolean;
  'recording.id': string;
  'chunk.index': number;
  'chunk.bytes': number;
  'index.parts': number;
  'index.result': string;
  'expired.count': number;
  'expired.failed': number;
  'orphans.removed': number;
  'orphans.failed': number;
  'orphans.unknown': number;
};

/** The spans of this plugin with their attributes; docs/tracing.md tells what they mean. */
export const SPANS = {
  'events.ingest': [
    'agent.id',
    'batch.bytes',
    'batch.records',
    'batch.stored',
    'batch.refused',
  ],
  'events.list': ['query.filter', 'query.search', 'page.limit', 'page.items'],
  'events.count': ['query.filter', 'query.search'],
  'events.expire': ['expired.count', 'expired.failed'],
  'recording.store_chunk': [
    'agent.id',
    'recording.id',
    'chunk.index',
    'chunk.bytes',
  ],
  'recording.index': ['recording.id', 'index.parts', 'index.result'],
  'recordings.expire': ['expired.count', 'expired.failed'],
  'recordings.sweep': ['orphans.removed', 'orphans.failed', 'orphans.unknown'],
} as const satisfies Record<string, readonly (keyof SpanAttributes)[]>;

export type SpanName = keyof typeof SPANS;

/** What a span of this name may tell. */
export type AttributesOf<Name extends SpanName> = Partial<
  Pick<SpanAttributes, (typeof SPANS)[Name][number]>
>;
