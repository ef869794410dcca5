import { Attributes, SpanStatusCode, trace } from '@opentelemetry/api';
import type { AttributesOf, SpanName } from './spans';

const TRACER = 'backstage-plugin-kubernetes-audit-backend';
/** What names of spans and attributes begin with. */
const PREFIX = 'kubernetes_audit.';

/** Adds what is known of the work only while it is done. */
export type DescribeSpan<Name extends SpanName> = (
  attributes: AttributesOf<Name>,
) => void;

/**
 * Does some work as a span below the one that is under way, in whatever
 * tracing the host has set up; without any, the work is done all the same.
 */
export async function withSpan<Name extends SpanName, T>(
  name: Name,
  attributes: AttributesOf<Name>,
  work: (describe: DescribeSpan<Name>) => Promise<T>,
): Promise<T> {
  return trace
    .getTracer(TRACER)
    .startActiveSpan(
      PREFIX + name,
      { attributes: prefixed(attributes) },
      async span => {
        try {
          return await work(more => span.setAttributes(prefixed(more)));
        } catch (error) {
          // Not what it says: a database's error has the values of the row in it.
          const type = error instanceof Error ? error.name : 'Error';
          span.recordException({ name: type });
          span.setAttribute('error.type', type);
          span.setStatus({ code: SpanStatusCode.ERROR });
          throw error;
        } finally {
          span.end();
        }
      },
    );
}

function prefixed(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [PREFIX + name, value]),
  );
}
