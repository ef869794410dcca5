import { execParameters } from './execParameters';
import { InvalidRequestUrlError } from './InvalidRequestUrlError';

const EXEC = '/api/v1/namespaces/dev/pods/web/exec';

describe('execParameters', () => {
  it('reads what kubectl exec -it asks for', () => {
    const query =
      'command=sh&command=-c&command=echo+out%3B+echo+err+%3E%262&container=main&stdin=true&stdout=true&tty=true';
    expect(execParameters(`${EXEC}?${query}`)).toEqual({
      command: ['sh', '-c', 'echo out; echo err >&2'],
      container: 'main',
      stdin: true,
      stdout: true,
      stderr: false,
      tty: true,
    });
  });

  it('reads booleans and repetitions as the API server does', () => {
    const query =
      'tty=false&tty=true&stdin=0&stdout&stderr=no&container=a&container=b';
    expect(execParameters(`${EXEC}?${query}`)).toEqual({
      command: [],
      container: 'a',
      stdin: false,
      stdout: true,
      stderr: true,
      tty: false,
    });
  });

  it('keeps empty and repeated arguments, and UTF-8', () => {
    const query = 'command=echo&command=&command=%C3%A9&command=%C3%A9';
    expect(execParameters(`${EXEC}?${query}`).command).toEqual([
      'echo',
      '',
      'é',
      'é',
    ]);
  });

  it('asks for nothing without a query', () => {
    expect(execParameters(EXEC)).toEqual({
      command: [],
      container: '',
      stdin: false,
      stdout: false,
      stderr: false,
      tty: false,
    });
  });

  it('refuses the URLs that parseRequestInfo refuses', () => {
    expect(() => execParameters('/api/../x?command=sh')).toThrow(
      InvalidRequestUrlError,
    );
  });
});
