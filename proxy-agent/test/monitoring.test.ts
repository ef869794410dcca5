import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';

const ROOT = resolve(__dirname, '../..');
const read = (path: string) => readFileSync(resolve(ROOT, path), 'utf8');

/** Each has its own test that it is right. */
const DOCUMENTED = new Set(
  ['docs/monitoring-proxy.md', 'docs/setup-tunnel.md'].flatMap(path =>
    [...read(path).matchAll(/^\| `(kubernetes_audit_\w+)`/gm)].map(
      ([, name]) => name,
    ),
  ),
);

function metricsOf(expressions: string[]): string[] {
  return expressions.flatMap(
    expression => expression.match(/kubernetes_audit_\w+/g) ?? [],
  );
}

function alertExpressions(): string[] {
  const { groups } = parse(read('examples/monitoring/alerts.yaml'));
  return groups.flatMap(({ rules }: { rules: { expr: string }[] }) =>
    rules.map(({ expr }) => expr),
  );
}

function dashboardExpressions(): string[] {
  const { panels } = JSON.parse(read('examples/monitoring/dashboard.json'));
  return panels.flatMap(({ targets = [] }: { targets?: { expr: string }[] }) =>
    targets.map(({ expr }) => expr),
  );
}

describe('examples/monitoring', () => {
  it.each([
    ['alerts.yaml', alertExpressions],
    ['dashboard.json', dashboardExpressions],
  ])('%s names metrics that there are', (_, expressions) => {
    const named = metricsOf(expressions());
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter(name => !DOCUMENTED.has(name))).toEqual([]);
  });

  it('the dashboard shows each metric that is watched by an alert', () => {
    const shown = new Set(metricsOf(dashboardExpressions()));
    const watched = metricsOf(alertExpressions()).filter(
      name => name !== 'kubernetes_audit_policy_version',
    );
    expect(watched.filter(name => !shown.has(name))).toEqual([]);
  });

  it('the tests of the alerts name alerts that there are', () => {
    const { groups } = parse(read('examples/monitoring/alerts.yaml'));
    const alerts = groups.flatMap(({ rules }: { rules: { alert: string }[] }) =>
      rules.map(({ alert }) => alert),
    );
    const { tests } = parse(read('examples/monitoring/alerts.test.yaml'));
    const tested = tests.flatMap(
      (test: { alert_rule_test: { alertname: string }[] }) =>
        test.alert_rule_test.map(({ alertname }) => alertname),
    );
    expect(tested.length).toBeGreaterThan(10);
    expect(tested.filter((name: string) => !alerts.includes(name))).toEqual([]);
  });

  it('has no panel over another', () => {
    const { panels } = JSON.parse(read('examples/monitoring/dashboard.json'));
    const places: { x: number; y: number; w: number; h: number }[] = panels.map(
      ({ gridPos }: { gridPos: object }) => gridPos,
    );
    const overlaps = places.flatMap((a, index) =>
      places
        .slice(index + 1)
        .filter(
          b =>
            a.x < b.x + b.w &&
            b.x < a.x + a.w &&
            a.y < b.y + b.h &&
            b.y < a.y + a.h,
        ),
    );
    expect(overlaps).toEqual([]);
  });
});
