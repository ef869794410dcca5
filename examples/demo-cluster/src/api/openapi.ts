import { groupVersion, Resource, resources } from './Resource';
import { GIT_VERSION } from './version';

export interface Document {
  readonly contentType: string;
  readonly body: string | Buffer;
}

const V2_PROTOBUF =
  'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
const V3_PROTOBUF =
  'application/com.github.proto-openapi.spec.v3.v1.0+protobuf';
const V3_PREFIX = '/openapi/v3/';

const info = { title: 'demo cluster, not Kubernetes', version: GIT_VERSION };

/**
 * The smallest schema with which kubectl validates and applies: no types (it
 * then checks nothing itself), but for each resource the PATCH parameters by
 * which it sees that the server accepts `fieldValidation` and `dryRun`.
 * kubectl reads protobuf only; whoever asks for JSON gets an empty document.
 */
export function openApiDocument(
  path: string,
  accept: string,
): Document | undefined {
  const protobuf = accept.includes('protobuf');
  if (path === '/openapi/v2') {
    return protobuf
      ? { contentType: V2_PROTOBUF, body: v2() }
      : json({ swagger: '2.0', info, paths: {} });
  }
  const versions = new Set(Object.values(resources).map(pathOf));
  if (path === '/openapi/v3') {
    const entries = [...versions].map(version => [
      version,
      { serverRelativeURL: `${V3_PREFIX}${version}?hash=demo` },
    ]);
    return json({ paths: Object.fromEntries(entries) });
  }
  const version = path.slice(V3_PREFIX.length);
  if (!path.startsWith(V3_PREFIX) || !versions.has(version)) return undefined;
  return protobuf
    ? { contentType: V3_PROTOBUF, body: v3(version) }
    : json({ openapi: '3.0.0', info, paths: {} });
}

function json(document: object): Document {
  return { contentType: 'application/json', body: JSON.stringify(document) };
}

/** `api/v1` or `apis/apps/v1`. */
function pathOf(resource: Resource): string {
  return `${resource.group ? 'apis' : 'api'}/${groupVersion(resource)}`;
}

// The numbers are those of OpenAPIv2.proto and OpenAPIv3.proto (gnostic).

function v2(): Buffer {
  const named = Object.values(resources).map(resource => {
    const operation = [
      ...['dryRun', 'fieldValidation'].map(name =>
        // parameters: parameter: non_body: query: {in, name}
        message(8, message(1, message(2, message(3, queryField(3, 4, name))))),
      ),
      groupVersionKind(13, resource),
    ];
    return message(2, urlOf(resource), message(2, message(8, ...operation)));
  });
  return Buffer.concat([
    text(1, '2.0'),
    message(2, text(1, info.title), text(2, info.version)),
    message(8, ...named),
  ]);
}

function v3(version: string): Buffer {
  const named = Object.values(resources)
    .filter(resource => pathOf(resource) === version)
    .map(resource => {
      const operation = [
        ...['dryRun', 'fieldValidation'].map(name =>
          // parameters: parameter: {name, in}
          message(6, message(1, queryField(2, 1, name))),
        ),
        groupVersionKind(13, resource),
      ];
      return message(2, urlOf(resource), message(2, message(10, ...operation)));
    });
  return Buffer.concat([
    text(1, '3.0.0'),
    message(2, text(1, info.title), text(4, info.version)),
    message(4, ...named),
  ]);
}

function urlOf(resource: Resource): Buffer {
  const scope = resource.namespaced ? 'namespaces/{namespace}/' : '';
  return text(1, `/${pathOf(resource)}/${scope}${resource.name}/{name}`);
}

function queryField(inNumber: number, nameNumber: number, name: string) {
  return Buffer.concat([text(nameNumber, name), text(inNumber, 'query')]);
}

function groupVersionKind(number: number, resource: Resource): Buffer {
  const { group, version, kind } = resource;
  const yaml = JSON.stringify({ group, version, kind });
  return message(
    number,
    text(1, 'x-kubernetes-group-version-kind'),
    message(2, text(2, yaml)),
  );
}

function text(number: number, value: string): Buffer {
  return message(number, Buffer.from(value));
}

/** A length-delimited protobuf field. */
function message(number: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([varint(number * 8 + 2), varint(body.length), body]);
}

function varint(value: number): Buffer {
  const bytes = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) + 128);
  }
  return Buffer.from([...bytes, rest]);
}
