import { parseBody } from './parseBody';
import { protobufEnvelope } from './protobufEnvelope';
import { protobufFields } from './protobufFields';
import type { RequestBodyCapture } from './RequestBodyCapture';

/** A longer body is not read for its name, in bytes: it is not worth the time. */
const MAX_BYTES = 256 * 1024;
/** What Kubernetes allows in a name, RBAC's colons included. */
const NAME = /^[A-Za-z0-9][-A-Za-z0-9_.:]{0,252}$/;

function fieldsOf(message: Buffer, number: number): Buffer[] {
  const found: Buffer[] = [];
  for (const field of protobufFields(message)) {
    if (field.number === number) {
      found.push(field.bytes);
    }
  }
  return found;
}

function nameInJson(body: Buffer): unknown {
  const [value] = parseBody(body, 'application/json') ?? [];
  const metadata = value && 'metadata' in value ? value.metadata : undefined;
  return typeof metadata === 'object' && metadata !== null && 'name' in metadata
    ? metadata.name
    : undefined;
}

/**
 * Every object has its ObjectMeta as field 1, and that its name as field 1. Of
 * several, the last one counts.
 */
function nameInProtobuf(body: Buffer): unknown {
  const content = protobufEnvelope(body)?.content;
  const names =
    content && fieldsOf(content, 1).flatMap(meta => fieldsOf(meta, 1));
  return names?.at(-1)?.toString('utf8');
}

/**
 * The name of the object that a `create` sends: its URL does not have it.
 *
 * @returns undefined when the server gives the name, or the body cannot be read
 */
export function objectName(capture: RequestBodyCapture): string | undefined {
  const body = capture.content();
  if (!body || body.length > MAX_BYTES) {
    return undefined;
  }
  try {
    const name = nameInProtobuf(body) ?? nameInJson(body);
    return typeof name === 'string' && NAME.test(name) ? name : undefined;
  } catch {
    return undefined;
  }
}
