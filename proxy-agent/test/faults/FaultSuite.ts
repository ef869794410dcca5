import { AgentBinary } from './AgentBinary';
import { FaultRound, RoundKind } from './FaultRound';
import { addTallies, EMPTY_TALLY, Tally } from './reconcile';
import { SeededRandom } from './SeededRandom';

/** Kills of one spool; then the portal must have everything. */
const KILLS_PER_ROUND = 40;

/** Findings of one round that are told in full. */
const MAX_LOGGED = 20;

const KINDS: RoundKind[] = ['one process', 'small disk', 'two workers'];

/** What a whole run found. */
export type FaultReport = {
  seed: number;
  kills: Map<string, number>;
  byFault: Map<string, Tally>;
  total: Tally;
  gaps: number;
  findings: string[];
  /** How long each start took until the proxy was ready, in milliseconds. */
  startTimes: number[];
  /** Rounds that could not take place. */
  skipped: string[];
};

/** Kills proxies, breaks their disks and portals, and counts what is lost. */
export class FaultSuite {
  readonly #kills: number;
  readonly #seed: number;
  readonly #log: (line: string) => void;

  static create(options: {
    /** How often a proxy is killed in all. */
    kills: number;
    /** The same seed makes the same choices; what the processes do meanwhile is theirs. */
    seed: number;
    /** Takes a line about each round. */
    log: (line: string) => void;
  }): FaultSuite {
    return new FaultSuite(options);
  }

  private constructor(options: {
    kills: number;
    seed: number;
    log: (line: string) => void;
  }) {
    this.#kills = options.kills;
    this.#seed = options.seed;
    this.#log = options.log;
  }

  async run(): Promise<FaultReport> {
    const random = SeededRandom.create(this.#seed);
    const binary = await AgentBinary.create();
    const report: FaultReport = {
      seed: this.#seed,
      kills: new Map(),
      byFault: new Map(),
      total: EMPTY_TALLY,
      gaps: 0,
      findings: [],
      startTimes: [],
      skipped: [],
    };
    const rounds = Math.max(
      KINDS.length,
      Math.ceil(this.#kills / KILLS_PER_ROUND),
    );
    try {
      for (let i = 0; i < rounds; i++) {
        const done = Math.floor((this.#kills * i) / rounds);
        const kills = Math.floor((this.#kills * (i + 1)) / rounds) - done;
        const kind = KINDS[i % KINDS.length];
        const round = await FaultRound.create(kind, { binary, random });
        if (round) {
          await this.#run(
            round,
            { name: `round ${i + 1}, ${kind}`, kills },
            report,
          );
        } else {
          report.skipped.push(kind);
          this.#log(`${kind}: skipped, mounting is not permitted here`);
        }
      }
    } finally {
      binary.remove();
    }
    return report;
  }

  async #run(
    round: FaultRound,
    options: { name: string; kills: number },
    report: FaultReport,
  ): Promise<void> {
    try {
      const { byFault, total, gaps, findings } = await round.run(options.kills);
      report.total = addTallies(report.total, total);
      report.gaps += gaps;
      report.findings.push(...findings);
      report.startTimes.push(...round.startTimes);
      for (const [fault, tally] of byFault) {
        const before = report.byFault.get(fault) ?? EMPTY_TALLY;
        report.byFault.set(fault, addTallies(before, tally));
      }
      for (const [fault, kills] of round.kills) {
        report.kills.set(fault, (report.kills.get(fault) ?? 0) + kills);
      }
      this.#log(
        `${options.name}: ${options.kills} kills, requests ${total.requests}, records ${total.records}, lost ${total.lost}, duplicated ${total.duplicated}, recordings ${total.recordings}, lost output ${total.lostOutput}`,
      );
      findings
        .slice(0, MAX_LOGGED)
        .forEach(finding => this.#log(`  ${finding}`));
    } finally {
      await round.stop();
    }
  }
}
