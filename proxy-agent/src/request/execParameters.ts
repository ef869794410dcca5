import { parseRequestUrl } from './parseRequestUrl';
import { isTrue } from './RequestInfo';

/** What the query of an exec or attach request asks for. */
export interface ExecParameters {
  /** Program and arguments; empty for attach. */
  command: readonly string[];
  /** Empty: the pod's default container. */
  container: string;
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  tty: boolean;
}

/**
 * Reads them as the API server does: all of `command`, the first of the others.
 *
 * @param url - the request target
 * @throws InvalidRequestUrlError
 */
export function execParameters(url: string): ExecParameters {
  const { query } = parseRequestUrl(url);
  return {
    command: query.get('command') ?? [],
    container: query.get('container')?.[0] ?? '',
    stdin: isTrue(query.get('stdin')),
    stdout: isTrue(query.get('stdout')),
    stderr: isTrue(query.get('stderr')),
    tty: isTrue(query.get('tty')),
  };
}
