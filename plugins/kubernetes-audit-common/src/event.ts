import { z } from 'zod';

/** The version of the spool record's shape; raised when a field changes its meaning. @public */
export const EVENT_SCHEMA_VERSION = 1;

/** Bound on short text fields, in UTF-16 code units; beyond it a record is a dead letter. */
const MAX_TEXT = 2048;
/** Bound on fields that carry what a cluster or a user wrote at length. */
const MAX_LONG_TEXT = 64 * 1024;
/** Groups that a record can name: more than a role has, and those besides that everybody is in. */
const MAX_GROUPS = 1024;

const text = z.string().max(MAX_TEXT);
const longText = z.string().max(MAX_LONG_TEXT);

/** ISO 8601 in UTC with milliseconds. @public */
export const timestampSchema = z.iso.datetime({ precision: 3 });

/**
 * One call of a cluster's API, as the proxy saw it. Fields that do not apply
 * are absent. A session (exec, attach, port-forward) writes two of these that
 * share `sessionId`.
 *
 * @public
 */
export const requestAuditEventSchema = z.object({
  /** UUIDv7; also sent to the cluster as `Audit-ID`. */
  id: z.uuid(),
  executedAt: timestampSchema,
  result: z.enum(['success', 'failure']),
  /** `Status.message` of an upstream error, the rule that denied, or the reason phrase. */
  message: longText,
  userName: text,
  userEmail: text.optional(),
  userEntityRef: text.optional(),
  clientIp: text,
  /** First product of `User-Agent`: `kubectl/v1.27.3`. */
  clientName: text.optional(),
  clusterName: text,
  /** URL of the API server that was called. */
  clusterEndpoint: text.optional(),
  /** The role that allowed the call. */
  role: text.optional(),
  namespace: text.optional(),
  verb: text,
  /** Plural, with subresource: `pods/exec`. Empty for non-resource URLs. */
  resource: text,
  resourceName: text.optional(),
  /** Empty for the core group. */
  apiGroup: text.optional(),
  apiVersion: text.optional(),
  requestUri: longText,
  /** `--as` */
  impersonatedUser: text.optional(),
  /** `--as-group` */
  impersonatedGroups: z.array(text).max(256).optional(),
  /** The groups that the proxy impersonated. */
  kubernetesGroups: z.array(text).max(MAX_GROUPS).optional(),
  /** Redacted YAML of at most {@link MAX_REQUEST_BODY_BYTES} bytes. */
  requestBody: longText.optional(),
  requestBodyTruncated: z.boolean().optional(),
  /** Bytes that the client sent. */
  requestBodySize: z.number().int().nonnegative().optional(),
  statusCode: z.number().int().min(0).max(999).optional(),
  latencyMs: z.number().nonnegative().optional(),
  tunnelAgentName: text.optional(),
  tunnelTag: text.optional(),
  sessionId: z.uuid().optional(),
  recordingId: z.uuid().optional(),
  connectedFrom: z.enum(['Proxy', 'Portal']).default('Proxy'),
});

/** One call of a cluster's API. @public */
export type RequestAuditEvent = z.infer<typeof requestAuditEventSchema>;

/**
 * What a proxy's spool holds and `POST /v1/ingest/events` takes, one per line.
 *
 * An `attempt` is written before a mutating request or a session is forwarded;
 * it reads as Failure, `outcome unknown`, until the `outcome` with the same
 * event id replaces it. Without a phase the record is the whole story.
 *
 * @public
 */
export const spoolRecordSchema = requestAuditEventSchema.extend({
  /** Gapless within a spool epoch, from 1. */
  sequence: z.number().int().positive(),
  schemaVersion: z.number().int().positive(),
  phase: z.enum(['attempt', 'outcome']).optional(),
});

/**
 * What stands in the place of a record that the portal has refused for good:
 * the proxy keeps it.
 *
 * @public
 */
export const withheldRecordSchema = z.strictObject({
  sequence: z.number().int().positive(),
  /** Why. */
  withheld: z.string().max(1024),
});

/** A record of the proxy's spool. @public */
export type SpoolRecord = z.infer<typeof spoolRecordSchema>;

/** The message of an attempt whose outcome never arrived. @public */
export const OUTCOME_UNKNOWN = 'outcome unknown';

/** An event as the portal keeps it. @public */
export type StoredRequestAuditEvent = RequestAuditEvent & {
  /** The *No* column: a stable integer given by the store. */
  number: number;
  /** The proxy that sent it. */
  agentId: string;
  /** Its position in that proxy's spool. */
  sequence: number;
};
