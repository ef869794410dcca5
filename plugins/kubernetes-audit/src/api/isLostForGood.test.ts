import { ResponseError } from '@backstage/errors';
import { isLostForGood } from './isLostForGood';

const failureWith = (status: number) =>
  ResponseError.fromResponse(
    Response.json({ error: {}, response: {} }, { status }),
  );

describe('isLostForGood', () => {
  it.each([400, 404, 410, 422, 500])(
    'gives up what the portal answers with %i',
    async status => {
      expect(isLostForGood(await failureWith(status))).toBe(true);
    },
  );

  it.each([401, 403, 429, 502, 503, 504])(
    'does not give up what the portal answers with %i',
    async status => {
      expect(isLostForGood(await failureWith(status))).toBe(false);
    },
  );

  it('does not give up when the portal is out of reach', () => {
    expect(isLostForGood(new TypeError('Failed to fetch'))).toBe(false);
    expect(isLostForGood(undefined)).toBe(false);
  });
});
