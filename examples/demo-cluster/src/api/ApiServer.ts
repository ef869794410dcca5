import { IncomingMessage, ServerResponse } from 'node:http';
import { Duplex } from 'node:stream';
import { ContainerSessions } from '../exec/ContainerSessions';
import { ObjectStore } from '../store/ObjectStore';
import { authorize } from './authorize';
import { discoveryDocument } from './discovery';
import { auditId, send, sendJson, toStatusError } from './http';
import { authenticate, Identity } from './Identity';
import { openApiDocument } from './openapi';
import { findResource, Resource, resources } from './Resource';
import { parseResourceRequest, ResourceRequest } from './ResourceRequest';
import { serveLogs } from './serveLogs';
import { serveObjects } from './serveObjects';
import { serveReview } from './serveReview';
import { StatusError } from './StatusError';

interface ApiServerOptions {
  readonly store: ObjectStore;
  readonly sessions: ContainerSessions;
  readonly token: string;
  readonly now: () => number;
}

const HEALTH_PATHS = ['/livez', '/readyz', '/healthz'];

/** Who asks, may they, and who answers. */
export class ApiServer {
  private constructor(private readonly options: ApiServerOptions) {}

  static create(options: ApiServerOptions): ApiServer {
    return new ApiServer(options);
  }

  /** Answers every request; failures as a `Status`. */
  async serve(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    response.setHeader('audit-id', auditId(request));
    try {
      await this.answer(request, response);
    } catch (error) {
      const status = toStatusError(error);
      // What was not read of a body would be taken for the next request.
      request.resume();
      if (response.headersSent) response.destroy();
      else sendJson(response, status.code, status.toStatus());
    }
  }

  /** Throws a `StatusError` while the upgrade can still be refused. */
  async serveUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): Promise<void> {
    const { identity, url, target } = this.identify(request);
    if (!target) throw StatusError.unknownPath();
    authorize(identity, target);
    const resource = resourceOf(target);
    const { name, subresource = '' } = target;
    if (!name || !Object.hasOwn(resource.subresources, subresource)) {
      throw StatusError.badRequest('this path is not for upgrades');
    }
    const upgrade = { request, socket, head };
    await this.options.sessions.serve(target, url.searchParams, upgrade);
  }

  private identify(request: IncomingMessage): {
    identity: Identity;
    url: URL;
    target: ResourceRequest | undefined;
  } {
    const identity = authenticate(request, this.options.token);
    const url = new URL(`https://demo${request.url}`);
    const target = parseResourceRequest(request.method ?? '', url);
    return { identity, url, target };
  }

  private async answer(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { identity, url, target } = this.identify(request);
    if (!target) {
      answerDocument(url.pathname, request, response);
      return;
    }
    authorize(identity, target);
    if (await serveReview(request, response, target, identity)) return;
    const { store, now } = this.options;
    const resource = resourceOf(target);
    const query = url.searchParams;
    if (target.subresource === undefined) {
      const call = { request, response, query, target, resource, store, now };
      await serveObjects(call);
    } else if (target.subresource === 'log' && target.verb === 'get') {
      const { namespace, name = '' } = target;
      const pod = store.get(resources.pods, namespace, name);
      serveLogs(response, query, pod, store, now);
    } else {
      throw StatusError.badRequest('Upgrade request required');
    }
  }
}

/** What is the same for everybody who is authenticated. */
function answerDocument(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (HEALTH_PATHS.includes(path)) {
    send(response, 200, 'text/plain', 'ok');
    return;
  }
  const openApi = openApiDocument(path, request.headers.accept ?? '');
  if (openApi) {
    send(response, 200, openApi.contentType, openApi.body);
    return;
  }
  const document = discoveryDocument(path);
  if (!document) throw StatusError.unknownPath();
  sendJson(response, 200, document);
}

/** Throws a 404 for what the demo cluster does not have. */
function resourceOf(target: ResourceRequest): Resource {
  const { group, version, resource: name, subresource } = target;
  const resource = findResource(group, version, name);
  const known =
    resource &&
    (!subresource || Object.hasOwn(resource.subresources, subresource));
  if (!known) throw StatusError.unknownPath();
  return resource;
}
