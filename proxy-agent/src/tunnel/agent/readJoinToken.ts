import { readFileSync } from 'node:fs';
import {
  JoinToken,
  parseJoinToken,
} from 'backstage-plugin-kubernetes-audit-common';
import type { TunnelConfig } from '../../config';
import type { AgentIdentity } from './AgentIdentity';

/**
 * The token that the configuration names; undefined when it names none, or one
 * that has served its purpose and is gone.
 *
 * @throws Error when it cannot be read
 */
export function readJoinToken(
  { joinToken, joinTokenFile }: TunnelConfig,
  identity: AgentIdentity,
): JoinToken | undefined {
  if (joinToken !== undefined) {
    return parseJoinToken(joinToken);
  }
  if (joinTokenFile === undefined) {
    return undefined;
  }
  let text;
  try {
    text = readFileSync(joinTokenFile, 'utf8');
  } catch (error) {
    if (identity.hasJoined(undefined)) {
      return undefined;
    }
    throw error;
  }
  return parseJoinToken(text);
}
