import { RequestInfo } from './RequestInfo';

/** `pods`, `pods/exec`: as audit rows and rules name it; '' for non-resources. */
export function resourceLabel(info: RequestInfo): string {
  return info.subresource === ''
    ? info.resource
    : `${info.resource}/${info.subresource}`;
}
