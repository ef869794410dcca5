type FieldTypes = {
  string: string;
  number: number;
  'string?': string | undefined;
  'number?': number | undefined;
};

/**
 * Whether a value has fields of these types, and whatever else. Not by a
 * schema: to load what reads those takes as long as all else that kubectl waits
 * for at each of its calls.
 */
export function hasFields<TFields extends Record<string, keyof FieldTypes>>(
  value: unknown,
  fields: TFields,
): value is { [name in keyof TFields]: FieldTypes[TFields[name]] } {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.entries(fields).every(([name, type]) => {
      const found: unknown = Reflect.get(value, name);
      return type.endsWith('?')
        ? found === undefined || typeof found === type.slice(0, -1)
        : typeof found === type;
    })
  );
}
