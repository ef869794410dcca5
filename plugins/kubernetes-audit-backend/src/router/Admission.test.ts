import { Admission } from './Admission';

describe('Admission', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const create = () =>
    Admission.create({
      running: 1,
      waiting: 1,
      waitMs: 1000,
      retryAfterSeconds: 2,
    });

  it('lets one in after the other, and sends away who finds the room full', async () => {
    const admission = create();
    const leave = await admission.enter();
    const second = admission.enter();
    await expect(admission.enter()).rejects.toMatchObject({
      statusCode: 429,
      retryAfterSeconds: 2,
    });
    leave();
    leave();
    const leaveSecond = await second;
    const third = admission.enter();
    await expect(admission.enter()).rejects.toMatchObject({ statusCode: 429 });
    leaveSecond();
    (await third)();
    await expect(admission.enter()).resolves.toBeDefined();
  });

  it('sends away who has waited too long, and not the one behind', async () => {
    const admission = create();
    const leave = await admission.enter();
    const late = admission.enter();
    const outcome = late.catch(error => error);
    await jest.advanceTimersByTimeAsync(1000);
    expect(await outcome).toMatchObject({ statusCode: 429 });
    const next = admission.enter();
    leave();
    await expect(next).resolves.toBeDefined();
  });
});
