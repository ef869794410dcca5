/** A text of the other side's, or undefined when it is no JSON or not of the schema. */
export function parseJson<T>(
  text: string,
  schema: { safeParse: (value: unknown) => { data?: T } },
): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
