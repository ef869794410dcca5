export const DAY_MS = 24 * 3600_000;

/** What a database needs from time to time to keep events well. */
export interface EventMaintenance {
  /** Makes ready for the days to come, and brings in order what has come. */
  prepare(): Promise<void>;

  /**
   * Takes away all rows of events before a day, with their bodies and ids, as
   * far as it gets until the signal comes; the rest is for the next time.
   *
   * @param firstDay - the first day that stays, in days since 1970
   */
  removeBefore(firstDay: number, signal?: AbortSignal): Promise<void>;
}
