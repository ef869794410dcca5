/*
 * The plugin's player in a page: its modal in the smallest Backstage app, with
 * the plugin's own client and the guest's token.
 */
// The page is an app.
// eslint-disable-next-line @backstage/no-ui-css-imports-in-non-frontend
import '@backstage/ui/css/styles.css';
import { ConfigReader } from '@backstage/config';
import { createApp } from '@backstage/frontend-defaults';
import {
  ApiBlueprint,
  createFrontendModule,
  createFrontendPlugin,
  discoveryApiRef,
  fetchApiRef,
  PageBlueprint,
} from '@backstage/frontend-plugin-api';
import {
  SignInPageBlueprint,
  NavContentBlueprint,
} from '@backstage/plugin-app-react';
import { useEffect, useState } from 'react';
import ReactDOM from 'react-dom/client';
// What is measured is no part of the plugin's interface.
// eslint-disable-next-line @backstage/no-relative-monorepo-imports
import {
  kubernetesAuditApiRef,
  KubernetesAuditClient,
} from '../../../../plugins/kubernetes-audit/src/api';
// eslint-disable-next-line @backstage/no-relative-monorepo-imports
import {
  prepareTerminal,
  RecordingPlayerDialog,
} from '../../../../plugins/kubernetes-audit/src/components/RecordingPlayer';
// eslint-disable-next-line @backstage/no-relative-monorepo-imports
import { PlayerController } from '../../../../plugins/kubernetes-audit/src/player';
import { servePlayer } from './MeasuredPlayer';

const BASE_PATH = '/player-bench';
const OPENER = 'open-recording';

let controller: PlayerController | undefined;
let onReady = () => {};
const ready = new Promise<void>(resolve => {
  onReady = resolve;
});

// A seek is asked for where the page's own controls ask for it.
const createController = PlayerController.create;
PlayerController.create = options => {
  controller = createController(options);
  return controller;
};

function Page() {
  const [recordingId, setRecordingId] = useState<string>();
  useEffect(() => {
    // As the list of recordings does it, from which the player is opened.
    prepareTerminal().then(onReady);
  }, []);
  return (
    <>
      <button
        id={OPENER}
        type="button"
        onClick={event => setRecordingId(event.currentTarget.value)}
      >
        Play
      </button>
      {recordingId && (
        <RecordingPlayerDialog recordingId={recordingId} onClose={() => {}} />
      )}
    </>
  );
}

const page = createFrontendPlugin({
  pluginId: 'player-bench',
  extensions: [
    ApiBlueprint.make({
      params: defineParams =>
        defineParams({
          api: kubernetesAuditApiRef,
          deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
          factory: dependencies => KubernetesAuditClient.create(dependencies),
        }),
    }),
    PageBlueprint.make({
      params: { path: '/', title: 'Player', loader: async () => <Page /> },
    }),
  ],
});

const app = createFrontendModule({
  pluginId: 'app',
  extensions: [
    SignInPageBlueprint.make({
      params: {
        loader:
          async () =>
          ({ onSignInSuccess }) => {
            useEffect(
              () =>
                onSignInSuccess({
                  getProfileInfo: async () => ({}),
                  getBackstageIdentity: async () => ({
                    type: 'user',
                    userEntityRef: 'user:default/guest',
                    ownershipEntityRefs: [],
                  }),
                  getCredentials: async () => ({ token: window.playerToken }),
                  signOut: async () => {},
                }),
              [onSignInSuccess],
            );
            return null;
          },
      },
    }),
    NavContentBlueprint.make({ params: { component: () => null } }),
  ],
});

const { origin } = window.location;
const root = createApp({
  features: [page, app],
  advanced: {
    configLoader: async () => ({
      config: new ConfigReader({
        app: { title: 'Player', baseUrl: `${origin}${BASE_PATH}` },
        backend: { baseUrl: origin },
        permission: { enabled: true },
      }),
    }),
  },
});

servePlayer(
  {
    // By a click, as people do it.
    open: recording => {
      const button = document.getElementById(OPENER);
      if (button instanceof HTMLButtonElement) {
        button.value = recording.id;
        button.click();
      }
    },
    seek: time => controller?.seek(time),
    findScreen: () =>
      document.querySelector('[role="dialog"] .xterm .xterm-rows'),
  },
  ready,
);

ReactDOM.createRoot(document.getElementById('root') as Element).render(
  root.createRoot(),
);
