import {
  OUTCOME_UNKNOWN,
  SpoolRecord,
} from 'backstage-plugin-kubernetes-audit-common';
import { CallClaim, isClosed, SessionClaim } from './Claim';
import type { IngestStore } from './IngestStore';

/** What was counted of the calls and sessions during one fault. */
export type Tally = {
  /** Calls that must have a record: answered, or mutating and seen by the API server. */
  requests: number;
  /** Of those, the ones that have it. */
  records: number;
  lost: number;
  /** Rows too many. */
  duplicated: number;
  /** Answered to the user, and the row says that nobody knows, or another status. */
  untrue: number;
  sessions: number;
  /** Of those, the ones over SPDY. */
  spdySessions: number;
  /** Recordings that the portal has of them, by how they ended. */
  recordings: number;
  complete: number;
  recovered: number;
  truncated: number;
  /** Sessions without a row of their end. */
  endless: number;
  /** Sessions with several. */
  endedTwice: number;
  /** Sessions whose user saw bytes that the recording does not have, or whose recording has not ended. */
  unrecorded: number;
  /** Bytes that users saw and recordings do not have. */
  lostOutput: number;
  /** Sessions whose user got bytes at the end that are no frame of the transport. */
  garbled: number;
};

/** What the portal has, compared with what users and API server saw. */
export type Reconciliation = {
  byFault: Map<string, Tally>;
  total: Tally;
  /** Sequences that are missing below the highest of their epoch. */
  gaps: number;
  /** Each finding in words. */
  findings: string[];
};

/** Before anything was counted. */
export const EMPTY_TALLY: Tally = {
  requests: 0,
  records: 0,
  lost: 0,
  duplicated: 0,
  untrue: 0,
  sessions: 0,
  spdySessions: 0,
  recordings: 0,
  complete: 0,
  recovered: 0,
  truncated: 0,
  endless: 0,
  endedTwice: 0,
  unrecorded: 0,
  lostOutput: 0,
  garbled: 0,
};

/** The sum of two tallies. */
export function addTallies(a: Tally, b: Tally): Tally {
  const keys = Object.keys(EMPTY_TALLY) as (keyof Tally)[];
  return Object.fromEntries(keys.map(key => [key, a[key] + b[key]])) as Tally;
}

const isUnknown = (row: SpoolRecord) =>
  row.phase === 'attempt' || row.message === OUTCOME_UNKNOWN;

/** Rows of a session's end have no phase; all other rows of mutating calls have one. */
const isEnd = (row: SpoolRecord) =>
  row.sessionId !== undefined && row.phase === undefined;

/**
 * Compares the claims of users and the `Audit-ID`s that an API server saw with
 * what the portal has.
 */
export function reconcile(evidence: {
  calls: readonly CallClaim[];
  sessions: readonly SessionClaim[];
  /** `Audit-ID`s of mutating calls and sessions by namespace. */
  reached: ReadonlyMap<string, ReadonlySet<string>>;
  store: IngestStore;
  /** A disk was full: recordings end before their sessions would have. */
  truncationIsFine: boolean;
}): Reconciliation {
  const { store, reached } = evidence;
  const rowsOf = store.rowsByNamespace();
  const byFault = new Map<string, Tally>();
  const findings = [...store.alarms];
  const checkCall = (claim: CallClaim, rows: SpoolRecord[]): Tally => {
    const { namespace, status } = claim;
    const tally = { ...EMPTY_TALLY };
    const ids = reached.get(namespace);
    const answered = status !== undefined && !isClosed(claim);
    const find = (key: 'lost' | 'duplicated' | 'untrue', what: string) => {
      tally[key]++;
      findings.push(
        `${key}: ${namespace} (${claim.fault}, answered ${status}): ${what}`,
      );
    };
    if (answered || ids) {
      tally.requests++;
      if (rows.length > 0) {
        tally.records++;
      } else {
        find('lost', 'there is no row');
      }
    }
    if (rows.length > 1) {
      find('duplicated', `${rows.length} rows`);
    }
    const [row] = rows;
    if (row && answered && (isUnknown(row) || row.statusCode !== status)) {
      find('untrue', `the row says ${row.statusCode}, ${row.message}`);
    }
    if (row && ids && !(ids.size === 1 && ids.has(row.id))) {
      find('untrue', `the API server was told ${[...ids]}, not ${row.id}`);
    }
    return tally;
  };

  const checkSession = (claim: SessionClaim): Tally => {
    const rows = rowsOf.get(claim.namespace) ?? [];
    const ends = rows.filter(isEnd);
    const starts = rows.filter(row => !isEnd(row));
    const tally = checkCall(claim, starts);
    const find = (key: keyof Tally, what: string) => {
      tally[key]++;
      findings.push(`${key}: ${claim.namespace} (${claim.fault}): ${what}`);
    };
    if (ends.length > 1) {
      find('endedTwice', ends.map(end => end.message).join(' | '));
    }
    if (claim.status !== 101) {
      return tally;
    }
    tally.sessions++;
    tally.spdySessions += claim.transport === 'spdy' ? 1 : 0;
    if (claim.garbled) {
      find('garbled', 'what came last is no frame');
    }
    if (ends.length === 0) {
      find('endless', 'there is no row of its end');
    }
    const { recordingId = '' } = starts[0] ?? {};
    const recording = store.recordings.get(recordingId);
    const kept = recording?.outputBytes ?? 0;
    if (kept < claim.outputBytes) {
      tally.lostOutput += claim.outputBytes - kept;
      find(
        'unrecorded',
        `the user saw ${claim.outputBytes} bytes, the recording ${recordingId} has ${kept}`,
      );
    }
    if (!recording) {
      return tally;
    }
    tally.recordings++;
    const { status, statusReason } = recording.completion ?? {};
    switch (status) {
      case 'complete':
        tally.complete++;
        break;
      case 'recovered':
        tally.recovered++;
        break;
      case 'truncated':
        tally.truncated++;
        break;
      default:
        find('unrecorded', `the recording ${recordingId} has not ended`);
        return tally;
    }
    if (status === 'truncated' && !evidence.truncationIsFine) {
      find('unrecorded', `the recording is truncated: ${statusReason}`);
    }
    if (status !== 'complete' && !statusReason) {
      find('unrecorded', `the recording is ${status}, and does not say why`);
    }
    return tally;
  };

  const count = (fault: string, tally: Tally) => {
    byFault.set(fault, addTallies(byFault.get(fault) ?? EMPTY_TALLY, tally));
  };
  for (const claim of evidence.calls) {
    count(claim.fault, checkCall(claim, rowsOf.get(claim.namespace) ?? []));
  }
  for (const claim of evidence.sessions) {
    count(claim.fault, checkSession(claim));
  }
  const claimed = new Set(
    [...evidence.calls, ...evidence.sessions].map(claim => claim.namespace),
  );
  for (const namespace of rowsOf.keys()) {
    if (!claimed.has(namespace)) {
      findings.push(`${namespace} has a row, and nobody called`);
    }
  }
  return {
    byFault,
    total: [...byFault.values()].reduce(addTallies, EMPTY_TALLY),
    gaps: [...store.spools.values()].reduce((sum, s) => sum + s.missing, 0),
    findings,
  };
}
