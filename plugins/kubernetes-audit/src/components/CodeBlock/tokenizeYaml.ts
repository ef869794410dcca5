/** A piece of a text; without a kind it is read as it is. */
export type YamlToken = {
  text: string;
  kind?: 'key' | 'string' | 'literal' | 'comment';
};

/** What a key begins with is told apart from quotes, lists, anchors and tags. */
const KEY =
  /^("(?:[^"\\]|\\.)*"|'[^']*'|[^\s#:'"{}[\],&*!|>%@`][^:#]*)(?=:(?:\s|$))/;
const BLOCK_SCALAR = /^\s*[|>][+-]?\d?[+-]?\s*(?:#.*)?$/;
const LITERAL = /^(?:-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|true|false|null|~)$/i;
/** Quoted text, brackets, comments, what is between them. */
const FLOW = /"(?:[^"\\]|\\.)*"?|'[^']*'?|[{}[\],:]|\s+|[^\s{}[\],:"']+/g;

/**
 * Tells keys, values and comments of YAML apart for the eye. The pieces make
 * up the whole text, also where it is cut or is no YAML. JSON is YAML.
 */
export function tokenizeYaml(source: string): YamlToken[] {
  const tokens: YamlToken[] = [];
  /** Lines that are indented more belong to a block scalar. */
  let blockIndent: number | undefined;
  for (const line of source.split(/(?<=\n)/)) {
    const indent = line.search(/\S|$/);
    if (blockIndent !== undefined && (indent > blockIndent || !line.trim())) {
      tokens.push({ text: line, kind: 'string' });
      continue;
    }
    const head = /^\s*(?:-\s+)*/.exec(line)?.[0] ?? '';
    const rest = line.slice(head.length);
    const key = KEY.exec(rest)?.[0];
    const value = key === undefined ? rest : rest.slice(key.length + 1);
    tokens.push({ text: head });
    if (key !== undefined) {
      tokens.push({ text: key, kind: 'key' }, { text: ':' });
    }
    blockIndent = undefined;
    if (BLOCK_SCALAR.test(value)) {
      blockIndent = key === undefined ? indent : head.length;
      tokens.push({ text: value });
    } else {
      tokens.push(...valueTokens(value));
    }
  }
  return tokens.filter(({ text }) => text !== '');
}

function valueTokens(value: string): YamlToken[] {
  const text = value.trim();
  if (text.startsWith('#')) {
    return [{ text: value, kind: 'comment' }];
  }
  if (/^[{}[\]"']|,$/.test(text)) {
    return flowTokens(value);
  }
  const comment = /\s#.*$/s.exec(value)?.index ?? value.length;
  const scalar = value.slice(0, comment);
  return [
    { text: scalar, kind: LITERAL.test(scalar.trim()) ? 'literal' : 'string' },
    { text: value.slice(comment), kind: 'comment' },
  ];
}

function flowTokens(value: string): YamlToken[] {
  const pieces = value.match(FLOW) ?? [];
  return pieces.map((text, index): YamlToken => {
    if (/^[\s{}[\],:]/.test(text)) {
      return { text };
    }
    if (/^["']/.test(text)) {
      return { text, kind: pieces[index + 1] === ':' ? 'key' : 'string' };
    }
    return { text, kind: LITERAL.test(text) ? 'literal' : 'string' };
  });
}
