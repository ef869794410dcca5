/** Terms are tried at each position in this order, so that `==` is not `=`. */
const OPERATORS = ['!=', '==', '='];

/**
 * The name that a field selector asks for (`metadata.name=web`), by the rules
 * of the API server: undefined if it asks for none, cannot be parsed, or asks
 * for something that cannot be a name.
 */
export function fieldSelectorName(selector: string): string | undefined {
  let name: string | undefined;
  for (const term of splitTerms(selector).sort()) {
    if (term === '') {
      continue;
    }
    const parsed = parseTerm(term);
    if (!parsed) {
      return undefined;
    }
    if (
      name === undefined &&
      parsed.field === 'metadata.name' &&
      parsed.operator !== '!='
    ) {
      name = parsed.value;
    }
  }
  return name !== undefined && isPathSegmentName(name) ? name : undefined;
}

/** Splits at the commas that no backslash stands before. */
function splitTerms(selector: string): string[] {
  const terms = [''];
  let escaped = false;
  for (const character of selector) {
    if (character === ',' && !escaped) {
      terms.push('');
    } else {
      terms[terms.length - 1] += character;
      escaped = character === '\\' && !escaped;
    }
  }
  return terms;
}

function parseTerm(
  term: string,
): { field: string; operator: string; value: string } | undefined {
  for (let index = 0; index < term.length; index++) {
    const operator = OPERATORS.find(text => term.startsWith(text, index));
    if (operator !== undefined) {
      const value = unescapeValue(term.slice(index + operator.length));
      const field = term.slice(0, index);
      return value === undefined ? undefined : { field, operator, value };
    }
  }
  return undefined;
}

/** In a value a backslash must stand before `\`, `,` and `=`, and only there. */
function unescapeValue(text: string): string | undefined {
  return /^(?:[^\\,=]|\\[\\,=])*$/.test(text)
    ? text.replace(/\\(.)/g, '$1')
    : undefined;
}

function isPathSegmentName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/%]/.test(name);
}
