/**
 * Which way imports point. Each package's own configuration adds the rest.
 */

/** Each part of the product, and the parts that it may import. */
const PARTS = {
  'plugins/kubernetes-audit-common': [],
  'plugins/kubernetes-audit-node': ['plugins/kubernetes-audit-common'],
  'plugins/kubernetes-audit-backend': [
    'plugins/kubernetes-audit-common',
    'plugins/kubernetes-audit-node',
  ],
  'plugins/kubernetes-audit': ['plugins/kubernetes-audit-common'],
  'plugins/kubernetes-backend-module-kubernetes-audit': [
    'plugins/kubernetes-audit-common',
  ],
  'plugins/kubernetes-module-kubernetes-audit': [
    'plugins/kubernetes-audit-common',
  ],
  'proxy-agent': ['plugins/kubernetes-audit-common'],
};

/** Nobody imports these: they put the product together or measure it. */
const HOSTS = ['packages', 'examples', 'bench', 'scripts'];

/**
 * The rooms of the agent from top to bottom; those of one row stand side by
 * side. A room imports rooms of the rows below its own.
 */
const AGENT_ROOMS = [
  ['server', 'login'],
  ['tunnel'],
  ['forward'],
  ['authn', 'authz'],
  ['recording', 'audit', 'upstream'],
  ['delivery'],
  ['spool'],
  ['protocol', 'request', 'config', 'loading'],
];
/** Rooms that import Node's own modules and the common package alone. */
const PURE_AGENT_ROOMS = ['protocol', 'request'];

const partZones = Object.entries(PARTS).map(([part, allowed]) => ({
  target: `./${part}/src`,
  from: [
    ...Object.keys(PARTS).filter(
      other => other !== part && !allowed.includes(other),
    ),
    ...HOSTS,
  ].map(other => `./${other}`),
  message: `${part} imports ${
    allowed.length > 0 ? `only ${allowed.join(', ')}` : 'none'
  } of this repository's packages.`,
}));

const roomZones = AGENT_ROOMS.flatMap((row, index) => {
  const below = AGENT_ROOMS.slice(index + 1).flat();
  return row.map(room => ({
    target: `./proxy-agent/src/${room}`,
    from: './proxy-agent/src',
    except: [room, ...below].map(other => `./${other}`),
    message: `${room} imports the rooms below it: ${
      below.join(', ') || 'none'
    }.`,
  }));
});

const pureRoomZones = PURE_AGENT_ROOMS.map(room => ({
  target: `./proxy-agent/src/${room}/**/!(*.test).ts`,
  from: '.',
  except: [`./proxy-agent/src/${room}`, './plugins/kubernetes-audit-common'],
  message: `${room} imports Node's own modules and the common package alone.`,
}));

module.exports = {
  root: true,
  plugins: ['import'],
  settings: {
    'import/resolver': {
      node: {
        extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
        // The packages of this repository are links in node_modules.
        preserveSymlinks: false,
      },
    },
  },
  rules: {
    'import/no-restricted-paths': [
      'error',
      {
        basePath: __dirname,
        zones: [
          ...partZones,
          ...roomZones,
          ...pureRoomZones,
          {
            target: './proxy-agent',
            from: './node_modules/@backstage/backend-*/**',
            message: 'The agent runs without a Backstage backend.',
          },
        ],
      },
    ],
  },
};
