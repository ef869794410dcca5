import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { userInfo } from 'node:os';
import {
  freePort,
  PinnedProcess,
  startPinned,
  untilListening,
} from '../proxy/startPinned';

const SSHD = '/usr/sbin/sshd';

/** Whether there is an OpenSSH to compare with. */
export function hasSsh(): boolean {
  return existsSync(SSHD) && existsSync('/usr/bin/ssh');
}

/**
 * `ssh -R` from where the cluster is to where the proxy is, over loopback, with
 * keys of its own.
 *
 * @param targets - ports of API servers
 * @returns the ports by which the proxy reaches them, in their order
 */
export async function startSsh(options: {
  directory: string;
  /** Of the server, beside the proxy, and of the client, beside the cluster. */
  cores: { server: number[]; client: number[] };
  targets: number[];
}): Promise<{
  ports: number[];
  pids: () => number[];
  stop: () => Promise<void>;
}> {
  const { directory, cores, targets } = options;
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, 0o700);
  mkdirSync('/run/sshd', { recursive: true });
  const file = (name: string) => join(directory, name);
  for (const key of ['host', 'user']) {
    execFileSync(
      'ssh-keygen',
      ['-q', '-t', 'ed25519', '-N', '', '-f', file(key)],
      { stdio: 'ignore' },
    );
  }
  execFileSync('cp', [file('user.pub'), file('authorized_keys')]);
  const port = await freePort();
  writeFileSync(
    file('sshd_config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${file('host')}`,
      `AuthorizedKeysFile ${file('authorized_keys')}`,
      'StrictModes no',
      'UsePAM no',
      'PermitRootLogin yes',
      `PidFile ${file('pid')}`,
      '',
    ].join('\n'),
  );
  const server = startPinned(cores.server, SSHD, [
    '-D',
    '-f',
    file('sshd_config'),
  ]);
  const started: PinnedProcess[] = [server];
  await untilListening(server, port);
  const ports = await Promise.all(targets.map(() => freePort()));
  const client = startPinned(cores.client, 'ssh', [
    '-N',
    ...['-p', `${port}`],
    ...['-i', file('user')],
    ...['-o', 'StrictHostKeyChecking=no'],
    ...['-o', 'UserKnownHostsFile=/dev/null'],
    ...['-o', 'LogLevel=ERROR'],
    ...['-o', 'ExitOnForwardFailure=yes'],
    ...targets.flatMap((target, index) => [
      '-R',
      `127.0.0.1:${ports[index]}:127.0.0.1:${target}`,
    ]),
    `${userInfo().username}@127.0.0.1`,
  ]);
  started.push(client);
  await untilListening(client, ports[ports.length - 1]);
  return {
    ports,
    pids: () => [...server.pids(), ...client.pids()],
    stop: async () => {
      await client.stop();
      await server.stop();
    },
  };
}
