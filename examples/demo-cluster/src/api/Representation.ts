import { JsonObject } from '../json';
import { KubernetesObject } from '../store/KubernetesObject';
import { groupVersion, Resource } from './Resource';
import { StatusError } from './StatusError';
import { toTable } from './table';

/** How a client wants to see objects: as they are, or as a Table. */
export class Representation {
  private constructor(
    private readonly resource: Resource,
    private readonly include: string | null,
    private readonly now: () => number,
    readonly isTable: boolean,
  ) {}

  /** Throws a 406 for who reads protobuf only. */
  static fromAccept(
    accept: string,
    query: URLSearchParams,
    resource: Resource,
    now: () => number,
  ): Representation {
    if (!/^$|\*\/\*|application\/(json|\*)/.test(accept)) {
      throw StatusError.create(
        406,
        'NotAcceptable',
        'only the following media types are accepted: application/json',
      );
    }
    const isTable = /application\/json;[^,]*as=Table/.test(accept);
    return new Representation(
      resource,
      query.get('includeObject'),
      now,
      isTable,
    );
  }

  one(object: KubernetesObject): JsonObject {
    const { resourceVersion } = object.metadata;
    return this.isTable ? this.table([object], { resourceVersion }) : object;
  }

  list(objects: KubernetesObject[], version: number): JsonObject {
    const metadata = { resourceVersion: String(version) };
    if (this.isTable) return this.table(objects, metadata);
    return {
      kind: `${this.resource.kind}List`,
      apiVersion: groupVersion(this.resource),
      metadata,
      items: objects,
    };
  }

  private table(objects: KubernetesObject[], metadata: JsonObject) {
    const { include, now } = this;
    return toTable(this.resource.name, objects, {
      now: now(),
      include,
      metadata,
    });
  }
}
