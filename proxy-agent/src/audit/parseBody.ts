import { isUtf8 } from 'node:buffer';
import { Document, isScalar, parseAllDocuments, visit } from 'yaml';
import { looksLikeJson } from './annotations';
import { nestsDeeper } from './nestsDeeper';
import { repeatsKey } from './repeatsKey';

/**
 * Longer YAML is not parsed, in bytes: the parser takes about a millisecond for
 * each kilobyte, in which the proxy does nothing else. JSON has no such bound.
 */
export const MAX_YAML_BYTES = 64 * 1024;
/** YAML may name one thing many times; a body that grows by that is not parsed. */
const MAX_YAML_ALIASES = 100;

/** JSON that nests deeper is not parsed, in levels; Kubernetes refuses 10,000. */
const MAX_DEPTH = 1000;

function parseJson(content: Buffer, text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return repeatsKey(content, value) ? undefined : [value];
  } catch {
    return undefined;
  }
}

/**
 * Kubernetes reads YAML 1.1, which breaks lines at these, too, and takes a byte
 * order mark for nothing: what is a text here is a field there.
 */
const OTHER_LINE_BREAK = /\r(?!\n)|[\x85\u2028\u2029]|(?!^)\ufeff/;
/** Puts the fields of another object in place. Readers disagree about which of two values counts. */
const MERGE_KEY = '<<';

function hasMerge(document: Document.Parsed): boolean {
  let found = false;
  visit(document, {
    Pair: (_, { key }) => {
      found ||= isScalar(key) && key.value === MERGE_KEY;
      return found ? visit.BREAK : undefined;
    },
  });
  return found;
}

function parseYaml(text: string): unknown[] | undefined {
  if (OTHER_LINE_BREAK.test(text)) {
    return undefined;
  }
  try {
    const documents = parseAllDocuments(text, {
      schema: 'core',
      resolveKnownTags: false,
      prettyErrors: false,
      // Any other key would be shown as a text, with all that is in it.
      stringKeys: true,
      // Else it writes what it finds odd to stderr.
      logLevel: 'silent',
    });
    // A warning is a tag that means something to others: `!!binary` of a kind.
    return documents.every(
      document =>
        document.errors.length + document.warnings.length === 0 &&
        !hasMerge(document),
    )
      ? documents
          .map(document => document.toJS({ maxAliasCount: MAX_YAML_ALIASES }))
          .filter(value => value !== null)
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The objects and lists that a body consists of: one, or several documents of
 * YAML. Undefined when it is anything else, has a key twice, or is YAML of more
 * than {@link MAX_YAML_BYTES}. JSON is read under any media type: kubectl sends it as
 * `application/apply-patch+yaml`.
 */
export function parseBody(
  content: Buffer,
  mediaType: string,
): object[] | undefined {
  // What another character set hides: the byte order mark of UTF-16 is no UTF-8.
  if (!isUtf8(content)) {
    return undefined;
  }
  const text = content.toString('utf8');
  const isYaml = mediaType.includes('yaml');
  let values =
    (!isYaml || looksLikeJson(text)) && !nestsDeeper(content, MAX_DEPTH)
      ? parseJson(content, text)
      : undefined;
  if (!values && isYaml && content.length <= MAX_YAML_BYTES) {
    values = parseYaml(text);
  }
  const documents: object[] = [];
  for (const value of values ?? []) {
    if (typeof value !== 'object' || value === null) {
      return undefined;
    }
    documents.push(value);
  }
  return documents.length > 0 ? documents : undefined;
}
