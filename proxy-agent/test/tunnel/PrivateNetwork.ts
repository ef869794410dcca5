import { execFileSync } from 'node:child_process';

/** Addresses that no network here has (RFC 5737 keeps them for documentation). */
const OUTSIDE = '203.0.113.1';
const INSIDE = '203.0.113.2';
/** What a filter of packets finds at this place is a random number (SKF_AD_OFF + SKF_AD_RANDOM). */
const RANDOM_WORD = 2 ** 32 - 0x1000 + 56;

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

  /** Loses this share of the packets, each way; false where the kernel cannot. */
  lose(share: number): boolean {
    // As netem does, which few kernels of small machines have: a random word
    // that is not above the limit drops the packet (tc-bpf(8), classic BPF).
    const limit = Math.round(share * 2 ** 32);
    const program = `4,32 0 0 ${RANDOM_WORD},37 1 0 ${limit},6 0 0 2,6 0 0 0`;
    const tc = (...args: string[]) =>
      execFileSync('tc', args, { stdio: 'ignore' });
    try {
      tc('qdisc', 'add', 'dev', this.#link, 'clsact');
      for (const way of ['ingress', 'egress']) {
        const filter = ['filter', 'add', 'dev', this.#link, way];
        tc(...filter, 'bpf', 'direct-action', 'bytecode', program);
      }
      return true;
    } catch {
      return false;
    }
  }

  /** How many packets were lost so. */
  get lost(): number {
    const text = execFileSync(
      'tc',
      ['-s', 'qdisc', 'show', 'dev', this.#link, 'clsact'],
      { encoding: 'utf8' },
    );
    return Number(/dropped (\d+)/.exec(text)?.[1] ?? 0);
  }

  /** Loses no more. */
  loseNone(): void {
    execFileSync('tc', ['qdisc', 'del', 'dev', this.#link, 'clsact']);
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
