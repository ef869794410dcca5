import { z } from 'zod';
import type { Readiness } from './AdminServer';

/** How often a worker tells its primary how it is, in milliseconds. */
export const REPORT_INTERVAL_MS = 500;

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
