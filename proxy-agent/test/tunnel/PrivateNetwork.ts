import { execFileSync } from 'node:child_process';

/** Addresses that no network here has (RFC 5737 keeps them for documentation). */
const OUTSIDE = '203.0.113.1';
const INSIDE = '203.0.113.2';

/** A network namespace: from it one can dial out to this machine, and what listens on its loopback cannot be dialled. */
export class PrivateNetwork {
  readonly #name: string;
  readonly #link: string;

  /** @throws Error where namespaces cannot be made */
  static create(): PrivateNetwork {
    const network = new PrivateNetwork(`tunnel-${process.pid}`);
    try {
      network.#make();
    } catch (error) {
      network.remove();
      throw error;
    }
    return network;
  }

  private constructor(name: string) {
    this.#name = name;
    this.#link = `t${process.pid}`.slice(0, 14);
  }

  /** Where this machine is reached from inside. */
  get outside(): string {
    return OUTSIDE;
  }

  /** Its own address. */
  get inside(): string {
    return INSIDE;
  }

  /** The command that runs another inside; unlike that of `ip` it leaves it all mounts, which containers need. */
  command(program: string, args: string[]): [string, string[]] {
    return ['nsenter', [`--net=/run/netns/${this.#name}`, program, ...args]];
  }

  cut(): void {
    execFileSync('ip', ['link', 'set', this.#link, 'down']);
  }

  mend(): void {
    execFileSync('ip', ['link', 'set', this.#link, 'up']);
  }

  /** Makes the link slow and lossy; false where the kernel cannot. */
  disturb(...how: string[]): boolean {
    try {
      execFileSync(
        'tc',
        ['qdisc', 'add', 'dev', this.#link, 'root', 'netem', ...how],
        { stdio: 'ignore' },
      );
      return true;
    } catch {
      return false;
    }
  }

  remove(): void {
    for (const args of [
      ['link', 'del', this.#link],
      ['netns', 'del', this.#name],
    ]) {
      try {
        execFileSync('ip', args, { stdio: 'ignore' });
      } catch {
        // There is none.
      }
    }
  }

  #make(): void {
    const ip = (...args: string[]) =>
      execFileSync('ip', args, { stdio: 'ignore' });
    const inside = (...args: string[]) => ip('-n', this.#name, ...args);
    const peer = `${this.#link}p`;
    ip('netns', 'add', this.#name);
    ip('link', 'add', this.#link, 'type', 'veth', 'peer', 'name', peer);
    ip('link', 'set', peer, 'netns', this.#name);
    ip('addr', 'add', `${OUTSIDE}/30`, 'dev', this.#link);
    ip('link', 'set', this.#link, 'up');
    inside('addr', 'add', `${INSIDE}/30`, 'dev', peer);
    inside('link', 'set', peer, 'up');
    inside('link', 'set', 'lo', 'up');
  }
}
