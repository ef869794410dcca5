import { context, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';

/** The tracing of a host, which keeps the spans for whoever asks. */
export class SpanCollector {
  readonly #exporter = new InMemorySpanExporter();

  static start(): SpanCollector {
    const collector = new SpanCollector();
    new NodeTracerProvider({
      spanProcessors: [new SimpleSpanProcessor(collector.#exporter)],
    }).register();
    return collector;
  }

  private constructor() {}

  /** The spans that have ended, in the order in which they did. */
  get spans() {
    return this.#exporter.getFinishedSpans().map(span => ({
      name: span.name,
      id: span.spanContext().spanId,
      parentId: span.parentSpanContext?.spanId,
      attributes: span.attributes,
      status: span.status,
      events: span.events,
    }));
  }

  named(name: string) {
    return this.spans.filter(span => span.name === name);
  }

  /** Does something as a host does that has a span for it. */
  async within<T>(work: () => Promise<T>): Promise<T> {
    return trace.getTracer('host').startActiveSpan('host', async span => {
      try {
        return await work();
      } finally {
        span.end();
      }
    });
  }

  stop(): void {
    trace.disable();
    context.disable();
  }
}
