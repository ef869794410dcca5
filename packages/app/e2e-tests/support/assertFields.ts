import assert from 'node:assert/strict';

/** Every expected field is there with just that value. */
export function assertFields(
  actual: object,
  expected: Record<string, unknown>,
): void {
  const found = Object.fromEntries(
    Object.entries(actual).filter(([key]) => key in expected),
  );
  assert.deepEqual(found, expected);
}
