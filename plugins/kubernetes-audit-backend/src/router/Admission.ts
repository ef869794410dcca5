import { TooManyRequestsError } from '../TooManyRequestsError';

/** An agent that runs or waits. */
type Guest = { running: number; waiting: (() => void)[] };

/**
 * Lets so many in at once, and of each agent so many wait; whoever comes on top
 * of that, or waits too long, is sent away. Nothing of a request is read before
 * it is in.
 *
 * One agent that sends too much keeps no other out: it never has all places, it
 * waits in a queue of its own, and a place that becomes free goes to the agents
 * in turn.
 */
export class Admission {
  readonly #limits: Parameters<typeof Admission.create>[0];
  #running = 0;
  /** By agent id; whose turn comes last is last. */
  readonly #guests = new Map<string, Guest>();

  static create(limits: {
    /** Of all agents together. */
    running: number;
    /** Of one agent; fewer than of all. */
    runningOfOne: number;
    waitingOfOne: number;
    waitMs: number;
    /** What those are told that are sent away. */
    retryAfterSeconds: number;
  }): Admission {
    return new Admission(limits);
  }

  private constructor(limits: Parameters<typeof Admission.create>[0]) {
    this.#limits = limits;
  }

  /**
   * @param agentId - of an agent in the configuration: there are not many
   * @returns what to call when it is done
   * @throws TooManyRequestsError
   */
  async enter(agentId: string): Promise<() => void> {
    const guest = this.#guests.get(agentId) ?? { running: 0, waiting: [] };
    this.#guests.set(agentId, guest);
    // Whoever could have the place has it already: nobody is overtaken.
    if (this.#hasPlaceFor(guest)) {
      this.#admit(guest);
    } else {
      await this.#wait(guest);
    }
    let isOver = false;
    return () => {
      if (!isOver) {
        isOver = true;
        this.#leave(agentId, guest);
      }
    };
  }

  #hasPlaceFor(guest: Guest): boolean {
    return (
      this.#running < this.#limits.running &&
      guest.running < this.#limits.runningOfOne
    );
  }

  #admit(guest: Guest): void {
    this.#running += 1;
    guest.running += 1;
  }

  #leave(agentId: string, guest: Guest): void {
    this.#running -= 1;
    guest.running -= 1;
    for (const [id, next] of this.#guests) {
      if (next.waiting.length > 0 && this.#hasPlaceFor(next)) {
        this.#guests.delete(id);
        this.#guests.set(id, next);
        this.#admit(next);
        next.waiting.shift()?.();
        break;
      }
    }
    if (guest.running === 0 && guest.waiting.length === 0) {
      this.#guests.delete(agentId);
    }
  }

  #wait(guest: Guest): Promise<void> {
    const { waitingOfOne, waitMs, retryAfterSeconds } = this.#limits;
    const { waiting } = guest;
    if (waiting.length >= waitingOfOne) {
      throw new TooManyRequestsError(retryAfterSeconds);
    }
    return new Promise((resolve, reject) => {
      const waitingFor = { enter: () => {} };
      const enter = () => waitingFor.enter();
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(enter), 1);
        reject(new TooManyRequestsError(retryAfterSeconds));
      }, waitMs);
      waitingFor.enter = () => {
        clearTimeout(timer);
        resolve();
      };
      waiting.push(enter);
    });
  }
}
