import fc from 'fast-check';
import { Admission } from './Admission';

const BUSY = { statusCode: 429, retryAfterSeconds: 2 };

jest.setTimeout(60_000);

describe('Admission', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const create = (limits: Partial<Parameters<typeof Admission.create>[0]>) =>
    Admission.create({
      running: 1,
      runningOfOne: 1,
      waitingOfOne: 1,
      waitMs: 1000,
      retryAfterSeconds: 2,
      ...limits,
    });
  /** Where they are in, in order. */
  const follow = (admission: Admission) => {
    const entered: string[] = [];
    const leaves: (() => void)[] = [];
    return {
      entered,
      come: (agent: string) =>
        admission.enter(agent).then(leave => {
          entered.push(agent);
          leaves.push(leave);
        }),
      leaveFirst: async () => {
        leaves.shift()?.();
        await jest.advanceTimersByTimeAsync(0);
      },
    };
  };

  it('lets one in after the other, and sends away who finds the room full', async () => {
    const admission = create({});
    const leave = await admission.enter('a');
    const second = admission.enter('a');
    await expect(admission.enter('a')).rejects.toMatchObject(BUSY);
    leave();
    leave();
    const leaveSecond = await second;
    const third = admission.enter('a');
    await expect(admission.enter('a')).rejects.toMatchObject(BUSY);
    leaveSecond();
    (await third)();
    await expect(admission.enter('a')).resolves.toBeDefined();
  });

  it('sends away who has waited too long, and not the one behind', async () => {
    const admission = create({});
    const leave = await admission.enter('a');
    const late = admission.enter('a');
    const outcome = late.catch(error => error);
    await jest.advanceTimersByTimeAsync(1000);
    expect(await outcome).toMatchObject({ statusCode: 429 });
    const next = admission.enter('a');
    leave();
    await expect(next).resolves.toBeDefined();
  });

  it('keeps a place for others that no agent can have alone', async () => {
    const admission = create({ running: 3, runningOfOne: 2, waitingOfOne: 1 });
    await admission.enter('flood');
    const leave = await admission.enter('flood');
    const waiting = admission.enter('flood');
    await expect(admission.enter('flood')).rejects.toMatchObject(BUSY);
    const leaveOther = await admission.enter('other');
    leaveOther();
    leave();
    await expect(waiting).resolves.toBeDefined();
  });

  it('gives places to the agents in turn, however many of one wait', async () => {
    const room = follow(create({ waitingOfOne: 9 }));
    await room.come('flood');
    const waiting = [
      ...Array.from({ length: 9 }, () => 'flood'),
      'a',
      'b',
      'a',
    ].map(agent => room.come(agent));
    for (let i = 0; i < waiting.length; i++) {
      await room.leaveFirst();
    }
    await Promise.all(waiting);
    expect(room.entered.slice(0, 6)).toEqual([
      'flood',
      'flood',
      'a',
      'b',
      'flood',
      'a',
    ]);
  });

  it('has as many in as it may, never more, and leaves no place empty that somebody waits for', async () => {
    const limits = { running: 4, runningOfOne: 2, waitingOfOne: 3 };
    const step = fc.oneof(
      fc.constantFrom('a', 'b', 'c', 'd'),
      fc.nat({ max: 9 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async steps => {
        const admission = create(limits);
        const inside: { agent: string; leave: () => void }[] = [];
        const waiting = new Map<string, number>();
        const count = (agent: string) =>
          inside.filter(other => other.agent === agent).length;
        for (const next of steps) {
          if (typeof next === 'number') {
            inside.splice(next % Math.max(inside.length, 1), 1)[0]?.leave();
          } else {
            waiting.set(next, (waiting.get(next) ?? 0) + 1);
            admission.enter(next).then(
              leave => {
                waiting.set(next, (waiting.get(next) ?? 0) - 1);
                inside.push({ agent: next, leave });
              },
              () => waiting.set(next, (waiting.get(next) ?? 0) - 1),
            );
          }
          await jest.advanceTimersByTimeAsync(0);
          expect(inside.length).toBeLessThanOrEqual(4);
          for (const [agent, waits] of waiting) {
            expect(count(agent)).toBeLessThanOrEqual(2);
            expect(waits).toBeLessThanOrEqual(3);
            const hasToWait = inside.length === 4 || count(agent) === 2;
            expect(waits === 0 || hasToWait).toBe(true);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
