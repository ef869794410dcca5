import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { PLUGIN_ID } from 'backstage-plugin-kubernetes-audit-common';
import { kubernetesAuditEventSinkExtensionPoint } from 'backstage-plugin-kubernetes-audit-node';
import { WebhookSink } from './WebhookSink';

/** Posts audit events to the receiver of `kubernetesAuditSinks.webhook`. */
export const webhookSinkModule = createBackendModule({
  pluginId: PLUGIN_ID,
  moduleId: 'webhook-sink',
  register(env) {
    env.registerInit({
      deps: {
        config: coreServices.rootConfig,
        sinks: kubernetesAuditEventSinkExtensionPoint,
      },
      async init({ config, sinks }) {
        const settings = config.getConfig('kubernetesAuditSinks.webhook');
        sinks.addEventSink(
          WebhookSink.create({
            url: settings.getString('url'),
            secret: settings.getString('secret'),
            now: Date.now,
          }),
        );
      },
    });
  },
});
