/** What JSON text can hold. */
export type Json = string | number | boolean | null | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json | undefined };

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object at a path, `{}` when there is none. */
export function objectAt(value: JsonObject, ...path: string[]): JsonObject {
  let current = value;
  for (const key of path) {
    const next = current[key];
    if (!isJsonObject(next)) return {};
    current = next;
  }
  return current;
}

/** The objects of the list `key`, `[]` when there is none. */
export function objectsAt(value: JsonObject, key: string): JsonObject[] {
  const list = value[key];
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}

/** The text at `key`, `undefined` when it is something else. */
export function textAt(value: JsonObject, key: string): string | undefined {
  const text = value[key];
  return typeof text === 'string' ? text : undefined;
}
