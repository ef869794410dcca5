/** A session that carries an archive, as `kubectl cp` does. */
export type Copy = {
  /** From the pod the archive is its output, to the pod its input. */
  direction: 'from the pod' | 'to the pod';
  /** The path in the pod, as the command names it. */
  path: string;
};

/** `tar cf - …`, also with more flags; the option may have a dash. */
const CREATE = /^-?c\w*f$/;
/** `tar xf -`, `tar -xmf -`. */
const EXTRACT = /^-?x\w*f$/;
/** What `kubectl cp --retries` sends: the archive from some byte on. */
const RESUMED = /^tar cf - (.*) \| tail -c\+\d+$/s;

/**
 * Whether a command is what `kubectl cp` runs in a pod.
 *
 * @param command - program and arguments
 */
export function detectCopy(
  command: readonly string[],
  tty: boolean,
): Copy | undefined {
  if (tty) {
    return undefined;
  }
  const [program, ...args] = command;
  if (program === 'sh' && args.length === 2 && args[0] === '-c') {
    const path = RESUMED.exec(args[1])?.[1];
    return path === undefined ? undefined : { direction: 'from the pod', path };
  }
  if (program !== 'tar') {
    return undefined;
  }
  const options = args.filter(arg => !arg.startsWith('--'));
  const [mode = '', archive, ...rest] = options;
  if (archive !== '-') {
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
