import { systemClock } from './Clock';

describe('systemClock', () => {
  it('sleeps no longer than its signal lets it', async () => {
    const controller = new AbortController();
    const hour = systemClock.sleep(3_600_000, controller.signal);
    controller.abort();
    await expect(hour).resolves.toBeUndefined();
    await systemClock.sleep(3_600_000, controller.signal);
  });

  it('sleeps as long as it is told', async () => {
    const start = performance.now();
    await systemClock.sleep(20, new AbortController().signal);
    // Timers may fire a little early.
    expect(performance.now() - start).toBeGreaterThan(15);
  });
});
