import type { Page } from './pages';

/** Records of an agent that have not arrived, though later ones of it have. @public */
export type DeliveryGap = {
  agentId: string;
  /** Of the agent's spool. */
  epoch: string;
  /** Included. */
  firstSequence: number;
  /** Included. */
  lastSequence: number;
  /** How many of these have not arrived. */
  missing: number;
  /** When the portal noticed: ISO 8601. */
  since: string;
};

/** An agent whose clock is wrong, or the portal's is. @public */
export type ClockSkew = {
  agentId: string;
  /** How far its clock is ahead of the portal's, in milliseconds; less than 0 when it is behind. */
  aheadMs: number;
};

/** `GET /v1/events/delivery`: how complete the events of a range are. @public */
export type DeliveryReport = {
  /** Noticed in the range, the newest first; none for those who see some of the events only. */
  gaps: DeliveryGap[];
  /** There are more gaps than these. */
  hasMoreGaps?: true;
  /** There are gaps in the range: all that those are told of them who see some of the events only. */
  hasHiddenGaps?: true;
  /** Of all agents, by id; none for those who see some of the events only. */
  clockSkews: ClockSkew[];
  /** Records that were kept aside; absent for those who may not see them. */
  deadLetters?: { count: number; isLowerBound?: true };
};

/** A record that could not be stored as an event. @public */
export type DeadLetter = {
  id: string;
  agentId: string;
  /** Of the agent's spool. */
  epoch: string;
  /** Absent when it could not be told. */
  sequence?: number;
  /** Why. */
  reason: string;
  /** ISO 8601. */
  receivedAt: string;
  /** As it came, cut at {@link MAX_DEAD_LETTER_TEXT} bytes. */
  record: string;
  /** Bytes of it in full. */
  recordBytes: number;
};

/** `GET /v1/dead-letters`: the newest first. @public */
export type DeadLetterPage = Page<DeadLetter>;

/** Bytes of a dead letter that a list shows. @public */
export const MAX_DEAD_LETTER_TEXT = 4096;
