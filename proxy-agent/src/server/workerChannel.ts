import type { Worker } from 'node:cluster';
import { on } from 'node:events';
import type {
  MetricObjectWithValues,
  MetricValue,
  Registry,
} from 'prom-client';
import { z } from 'zod';
import { ConfigInForce, ProxyConfig, TrackedFiles } from '../config';
import { WorkerReport, WorkerReports, workerReportSchema } from '../tunnel';
import type { Readiness } from './AdminServer';

/** How often a worker tells its primary how it is, in milliseconds. */
export const REPORT_INTERVAL_MS = 500;

/** How long a worker may take to tell its metrics, in milliseconds. */
const METRICS_PATIENCE_MS = 2000;

/** What a worker has measured, as prom-client adds it up. */
export type WorkerMetrics = MetricObjectWithValues<MetricValue<string>>[];

const metricsQuestionSchema = z.object({
  type: z.literal('kubernetes-audit-metrics?'),
});
const metricsAnswerSchema = z.object({
  type: z.literal('kubernetes-audit-metrics'),
  // Written by prom-client on the other side, and read by it here.
  metrics: z.custom<WorkerMetrics>(Array.isArray),
});
const reloadSchema = z.object({
  type: z.literal('kubernetes-audit-reload!'),
});
const configQuestionSchema = z.object({
  type: z.literal('kubernetes-audit-config?'),
});
const configSchema = z.object({
  type: z.literal('kubernetes-audit-config'),
  // Checked by the process that has read it. What is in force may be of two
  // files, of which some keys wait for a restart, and need not be one of its own.
  config: z.custom<ProxyConfig>(
    value => typeof value === 'object' && value !== null,
  ),
  files: z.array(z.tuple([z.string(), z.string()])),
});
const tunnelsSchema = z.object({
  type: z.literal('kubernetes-audit-tunnels'),
  report: workerReportSchema,
});
const siblingSchema = tunnelsSchema.extend({ worker: z.number().int() });
const reportSchema = z.object({
  type: z.literal('kubernetes-audit-readiness'),
  readiness: z.array(
    z.object({
      name: z.string(),
      ready: z.boolean(),
      detail: z.string().optional(),
    }),
  ),
});

/** What a message of a worker says of its readiness; undefined for other messages. */
export function readReport(message: unknown): Readiness[] | undefined {
  return reportSchema.safeParse(message).data?.readiness;
}

/** In a worker: tells the primary regularly how it is; returns how to stop that. */
export function reportReadiness(readiness: () => Readiness[]): () => void {
  const report = () =>
    process.send?.({
      type: 'kubernetes-audit-readiness',
      readiness: readiness(),
    });
  report();
  const timer = setInterval(report, REPORT_INTERVAL_MS);
  return () => clearInterval(timer);
}

/** In a worker: tells the primary its metrics when asked; returns how to stop that. */
export function answerMetrics(registry: Registry): () => void {
  const answer = async (message: unknown) => {
    if (metricsQuestionSchema.safeParse(message).success) {
      process.send?.({
        type: 'kubernetes-audit-metrics',
        metrics: await registry.getMetricsAsJSON(),
      });
    }
  };
  process.on('message', answer);
  return () => process.off('message', answer);
}

/** In the primary: asks a worker for its metrics; undefined when it does not answer, since it starts or dies. */
export async function askMetrics(
  worker: Worker,
): Promise<WorkerMetrics | undefined> {
  const stop = new AbortController();
  const signal = AbortSignal.any([
    stop.signal,
    AbortSignal.timeout(METRICS_PATIENCE_MS),
  ]);
  const gone = () => stop.abort();
  worker.once('exit', gone);
  worker.send({ type: 'kubernetes-audit-metrics?' }, error => {
    if (error) {
      gone();
    }
  });
  try {
    for await (const [message] of on(worker, 'message', { signal })) {
      const { data } = metricsAnswerSchema.safeParse(message);
      if (data) {
        return data.metrics;
      }
    }
  } catch {
    // Aborted.
  } finally {
    worker.off('exit', gone);
  }
  return undefined;
}

/** In the primary: tells a worker to reload its configuration. */
export function tellToReload(worker: Worker): void {
  // One that dies gets what is in force when it is started again.
  worker.send({ type: 'kubernetes-audit-reload!' }, () => {});
}

/** In a worker: calls back when the primary tells it to reload its configuration; returns how to stop that. */
export function onToldToReload(reload: () => void): () => void {
  const listener = (message: unknown) => {
    if (reloadSchema.safeParse(message).success) {
      reload();
    }
  };
  process.on('message', listener);
  return () => process.off('message', listener);
}

/** A configuration may name secrets: it goes over the channel between the processes, and stands in no argument or variable. */
function configMessage({ config, files }: ConfigInForce) {
  return { type: 'kubernetes-audit-config', config, files: files.seen };
}

/** The configuration in a message, either way; undefined for other messages. */
export function readConfig(message: unknown): ConfigInForce | undefined {
  const { data } = configSchema.safeParse(message);
  return (
    data && { config: data.config, files: TrackedFiles.create(data.files) }
  );
}

/** In the primary: whether a worker that was just started asks for its configuration. */
export function asksForConfig(message: unknown): boolean {
  return configQuestionSchema.safeParse(message).success;
}

/** In the primary: gives a worker its configuration. */
export function tellConfig(worker: Worker, inForce: ConfigInForce): void {
  worker.send(configMessage(inForce), () => {});
}

/** In a worker: what the primary gives it. */
export async function configOfPrimary(): Promise<ConfigInForce> {
  // Node ends a worker whose primary is gone.
  return await new Promise(resolve => {
    const listener = (message: unknown) => {
      const inForce = readConfig(message);
      if (inForce) {
        process.off('message', listener);
        resolve(inForce);
      }
    };
    process.on('message', listener);
    // It asks, for what comes while its program is still being loaded is lost.
    process.send?.({ type: 'kubernetes-audit-config?' });
  });
}

/** In a worker: tells the primary what it has taken over, for those that are started later. */
export function reportConfig(inForce: ConfigInForce): void {
  process.send?.(configMessage(inForce));
}

/** In the primary: the tunnels that a worker's message tells of; undefined for other messages. */
export function readTunnels(message: unknown): WorkerReport | undefined {
  return tunnelsSchema.safeParse(message).data?.report;
}

/** In the primary: tells a worker of the tunnels of another one. */
export function tellTunnels(
  to: Worker,
  worker: number,
  report: WorkerReport,
): void {
  to.send({ type: 'kubernetes-audit-tunnels', worker, report }, () => {});
}

/** In a worker: the tunnels of the others, by way of the primary. */
export function tunnelReports(): WorkerReports {
  return {
    send: report =>
      process.send?.({ type: 'kubernetes-audit-tunnels', report }),
    onReport: listener => {
      process.on('message', message => {
        const { data } = siblingSchema.safeParse(message);
        if (data) {
          listener(data.worker, data.report);
        }
      });
    },
  };
}
