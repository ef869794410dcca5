import { Agent, request } from 'node:http';
import type { CallClaim, SessionClaim } from './Claim';
import { ExecSession } from './ExecSession';
import type { FaultRig } from './FaultRig';
import type { SeededRandom } from './SeededRandom';

/** Users that call, one call after the other. */
const CALLERS = 8;
/** Users with a terminal, one session after the other. */
const TERMINALS = 3;
/** A user's pause between two calls at the most, in milliseconds. */
const MAX_PAUSE_MS = 10;
/** The pause of a user whose connection was refused, in milliseconds. */
const REFUSED_PAUSE_MS = 25;
const MAX_BODY_BYTES = 6000;
const SHORT_OUTPUT_BYTES = 20_000;
/** Enough that frames are closed by their size. */
const LONG_OUTPUT_BYTES = 2_000_000;
/** The longest that a user watches a terminal, in milliseconds. */
const MAX_SESSION_MS = 2500;

type Call = { method: string; path: string; body?: string };

/** Users who never rest, and who remember what they were answered. */
export class FaultClient {
  readonly calls: CallClaim[] = [];
  readonly sessions: SessionClaim[] = [];
  /** What is broken now, for the books. */
  fault = 'none';
  /** Calls that were answered so far. */
  answered = 0;
  readonly #rig: FaultRig;
  readonly #random: SeededRandom;
  readonly #agent = new Agent({ keepAlive: true });
  #count = 0;
  #sessionCount = 0;
  #stopping = false;
  #users: Promise<void>[] = [];

  static create(rig: FaultRig, random: SeededRandom): FaultClient {
    return new FaultClient(rig, random);
  }

  private constructor(rig: FaultRig, random: SeededRandom) {
    this.#rig = rig;
    this.#random = random;
  }

  start(): void {
    this.#stopping = false;
    this.#users = [
      ...Array.from({ length: CALLERS }, () => this.#use(() => this.#call())),
      ...Array.from({ length: TERMINALS }, () =>
        this.#use(() => this.#session()),
      ),
    ];
  }

  /** Resolves when the last call has ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#users);
    this.#agent.destroy();
  }

  async #use(act: () => Promise<'answered' | 'refused'>): Promise<void> {
    while (!this.#stopping) {
      const result = await act();
      const pause =
        result === 'refused'
          ? REFUSED_PAUSE_MS
          : this.#random.between(0, MAX_PAUSE_MS);
      await new Promise(resolve => {
        setTimeout(resolve, pause);
      });
    }
  }

  #nextCall(namespace: string): Call {
    const random = this.#random;
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    const body = JSON.stringify({
      kind: 'Pod',
      metadata: { name: 'web', annotations: { note: 'x'.repeat(100) } },
    });
    switch (random.between(0, 8)) {
      case 0:
        return { method: 'GET', path: pods };
      case 1:
        return { method: 'GET', path: `${pods}/missing` };
      case 2:
        return { method: 'GET', path: `${pods}?watch=true` };
      case 3:
        return { method: 'DELETE', path: `${pods}/web` };
      case 4:
        return { method: 'PATCH', path: `${pods}/web`, body };
      case 5:
        return {
          method: 'POST',
          path: pods,
          body: body.padEnd(random.between(0, MAX_BODY_BYTES)),
        };
      default:
        return { method: 'POST', path: pods, body };
    }
  }

  async #call(): Promise<'answered' | 'refused'> {
    this.#count++;
    const denied = this.#random.chance(0.05) ? 'denied-' : '';
    const namespace = `${denied}call-${this.#count}`;
    const claim: CallClaim = { namespace, fault: this.fault };
    const { method, path, body } = this.#nextCall(namespace);
    return await new Promise(resolve => {
      let connected = true;
      const call = request(
        `${this.#rig.url}${path}`,
        {
          method,
          agent: this.#agent,
          headers: {
            authorization: `Bearer ${this.#rig.token}`,
            ...(body && {
              'content-type': 'application/json',
              'content-length': Buffer.byteLength(body),
            }),
          },
        },
        response => {
          claim.status = response.statusCode;
          this.answered++;
          response.on('error', () => {});
          response.resume();
        },
      );
      call.on('error', (error: NodeJS.ErrnoException) => {
        connected = error.code !== 'ECONNREFUSED';
      });
      call.on('close', () => {
        if (connected) {
          this.calls.push(claim);
        }
        resolve(connected ? 'answered' : 'refused');
      });
      call.end(body);
    });
  }

  async #session(): Promise<'answered' | 'refused'> {
    this.#count++;
    this.#sessionCount++;
    const namespace = `session-${this.#count}`;
    const random = this.#random;
    const transport = this.#sessionCount % 2 === 0 ? 'spdy' : 'websocket';
    const claim: SessionClaim = {
      namespace,
      fault: this.fault,
      transport,
      outputBytes: 0,
      garbled: false,
    };
    const session = ExecSession.open({
      port: this.#rig.port,
      token: this.#rig.token,
      transport,
      pod: `${namespace}/pods/${random.chance(0.1) ? 'missing' : 'web'}`,
      outputBytes: random.chance(0.5)
        ? random.between(0, SHORT_OUTPUT_BYTES)
        : LONG_OUTPUT_BYTES,
    });
    const plug = setTimeout(
      () => session.hangUp(),
      random.between(1, MAX_SESSION_MS),
    );
    await session.ended;
    clearTimeout(plug);
    claim.status = session.status;
    claim.outputBytes = session.outputBytes;
    claim.garbled = session.garbled;
    if (!session.connected) {
      return 'refused';
    }
    this.sessions.push(claim);
    return 'answered';
  }
}
