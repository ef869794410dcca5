import { cpuMicroseconds } from '../machine';

/** The processes of a way, beside clients and API servers. */
export type Processes = { proxy: () => number[]; carrier: () => number[] };

/** The processor time of processes since it was last reset, in microseconds. */
export class CpuMeter {
  readonly #processes: Processes;
  #before = { proxy: 0, carrier: 0 };

  static of(processes: Processes): CpuMeter {
    return new CpuMeter(processes);
  }

  private constructor(processes: Processes) {
    this.#processes = processes;
    this.reset();
  }

  reset(): void {
    this.#before = this.#now();
  }

  read(): { proxy: number; carrier: number } {
    const { proxy, carrier } = this.#now();
    return {
      proxy: proxy - this.#before.proxy,
      carrier: carrier - this.#before.carrier,
    };
  }

  #now(): { proxy: number; carrier: number } {
    const { proxy, carrier } = this.#processes;
    return {
      proxy: cpuMicroseconds(proxy()),
      carrier: cpuMicroseconds(carrier()),
    };
  }
}
