/** A session that carries an archive, as `kubectl cp` does. */
export type Copy = {
  /** From the pod the archive is its output, to the pod its input. */
  direction: 'from the pod' | 'to the pod';
  /** The path in the pod, as the command names it. */
  path: string;
};

/** `tar cf - …`, also with more flags; the option may have a dash. */
const CREATE = /^-?c[hmpvz]*f$/;
/** `tar xf -`, `tar -xmf -`. */
const EXTRACT = /^-?x[hmopvz]*f$/;
/** What kubectl may add. Others run programs (`--to-command`, `--checkpoint-action`). */
const LONG_OPTIONS = new Set(['--no-same-permissions', '--no-same-owner']);
/**
 * What `kubectl cp --retries` sends: the archive from some byte on. It does not
 * quote the path, so one with a character that says something to a shell may be
 * a script.
 */
const RESUMED = /^tar cf - ([\p{L}\p{N} ._/@:+,=%-]*) \| tail -c\+\d+$/u;

/**
 * Whether a command is what `kubectl cp` runs in a pod. What an archive holds is
 * not recorded, so anything that could run another program, or talk with one, is
 * no copy.
 *
 * @param exec - as the API server is asked for it; `command` is program and arguments
 */
export function detectCopy(exec: {
  command: readonly string[];
  stdin: boolean;
  tty: boolean;
}): Copy | undefined {
  if (exec.tty) {
    return undefined;
  }
  const copy = readCommand(exec.command);
  // With an input, what looks like an archive could be a shell's output.
  return copy?.direction === 'from the pod' && exec.stdin ? undefined : copy;
}

function readCommand(command: readonly string[]): Copy | undefined {
  const [program, ...args] = command;
  if (program === 'sh' && args.length === 2 && args[0] === '-c') {
    const path = RESUMED.exec(args[1])?.[1];
    return path === undefined || hasOption(path.split(' '))
      ? undefined
      : { direction: 'from the pod', path };
  }
  if (program !== 'tar') {
    return undefined;
  }
  const [mode = '', archive, ...rest] = args.filter(
    arg => !LONG_OPTIONS.has(arg),
  );
  if (archive !== '-' || hasOption(rest)) {
    return undefined;
  }
  if (CREATE.test(mode)) {
    return { direction: 'from the pod', path: rest.join(' ') };
  }
  if (EXTRACT.test(mode)) {
    const directory = rest.indexOf('-C');
    return {
      direction: 'to the pod',
      path: directory < 0 ? '.' : rest[directory + 1] ?? '.',
    };
  }
  return undefined;
}

/** Whether there is another option than `-C`. */
function hasOption(args: readonly string[]): boolean {
  return args.some(arg => arg.startsWith('-') && arg !== '-C');
}
