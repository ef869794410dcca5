import { IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { isTrue, ResourceRequest } from '../api/ResourceRequest';
import { resources } from '../api/Resource';
import { StatusError } from '../api/StatusError';
import { JsonObject } from '../json';
import { KubernetesObject } from '../store/KubernetesObject';
import { ObjectStore } from '../store/ObjectStore';
import { Output, startOnTerminal, startWithPipes } from './ContainerProcess';
import { ExecChannels, ExecStreams, InputHandlers } from './ExecChannels';
import { findContainer } from './findContainer';
import { PodFiles } from './PodFiles';
import { acceptSpdy } from './spdyChannels';
import { acceptWebSocket } from './webSocketChannels';

const COMMAND_NOT_FOUND = 127;

/** Hears nothing, but lets the connection be read to its end. */
const deaf: InputHandlers = {
  stdin: async () => {},
  stdinEnd: () => {},
  resize: () => {},
  closed: () => {},
};

/** Every running exec and attach. */
export class ContainerSessions {
  private readonly kills = new Set<() => void>();

  private constructor(
    private readonly store: ObjectStore,
    private readonly files: PodFiles,
  ) {}

  static create(store: ObjectStore, files: PodFiles): ContainerSessions {
    return new ContainerSessions(store, files);
  }

  killAll(): void {
    this.kills.forEach(kill => kill());
  }

  /**
   * Accepts the upgrade and runs the command to its end. Throws a
   * `StatusError` while the upgrade can still be refused.
   */
  async serve(
    target: ResourceRequest,
    query: URLSearchParams,
    upgrade: { request: IncomingMessage; socket: Duplex; head: Buffer },
  ): Promise<void> {
    const { request, socket, head } = upgrade;
    const { namespace, name = '', subresource } = target;
    if (subresource !== 'exec' && subresource !== 'attach') {
      throw StatusError.create(
        501,
        'NotImplemented',
        `${subresource} is not part of the demo cluster`,
      );
    }
    const pod = this.store.get(resources.pods, namespace, name);
    findContainer(pod, query.get('container'));
    const flag = (key: string) => isTrue(query.get(key));
    const streams: ExecStreams = {
      stdin: flag('stdin'),
      stdout: flag('stdout'),
      stderr: flag('stderr'),
      tty: flag('tty'),
    };
    // There is no main process to attach to: a shell stands in for it.
    const command = subresource === 'attach' ? ['sh'] : query.getAll('command');
    if (command.length === 0) {
      throw StatusError.badRequest(
        'you must specify at least 1 command for the container',
      );
    }
    // Once upgraded, a failure can only end the connection.
    const run = (channels: ExecChannels) =>
      this.run(pod, command, streams, channels).catch(() => socket.destroy());
    const protocol = (request.headers.upgrade ?? '').toLowerCase();
    if (protocol === 'websocket') {
      const channels = await acceptWebSocket(request, socket, head);
      await run(channels);
    } else if (protocol === 'spdy/3.1') {
      const channels = await acceptSpdy(request, socket, head, streams);
      await run(channels);
    } else {
      throw StatusError.badRequest(
        `unable to upgrade: unknown protocol ${protocol}`,
      );
    }
  }

  private async run(
    pod: KubernetesObject,
    command: string[],
    streams: ExecStreams,
    channels: ExecChannels,
  ): Promise<void> {
    const place = await this.files.prepare(pod);
    const file = await this.files.findProgram(command[0], place.cwd);
    if (!file) {
      const problem = `exec: "${command[0]}": executable file not found in $PATH\n`;
      await channels.output('stderr', Buffer.from(problem));
      channels.receive(deaf);
      channels.finish(exitStatus(COMMAND_NOT_FOUND, command));
      return;
    }
    const output: Output = async (channel, bytes) => {
      if (streams[channel]) await channels.output(channel, bytes);
    };
    const start = streams.tty ? startOnTerminal : startWithPipes;
    const child = start({ file, args: command.slice(1), ...place }, output);
    this.kills.add(child.kill);
    const unsubscribe = this.store.subscribe(({ type, object }) => {
      const same = object.metadata.uid === pod.metadata.uid;
      if (type === 'DELETED' && same) child.kill();
    });
    if (!streams.stdin) child.closeInput();
    channels.receive({
      stdin: child.write,
      stdinEnd: child.closeInput,
      resize: child.resize,
      closed: child.kill,
    });
    const code = await child.exited;
    unsubscribe();
    this.kills.delete(child.kill);
    channels.finish(exitStatus(code, command));
  }
}

/** How a command ended, as clients of v4 and v5 read it. */
function exitStatus(code: number, command: string[]): JsonObject {
  if (code === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: error executing command [${command.join(
      ' ',
    )}], exit code ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
}
