import type { Logger } from 'pino';

/** Runs `stop` once at the first signal to end, then exits. */
export function stopOnSignal(logger: Logger, stop: () => Promise<void>): void {
  const onSignal = (signal: string) => {
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
    logger.info({ signal }, 'shutting down');
    stop().then(
      () => process.exit(0),
      error => {
        logger.error({ err: error }, 'shutting down failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
}
