import { parse } from 'yaml';
import {
  MAX_REQUEST_BODY_BYTES,
  RequestAuditEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import { BodyResource, redactBody } from './redactBody';
import type { RequestBodyCapture } from './RequestBodyCapture';
import { yamlExcerpt } from './yamlExcerpt';

/** YAML may name one thing many times; a body that grows by that is not parsed. */
const MAX_YAML_ALIASES = 100;

type BodyFields = Pick<
  RequestAuditEvent,
  'requestBody' | 'requestBodyTruncated' | 'requestBodySize'
>;

function parseBody(content: Buffer, mediaType: string): unknown {
  const text = content.toString('utf8');
  return /yaml/.test(mediaType)
    ? parse(text, { maxAliasCount: MAX_YAML_ALIASES })
    : JSON.parse(text);
}

/**
 * The fields of an event that tell of its request body: redacted first, then
 * cut. What cannot be parsed is told by its type and length alone.
 */
export function describeBody(
  capture: RequestBodyCapture,
  contentType: string | undefined,
  resource: BodyResource,
): BodyFields {
  if (capture.size === 0) {
    return {};
  }
  const mediaType = (contentType ?? 'application/json')
    .split(';')[0]
    .trim()
    .toLowerCase();
  const content = capture.content();
  const requestBodySize = capture.size;
  if (content) {
    try {
      const { text, truncated } = yamlExcerpt(
        redactBody(parseBody(content, mediaType), resource),
        MAX_REQUEST_BODY_BYTES,
      );
      return {
        requestBody: text,
        requestBodyTruncated: truncated,
        requestBodySize,
      };
    } catch {
      // Not JSON or YAML, or not whole: the bytes may hold anything.
    }
  }
  const shownType = /^[\w.+/-]{1,100}$/.test(mediaType) ? mediaType : 'unknown';
  return {
    requestBody: `# not recorded: ${shownType}, ${requestBodySize} bytes\n`,
    requestBodyTruncated: false,
    requestBodySize,
  };
}
