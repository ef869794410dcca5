/*
 * The portal of the player's benchmark, in a process of its own: the plugin as
 * a host has it, with the host's sign-in, permissions and compression, and
 * beside it the pages that are measured.
 */
import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { createBackend } from '@backstage/backend-defaults';
import express from 'express';

/** Where the pages are below the portal's URL. */
const PAGES_PATH = '/player-bench';

const pages = createBackendPlugin({
  pluginId: 'player-bench',
  register(env) {
    env.registerInit({
      deps: {
        config: coreServices.rootConfig,
        router: coreServices.rootHttpRouter,
      },
      async init({ config, router }) {
        router.use(
          PAGES_PATH,
          express.static(config.getString('playerBench.pages')),
        );
      },
    });
  },
});

const backend = createBackend();
backend.add(pages);
backend.add(import('@backstage/plugin-auth-backend'));
backend.add(import('@backstage/plugin-auth-backend-module-guest-provider'));
backend.add(import('@backstage/plugin-permission-backend'));
backend.add(
  import('@backstage/plugin-permission-backend-module-allow-all-policy'),
);
backend.add(import('backstage-plugin-kubernetes-audit-backend'));
backend.start();
