import {
  MAX_REQUEST_BODY_BYTES,
  RequestAuditEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import { inflateBody } from './inflateBody';
import { parseBody } from './parseBody';
import { protobufEnvelope } from './protobufEnvelope';
import { redactBody } from './redactBody';
import type { RequestBodyCapture } from './RequestBodyCapture';
import {
  BodyResource,
  isForApplication,
  sensitiveKindOfUrl,
} from './sensitiveKinds';
import { yamlExcerpt } from './yamlExcerpt';

type BodyFields = Pick<
  RequestAuditEvent,
  'requestBody' | 'requestBodyTruncated' | 'requestBodySize'
>;

type Excerpt = { text: string; truncated: boolean };

function describeProtobuf(head: Buffer, size: number): Excerpt | undefined {
  const envelope = protobufEnvelope(head, size);
  if (!envelope) {
    return undefined;
  }
  const { apiVersion, kind, contentBytes } = envelope;
  const { text } = yamlExcerpt([{ apiVersion, kind }], MAX_REQUEST_BODY_BYTES);
  return {
    text: `${text}# binary content: protobuf, ${contentBytes} bytes\n`,
    truncated: false,
  };
}

function describeWhole(
  content: Buffer,
  mediaType: string,
  resource: BodyResource,
): Excerpt | undefined {
  const documents = parseBody(content, mediaType);
  return documents
    ? yamlExcerpt(
        documents.map(document =>
          // An entry takes two bytes of YAML or more: these fill the excerpt.
          redactBody(document, resource, MAX_REQUEST_BODY_BYTES),
        ),
        MAX_REQUEST_BODY_BYTES,
      )
    : describeProtobuf(content, content.length);
}

/** Of a body over the limit. */
function describeBeginning(
  capture: RequestBodyCapture,
  resource: BodyResource,
): Excerpt | undefined {
  if (sensitiveKindOfUrl(resource)) {
    return undefined;
  }
  const beginning = capture.beginning();
  if (!beginning) {
    return describeProtobuf(capture.head(), capture.size);
  }
  const { text, truncated } = yamlExcerpt(
    [beginning.value],
    MAX_REQUEST_BODY_BYTES,
  );
  return { text, truncated: truncated || !beginning.isWhole };
}

/**
 * The fields of an event that tell of its request body: redacted first, then
 * cut. What cannot be parsed is told by its type and length alone.
 *
 * @param resource - what the URL says that it is
 * @param contentEncoding - the header of that name; gzip is recognised without
 */
export function describeBody(
  capture: RequestBodyCapture,
  contentType: string | undefined,
  resource: BodyResource,
  contentEncoding?: string,
): BodyFields {
  const requestBodySize = capture.size;
  if (requestBodySize === 0) {
    return {};
  }
  const mediaType = (contentType ?? 'application/json')
    .split(';')[0]
    .trim()
    .toLowerCase();
  const captured = capture.content();
  const isReadable = !isForApplication(resource);
  const content =
    isReadable &&
    captured &&
    inflateBody(captured, contentEncoding, capture.limit);
  let excerpt: Excerpt | undefined;
  try {
    if (content) {
      excerpt = describeWhole(content, mediaType, resource);
    } else if (isReadable && !captured) {
      excerpt = describeBeginning(capture, resource);
    }
  } catch {
    // Whatever it was, it is not shown.
  }
  const shownType = /^[\w.+/-]{1,100}$/.test(mediaType) ? mediaType : 'unknown';
  return {
    requestBody:
      excerpt?.text ??
      `# not recorded: ${shownType}, ${requestBodySize} bytes\n`,
    requestBodyTruncated: excerpt?.truncated ?? false,
    requestBodySize,
  };
}
