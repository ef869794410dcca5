/** Between two polls of a device, in seconds. */
export const POLL_INTERVAL_SECONDS = 2;
