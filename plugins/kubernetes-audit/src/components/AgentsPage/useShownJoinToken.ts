import { useApi } from '@backstage/core-plugin-api';
import { useCallback, useEffect, useState } from 'react';
import { kubernetesAuditApiRef } from '../../api';
import type { IssuedJoinToken } from './GivenJoinToken';

/**
 * By the app's API, of which there is one: another theme makes all components
 * anew, and no token can be shown again by asking for it.
 */
const shownTokens = new WeakMap<object, IssuedJoinToken>();

/**
 * The join token that was just made, until its page is left.
 *
 * @returns the token, and what puts another one, or none, in its place
 */
export function useShownJoinToken(): [
  shown: IssuedJoinToken | undefined,
  show: (token: IssuedJoinToken | undefined) => void,
] {
  const api = useApi(kubernetesAuditApiRef);
  const [shown, setShown] = useState(() => shownTokens.get(api));

  useEffect(() => {
    const { pathname } = window.location;
    return () => {
      if (window.location.pathname !== pathname) {
        shownTokens.delete(api);
      }
    };
  }, [api]);

  const show = useCallback(
    (token: IssuedJoinToken | undefined) => {
      setShown(token);
      if (token) {
        shownTokens.set(api, token);
      } else {
        shownTokens.delete(api);
      }
    },
    [api],
  );
  return [shown, show];
}
