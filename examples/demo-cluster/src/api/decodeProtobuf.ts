import { Json, JsonObject, objectAt, textAt } from '../json';
import { StatusError } from './StatusError';

/** Of the envelope that Kubernetes puts around protobuf. */
const MAGIC = Buffer.from('k8s\0');

/**
 * The fields by their numbers, only those that `kubectl create` and `kubectl
 * auth` fill: newer ones send these few kinds as protobuf. After the colon is
 * what is not text, a `*` marks a list.
 */
const MESSAGES: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  Unknown: { 1: 'type:TypeMeta', 2: 'raw:bytes' },
  TypeMeta: { 1: 'apiVersion', 2: 'kind' },
  ObjectMeta: {
    ...{ 1: 'name', 2: 'generateName', 3: 'namespace' },
    ...{ 11: 'labels:map', 12: 'annotations:map' },
  },
  Namespace: { 1: 'metadata:ObjectMeta' },
  ConfigMap: {
    ...{ 1: 'metadata:ObjectMeta', 2: 'data:map' },
    ...{ 3: 'binaryData:bytesMap', 4: 'immutable:boolean' },
  },
  Secret: {
    ...{ 1: 'metadata:ObjectMeta', 2: 'data:bytesMap', 3: 'type' },
    ...{ 4: 'stringData:map', 5: 'immutable:boolean' },
  },
  Deployment: { 1: 'metadata:ObjectMeta', 2: 'spec:DeploymentSpec' },
  DeploymentSpec: {
    ...{ 1: 'replicas:number', 2: 'selector:LabelSelector' },
    ...{ 3: 'template:PodTemplate' },
  },
  LabelSelector: { 1: 'matchLabels:map' },
  PodTemplate: { 1: 'metadata:ObjectMeta', 2: 'spec:PodSpec' },
  PodSpec: { 2: 'containers:Container*' },
  Container: {
    ...{ 1: 'name', 2: 'image', 3: 'command:text*', 4: 'args:text*' },
    ...{ 6: 'ports:ContainerPort*' },
  },
  ContainerPort: { 1: 'name', 3: 'containerPort:number', 4: 'protocol' },
  DeleteOptions: { 5: 'dryRun:text*' },
  SelfSubjectReview: {},
  SelfSubjectAccessReview: { 2: 'spec:AccessReviewSpec' },
  AccessReviewSpec: { 1: 'resourceAttributes:ResourceAttributes' },
  ResourceAttributes: {
    ...{ 1: 'namespace', 2: 'verb', 3: 'group', 4: 'version' },
    ...{ 5: 'resource', 6: 'subresource', 7: 'name' },
  },
};

/** Throws a 415 for a kind that is not known here. */
export function decodeProtobuf(body: Buffer): JsonObject {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) throw unreadable('bytes');
  const envelope = decode('Unknown', body.subarray(MAGIC.length));
  const { apiVersion } = objectAt(envelope, 'type');
  const kind = textAt(objectAt(envelope, 'type'), 'kind') ?? '';
  if (!Object.hasOwn(MESSAGES, kind)) throw unreadable(kind);
  const raw = Buffer.from(String(envelope.raw ?? ''), 'base64');
  return { apiVersion, kind, ...decode(kind, raw) };
}

function decode(message: string, bytes: Buffer): JsonObject {
  const result: JsonObject = {};
  for (const [number, value] of fieldsOf(bytes)) {
    const [name, declared = 'text'] = (MESSAGES[message][number] ?? '').split(
      ':',
    );
    if (!name) continue;
    const before = result[name];
    if (declared.endsWith('*')) {
      const items = Array.isArray(before) ? before : [];
      const item = decodeValue(declared.slice(0, -1), value);
      result[name] = [...items, item];
    } else if (declared === 'map' || declared === 'bytesMap') {
      const entry = new Map(fieldsOf(bytesOf(value)));
      const key = decodeValue('text', entry.get(1));
      const type = declared === 'map' ? 'text' : 'bytes';
      const content = decodeValue(type, entry.get(2));
      result[name] = { ...objectAt(result, name), [String(key)]: content };
    } else {
      const plain = decodeValue(declared, value);
      // Go writes empty texts too; in JSON they are absent.
      if (plain !== '') result[name] = plain;
    }
  }
  return result;
}

function decodeValue(type: string, value: Buffer | number | undefined): Json {
  switch (type) {
    case 'text':
      return bytesOf(value).toString('utf8');
    case 'bytes':
      return bytesOf(value).toString('base64');
    case 'number':
      return Number(value);
    case 'boolean':
      return Boolean(value);
    default:
      return decode(type, bytesOf(value));
  }
}

function bytesOf(value: Buffer | number | undefined): Buffer {
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
}

/** The fields with their numbers: varints and length-delimited ones. */
function fieldsOf(bytes: Buffer): [number, Buffer | number][] {
  const fields: [number, Buffer | number][] = [];
  let offset = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes.readUInt8(offset++);
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  while (offset < bytes.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (wireType === 0) {
      fields.push([number, varint()]);
    } else if (wireType === 2) {
      const length = varint();
      fields.push([number, bytes.subarray(offset, offset + length)]);
      offset += length;
    } else {
      throw unreadable(`a field of wire type ${wireType}`);
    }
  }
  return fields;
}

function unreadable(what: string): StatusError {
  return StatusError.create(
    415,
    'UnsupportedMediaType',
    `the demo cluster cannot read ${what} as protobuf; send JSON`,
  );
}
