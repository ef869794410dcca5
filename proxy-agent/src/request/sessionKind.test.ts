import { parseRequestInfo } from './RequestInfo';
import { resourceLabel } from './resourceLabel';
import {
  authorizationVerb,
  isSessionRequest,
  sessionKind,
} from './sessionKind';

const POD = '/api/v1/namespaces/dev/pods/web';

describe('sessions', () => {
  it.each([
    ['GET', `${POD}/exec?command=sh`, 'exec'],
    ['POST', `${POD}/exec?command=sh`, 'exec'],
    ['DELETE', `${POD}/exec`, 'exec'],
    ['GET', `${POD}/attach`, 'attach'],
    ['POST', `${POD}/portforward`, 'portforward'],
    ['GET', `${POD}/ex%65c`, 'exec'],
    ['GET', '/api/v1/watch/namespaces/dev/pods/web/exec', 'exec'],
  ])('%s %s is one, authorized as create', (method, url, kind) => {
    const info = parseRequestInfo(method, url);
    expect(sessionKind(info)).toBe(kind);
    expect(isSessionRequest(info)).toBe(true);
    expect(authorizationVerb(info)).toBe('create');
  });

  it.each([
    ['GET', POD, 'get'],
    ['GET', `${POD}/log?follow=true`, 'get'],
    ['GET', `${POD}/proxy/exec`, 'get'],
    ['PATCH', `${POD}/ephemeralcontainers`, 'patch'],
    ['GET', '/api/v1/namespaces/dev/services/web/exec', 'get'],
    ['GET', '/apis/example.com/v1/namespaces/dev/pods/web/exec', 'get'],
    ['GET', '/api/v1/proxy/namespaces/dev/pods/web/exec', 'proxy'],
    ['GET', '/api/v1/namespaces/dev/pods?watch=1', 'watch'],
    ['GET', '/version', 'get'],
  ])('%s %s is none', (method, url, verb) => {
    const info = parseRequestInfo(method, url);
    expect(sessionKind(info)).toBeUndefined();
    expect(isSessionRequest(info)).toBe(false);
    expect(authorizationVerb(info)).toBe(verb);
  });
});

describe('resourceLabel', () => {
  it.each([
    [POD, 'pods'],
    [`${POD}/exec`, 'pods/exec'],
    ['/api/v1/namespaces/dev', 'namespaces'],
    ['/apis/apps/v1/deployments', 'deployments'],
    ['/healthz', ''],
  ])('names the resource of %s %j', (url, label) => {
    expect(resourceLabel(parseRequestInfo('GET', url))).toBe(label);
  });
});
