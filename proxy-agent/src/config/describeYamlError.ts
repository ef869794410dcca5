import { Document, ErrorCode, visit, YAMLError } from 'yaml';

/** Where the parser's own words may repeat what stands in the file. */
const WORDS: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: 'what begins with * or & must be put in quotes',
  BAD_COLLECTION_TYPE: 'what begins with ! must be put in quotes',
  BAD_DIRECTIVE: 'what begins with % must be put in quotes',
  BAD_DQ_ESCAPE:
    'a backslash in double quotes must be doubled, or stand in single quotes',
  BAD_SCALAR_START:
    'what begins with a special character must be put in quotes',
  NON_STRING_KEY: 'a key must be text',
  MULTIPLE_DOCS: 'the file holds more than one document',
  TAG_RESOLVE_FAILED: 'what begins with ! must be put in quotes',
  UNEXPECTED_TOKEN:
    'this cannot stand here; what has special characters must be put in quotes',
};

/** What is wrong with a YAML file, for who wrote it. No value is repeated: it may be a secret. */
export function describeYamlError({ code, message }: YAMLError): string {
  return WORDS[code] ?? message;
}

/** Where something stands that begins with `*` and names nothing, as an offset; undefined when there is none. */
export function deadAlias(document: Document.Parsed): number | undefined {
  let offset: number | undefined;
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document)) {
        return undefined;
      }
      offset = alias.range?.[0];
      return visit.BREAK;
    },
  });
  return offset;
}
