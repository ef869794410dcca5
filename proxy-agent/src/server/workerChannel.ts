import type { Worker } from 'node:cluster';
import { on } from 'node:events';
import type {
  MetricObjectWithValues,
  MetricValue,
  Registry,
} from 'prom-client';
import { z } from 'zod';
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
  // One that dies reads it anew when it is started again.
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
