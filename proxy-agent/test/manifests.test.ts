import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { proxyConfigSchema, tunnelConfigSchema } from '../src/config';
import { LONGEST_STOP_MS } from '../src/Proxy';
import { renderChart } from './renderChart';

const EXAMPLES = resolve(__dirname, '../../examples/kubernetes');
/** What a pod needs beyond the agent's own time to end, in seconds. */
const MARGIN_SECONDS = 10;

type Container = {
  args: string[];
  ports: { name: string; containerPort: number }[];
  livenessProbe: { httpGet: object };
  readinessProbe: { httpGet: object };
  resources: { requests: object; limits: { memory: string } };
  securityContext: object;
  volumeMounts: { name: string; mountPath: string }[];
};

/** Of all kinds at once. */
type Spec = {
  replicas: number;
  minAvailable: number;
  selector: { matchLabels: object };
  podSelector: { matchLabels: object };
  policyTypes: string[];
  ingress: { from?: object; ports: { port: number }[] }[];
  template: {
    spec: {
      serviceAccountName: string;
      terminationGracePeriodSeconds: number;
      securityContext: { runAsUser: number };
      containers: Container[];
    };
  };
  volumeClaimTemplates: { metadata: { name: string } }[];
};

/** A Kubernetes object, as far as this looks into it. */
type Manifest = {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  data?: Record<string, string>;
  rules?: {
    resources: string[];
    verbs: string[];
    resourceNames?: string[];
  }[];
  roleRef?: { name: string };
  subjects?: { kind: string; name: string }[];
  spec: Spec;
};

function readManifests(folder: string): Manifest[] {
  return readdirSync(folder)
    .filter(file => file !== 'kustomization.yaml')
    .flatMap(file => parseManifests(readFileSync(join(folder, file), 'utf8')));
}

function parseManifests(text: string): Manifest[] {
  return parseAllDocuments(text)
    .map(document => {
      expect(document.errors).toEqual([]);
      return document.toJS();
    })
    .filter(Boolean);
}

function only(manifests: Manifest[], kind: string): Manifest {
  const found = manifests.filter(manifest => manifest.kind === kind);
  expect(found).toHaveLength(1);
  return found[0];
}

const COMPONENTS = [
  {
    component: 'proxy',
    schema: proxyConfigSchema,
    adminPort: 9443,
    stopMs: LONGEST_STOP_MS,
  },
  {
    component: 'tunnel',
    schema: tunnelConfigSchema,
    adminPort: 9444,
    // The default of drainTimeout.
    stopMs: 30_000,
  },
] as const;

/** From the plain files, and from the chart where there is helm. */
const SOURCES = COMPONENTS.flatMap(component => [
  {
    ...component,
    title: `examples/kubernetes/${component.component}`,
    manifests: readManifests(join(EXAMPLES, component.component)),
  },
  {
    ...component,
    title: `the chart's ${component.component}`,
    manifests: rendered(component.component),
  },
]);

function rendered(component: 'proxy' | 'tunnel'): Manifest[] {
  const text = renderChart(join(EXAMPLES, 'helm/kubernetes-audit-agent'), {
    only: component,
  });
  if (text === undefined) {
    process.stdout.write(
      `left out: the chart's ${component}, since there is no helm (HELM names one)\n`,
    );
    return [];
  }
  return parseManifests(text);
}

const READ = SOURCES.filter(({ manifests }) => manifests.length > 0);

