import { z } from 'zod';

/** Characters of a tag's key or value. */
const MAX_TAG_LENGTH = 253;

/** What a tunnel agent is called. @public */
export const tunnelAgentNameSchema = z
  .string()
  .max(253)
  .regex(
    /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/,
    'expected letters, digits, "-", "_" and "."',
  );

/** Tags of a tunnel agent, by which clusters select it. @public */
export const tunnelTagsSchema = z
  .record(z.string().min(1).max(MAX_TAG_LENGTH), z.string().max(MAX_TAG_LENGTH))
  .refine(tags => Object.keys(tags).length <= 64, 'expected at most 64 tags');

/**
 * The tags that select an agent, as one text: `env=prod,site=fra1`.
 *
 * @public
 */
export function formatTunnelTags(tags: Record<string, string>): string {
  return Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',');
}
