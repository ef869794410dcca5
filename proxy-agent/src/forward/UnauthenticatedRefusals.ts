import { v7 as uuidv7 } from 'uuid';
import type { RequestAuditEvent } from 'backstage-plugin-kubernetes-audit-common';
import type { AuditLog } from '../audit';
import { RequestBudget } from '../authz';

/** Sums are written so often, in milliseconds. */
const PERIOD_MS = 60_000;
/** In one period so many refusals of one client address, cluster and reason are rows of their own. */
const SINGLE_ROWS = 5;
/** So many of these are told apart in one period; the others share a sum for each cluster and reason. */
const MAX_KINDS = 100;
/** What a client address may send at once, in seconds' worth of its rate. */
const BURST_SECONDS = 5;

type Kind = {
  audit: AuditLog;
  manyAddresses: boolean;
  /** Those that got rows of their own. */
  rows: number;
  /** Those that did not, and the last of them. */
  others: number;
  last: RequestAuditEvent | undefined;
};

type UnauthenticatedRefusalsOptions = {
  /** Calls of one client address without a valid credential, in the long run. */
  perSecond: number;
  /** Milliseconds of a clock that does not jump. */
  now?: () => number;
};

/**
 * Calls without a valid credential, which anybody can send: the first ones of
 * a kind become rows, the others one row that says how many they were, so that
 * a scanner cannot fill the spool. What comes too fast is not even looked into.
 */
export class UnauthenticatedRefusals {
  readonly #budget: RequestBudget;
  readonly #now: () => number;
  #kinds = new Map<string, Kind>();
  #periodStart: number;

  static create(
    options: UnauthenticatedRefusalsOptions,
  ): UnauthenticatedRefusals {
    return new UnauthenticatedRefusals(options);
  }

  private constructor(options: UnauthenticatedRefusalsOptions) {
    this.#now = options.now ?? (() => performance.now());
    this.#budget = RequestBudget.create({
      ...budgetOf(options.perSecond),
      now: this.#now,
    });
    this.#periodStart = this.#now();
  }

  /** From now on this number counts. */
  use(options: { perSecond: number }): void {
    this.#budget.use(budgetOf(options.perSecond));
  }

  /**
   * Takes one refusal out of the address' budget.
   *
   * @returns 0, or when there is none left, the seconds until there is
   */
  take(clientIp: string): number {
    return this.#budget.take(clientIp);
  }

  /**
   * Keeps one refusal, as a row or in a sum.
   *
   * @param audit - the log of its cluster
   * @throws SpoolError when its row cannot be kept
   */
  async record(event: RequestAuditEvent, audit: AuditLog): Promise<void> {
    const kind = this.#kindOf(event, audit);
    if (!kind.manyAddresses && kind.rows < SINGLE_ROWS) {
      kind.rows += 1;
      await audit.record(event);
      return;
    }
    kind.others += 1;
    kind.last = event;
  }

  /** Writes the sums of a period that is over. */
  async tick(): Promise<void> {
    if (this.#now() - this.#periodStart >= PERIOD_MS) {
      await this.flush();
    }
  }

  /** Writes the sums there are; what cannot be written goes into the next period's. */
  async flush(): Promise<void> {
    const kinds = this.#kinds;
    this.#kinds = new Map();
    this.#periodStart = this.#now();
    for (const [key, kind] of kinds) {
      if (kind.last) {
        try {
          await kind.audit.record(sumOf(kind, kind.last));
        } catch {
          this.#keep(key, kind);
        }
      }
    }
  }

  #kindOf(event: RequestAuditEvent, audit: AuditLog): Kind {
    const { userEntityRef: user = '' } = event;
    const what = `${event.clusterName}\n${user}\n${event.message}`;
    const own = `${event.clientIp}\n${what}`;
    const manyAddresses =
      !this.#kinds.has(own) && this.#kinds.size >= MAX_KINDS;
    const key = manyAddresses ? `\n${what}` : own;
    const kind = this.#kinds.get(key) ?? {
      audit,
      manyAddresses,
      rows: 0,
      others: 0,
      last: undefined,
    };
    this.#kinds.set(key, kind);
    return kind;
  }

  #keep(key: string, kind: Kind): void {
    const since = this.#kinds.get(key);
    if (since) {
      since.others += kind.others;
      since.last ??= kind.last;
    } else {
      this.#kinds.set(key, kind);
    }
  }
}

/** One row for all that got none. */
function sumOf(
  { others, manyAddresses }: Kind,
  last: RequestAuditEvent,
): RequestAuditEvent {
  const more = others > 1 ? ` … and ${others - 1} more like it` : '';
  return {
    ...last,
    id: uuidv7(),
    clientIp: manyAddresses ? '' : last.clientIp,
    message: `${last.message}${more}${
      manyAddresses ? ', from many addresses' : ''
    }`,
  };
}

function budgetOf(perSecond: number): { perSecond: number; burst: number } {
  return { perSecond, burst: Math.max(1, perSecond * BURST_SECONDS) };
}
