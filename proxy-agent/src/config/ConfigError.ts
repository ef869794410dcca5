/** One thing that is wrong with a configuration file. */
export type ConfigProblem = {
  /** 1-based; absent when the problem is of the file as a whole. */
  line?: number;
  /** Dotted path of the key: `clusters.0.name`. */
  path: string;
  message: string;
};

/** A configuration that cannot be used, with everything that is wrong with it. */
export class ConfigError extends Error {
  readonly name = 'ConfigError';
  readonly problems: ConfigProblem[];

  constructor(file: string, problems: ConfigProblem[]) {
    super(
      [
        `${file} cannot be used:`,
        ...problems.map(problem => {
          const line = problem.line ? `line ${problem.line}: ` : '';
          const path = problem.path ? `${problem.path}: ` : '';
          return `  ${line}${path}${problem.message}`;
        }),
      ].join('\n'),
    );
    this.problems = problems;
  }
}
