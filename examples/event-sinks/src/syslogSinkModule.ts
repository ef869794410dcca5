import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { PLUGIN_ID } from 'backstage-plugin-kubernetes-audit-common';
import { kubernetesAuditEventSinkExtensionPoint } from 'backstage-plugin-kubernetes-audit-node';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { hostname } from 'node:os';
import { connect as connectTls } from 'node:tls';
import { SyslogSink } from './SyslogSink';

const CONNECT_TIMEOUT_MS = 10_000;

/** Sends audit events to the server of `kubernetesAuditSinks.syslog`. */
export const syslogSinkModule = createBackendModule({
  pluginId: PLUGIN_ID,
  moduleId: 'syslog-sink',
  register(env) {
    env.registerInit({
      deps: {
        config: coreServices.rootConfig,
        lifecycle: coreServices.lifecycle,
        sinks: kubernetesAuditEventSinkExtensionPoint,
      },
      async init({ config, lifecycle, sinks }) {
        const settings = config.getConfig('kubernetesAuditSinks.syslog');
        const host = settings.getString('host');
        const port = settings.getNumber('port');
        const caFile = settings.getOptionalString('caFile');
        const ca = caFile === undefined ? undefined : readFileSync(caFile);
        const isTls = settings.getOptionalBoolean('tls') ?? true;
        const sink = SyslogSink.create({
          hostName: hostname(),
          connect: async () => {
            const socket = isTls
              ? connectTls({ host, port, ca, servername: host })
              : connectPlain({ host, port });
            const signal = AbortSignal.timeout(CONNECT_TIMEOUT_MS);
            try {
              await once(socket, isTls ? 'secureConnect' : 'connect', {
                signal,
              });
            } catch (error) {
              socket.destroy();
              throw error;
            }
            return socket;
          },
        });
        sinks.addEventSink(sink);
        lifecycle.addShutdownHook(() => sink.close());
      },
    });
  },
});