describe.each(READ)('$title', source => {
  const { component, schema, adminPort, stopMs, manifests } = source;
  const statefulSet = only(manifests, 'StatefulSet');
  const { spec: pod } = statefulSet.spec.template;
  const [container] = pod.containers;

  it('runs as nobody, on a root file system that cannot be written', () => {
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(pod.securityContext.runAsUser).toBeGreaterThan(0);
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  it('is probed on its admin listener', () => {
    const port = container.ports.find(({ name }) => name === 'admin');
    expect(port?.containerPort).toBe(adminPort);
    expect(container.livenessProbe.httpGet).toEqual({
      path: '/healthz',
      port: 'admin',
    });
    expect(container.readinessProbe.httpGet).toEqual({
      path: '/readyz',
      port: 'admin',
    });
  });

  it('has the time that it takes to stop', () => {
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(
      stopMs / 1000 + MARGIN_SECONDS,
    );
  });

  it('asks for resources, and may not take all of the memory', () => {
    expect(container.resources.requests).toEqual({
      cpu: expect.any(String),
      memory: expect.any(String),
    });
    expect(container.resources.limits.memory).toEqual(expect.any(String));
  });

  it('keeps one of its pods through a drain', () => {
    const { spec } = only(manifests, 'PodDisruptionBudget');
    expect(spec.minAvailable).toBe(1);
    expect(statefulSet.spec.replicas).toBeGreaterThan(1);
    expect(spec.selector.matchLabels).toEqual(
      statefulSet.spec.selector.matchLabels,
    );
  });

  it('keeps its state on a volume of each pod', () => {
    const [claim] = statefulSet.spec.volumeClaimTemplates;
    const mount = container.volumeMounts.find(
      ({ name }) => name === claim.metadata.name,
    );
    for (const config of configs()) {
      expect(config.stateDirectory).toBe(mount?.mountPath);
    }
  });

  it('mounts each file that its configuration names', () => {
    const mounts: string[] = container.volumeMounts.map(
      ({ mountPath }) => `${mountPath}/`,
    );
    const files = configs().flatMap(config =>
      JSON.stringify(config).match(/(?<=")\/etc\/[^"]+/g),
    );
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      expect(mounts.some(mount => file?.startsWith(mount))).toBe(true);
    }
  });

  it('has a configuration for each pod that the agent accepts', () => {
    const names = Object.keys(only(manifests, 'ConfigMap').data ?? {});
    expect(names).toEqual(
      Array.from(
        { length: statefulSet.spec.replicas },
        (_, pods) => `${statefulSet.metadata.name}-${pods}.yaml`,
      ),
    );
    expect(container.args).toEqual([
      component,
      '--config=/etc/kubernetes-audit/config/$(POD_NAME).yaml',
    ]);
    for (const config of configs()) {
      const { admin } = schema.parse(config);
      // The kubelet does not come over loopback.
      expect(admin).toEqual({ host: '0.0.0.0', port: adminPort });
    }
  });

  it('impersonates the groups that are named, and does nothing else', () => {
    const { rules = [] } = only(manifests, 'ClusterRole');
    expect(rules.map(({ verbs }) => verbs)).toEqual(
      rules.map(() => ['impersonate']),
    );
    const groups = rules.find(({ resources }) => resources.includes('groups'));
    expect(groups?.resourceNames).toEqual([
      'developers',
      'viewers',
      'system:authenticated',
    ]);
    expect(manifests.some(({ kind }) => kind === 'Role')).toBe(false);
    const binding = only(manifests, 'ClusterRoleBinding');
    expect(binding.roleRef?.name).toBe(
      only(manifests, 'ClusterRole').metadata.name,
    );
    expect(binding.subjects).toEqual([
      {
        kind: 'ServiceAccount',
        name: pod.serviceAccountName,
        namespace: 'kubernetes-audit',
      },
    ]);
  });

  it('is fenced in by a network policy', () => {
    const { spec } = only(manifests, 'NetworkPolicy');
    expect(spec.podSelector.matchLabels).toEqual(
      statefulSet.spec.selector.matchLabels,
    );
    expect(spec.policyTypes).toEqual(['Ingress', 'Egress']);
    const open = spec.ingress
      .filter(({ from }) => !from)
      .flatMap(({ ports }) => ports)
      .map(({ port }) => port);
    // The admin listener asks for no credential.
    expect(open).toEqual(component === 'proxy' ? [6443] : []);
  });

  function configs(): Record<string, unknown>[] {
    const texts = Object.values(only(manifests, 'ConfigMap').data ?? {});
    return texts.map(text => parse(text));
  }
});

describe('examples/kubernetes', () => {
  it.each(['proxy', 'tunnel'])(
    '%s/kustomization.yaml names each file',
    name => {
      const folder = join(EXAMPLES, name);
      const { resources } = parse(
        readFileSync(join(folder, 'kustomization.yaml'), 'utf8'),
      );
      expect([...resources].sort()).toEqual(
        readdirSync(folder).filter(file => file !== 'kustomization.yaml'),
      );
    },
  );

  it('the Dockerfile ends as nobody, and copies what the build makes', () => {
    const lines = readFileSync(join(EXAMPLES, 'Dockerfile'), 'utf8');
    expect(lines).toMatch(/^USER 65532:65532$/m);
    const { scripts } = JSON.parse(
      readFileSync(resolve(__dirname, '../package.json'), 'utf8'),
    );
    const [outfile] = /(?<=--outfile=)\S+/.exec(scripts.bundle) ?? [];
    expect(lines).toContain(`/build/proxy-agent/${outfile} `);
  });

  it.each(['proxy', 'tunnel'])('the unit of the %s gives it time', name => {
    const file = resolve(
      EXAMPLES,
      `../systemd/kubernetes-audit-${name}.service`,
    );
    expect(existsSync(file)).toBe(true);
    const [, seconds] =
      /^TimeoutStopSec=(\d+)$/m.exec(readFileSync(file, 'utf8')) ?? [];
    const { stopMs } = COMPONENTS.find(c => c.component === name)!;
    expect(Number(seconds)).toBeGreaterThanOrEqual(
      stopMs / 1000 + MARGIN_SECONDS,
    );
  });
});
