import { requestAuditEventSchema } from './event';
import { roleSchema } from './policy';
import { recordingHeaderSchema } from './recording';

const groupsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => `group-${i}`);
const mayName = (
  schema: typeof requestAuditEventSchema | typeof recordingHeaderSchema,
  count: number,
) => schema.shape.kubernetesGroups.safeParse(groupsOf(count)).success;

describe('the groups of a role', () => {
  it('are fewer than a row and a recording can name, with system:authenticated', () => {
    const { kubernetesGroups } = roleSchema.shape;
    let most = 1;
    while (kubernetesGroups.safeParse(groupsOf(most + 1)).success) {
      most++;
    }
    expect(most).toBe(256);
    expect(mayName(requestAuditEventSchema, most + 1)).toBe(true);
    expect(mayName(recordingHeaderSchema, most + 1)).toBe(true);
  });
});
