import { spawnSync } from 'node:child_process';

const VALUES = [
  'portal.url=https://portal.example.com/api/kubernetes-audit',
  'proxy.publicUrl=https://kubernetes.example.com:6443',
  'tunnel.proxies={https://kubernetes.example.com:6443}',
];

/**
 * What a chart makes of one kind of agent. The helm on PATH, or the one that
 * the variable HELM names.
 *
 * @returns undefined when there is no helm
 */
export function renderChart(
  chart: string,
  { only }: { only: 'proxy' | 'tunnel' },
): string | undefined {
  const { HELM = 'helm' } = process.env;
  const values = [
    ...VALUES,
    `proxy.enabled=${only === 'proxy'}`,
    `tunnel.enabled=${only === 'tunnel'}`,
  ];
  const { error, status, stdout, stderr } = spawnSync(
    HELM,
    [
      'template',
      'kubernetes-audit',
      chart,
      '--namespace=kubernetes-audit',
      ...values.flatMap(value => ['--set', value]),
    ],
    { encoding: 'utf8' },
  );
  if (error) {
    return undefined;
  }
  if (status !== 0) {
    throw new Error(stderr);
  }
  return stdout;
}
