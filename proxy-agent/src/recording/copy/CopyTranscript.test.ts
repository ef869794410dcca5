import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CopyTranscript } from './CopyTranscript';
import { detectCopy } from './detectCopy';

const COPY = { direction: 'from the pod', path: '/etc' } as const;

describe('CopyTranscript', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'copy-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** An archive of the directory, as Debian's tar makes it. */
  const archive = (...options: string[]) =>
    execFileSync('tar', [...options, '-cf', '-', '-C', directory, '.'], {
      maxBuffer: 64 * 1024 * 1024,
    });

  /** What is recorded of the bytes when they come in pieces of this length. */
  function record(bytes: Buffer, length: number) {
    const transcript = CopyTranscript.create(COPY);
    let text = transcript.head;
    const raw: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += length) {
      const recorded = transcript.push(bytes.subarray(at, at + length));
      if (recorded && 'text' in recorded) {
        text += recorded.text;
      } else if (recorded) {
        raw.push(recorded.bytes);
      }
    }
    raw.push(transcript.rest);
    return { text: text + transcript.sum, raw: Buffer.concat(raw) };
  }

  const longName = `${'d'.repeat(60)}/${'e'.repeat(60)}/${'f'.repeat(60)}`;

  it.each(['gnu', 'pax', 'ustar'])(
    'names what is in an archive of format %s, wherever it is cut',
    format => {
      mkdirSync(join(directory, longName), { recursive: true });
      writeFileSync(join(directory, 'a.txt'), 'hello');
      writeFileSync(join(directory, longName, 'ä.bin'), Buffer.alloc(2000));
      const bytes = archive(`--format=${format}`);
      const { text, raw } = record(bytes, bytes.length);
      expect(raw.length).toBe(0);
      expect(text).toContain('copy from the pod: /etc\r\n');
      expect(text).toContain('./a.txt  5\r\n');
      expect(text).toContain(`./${longName}/ä.bin  2000\r\n`);
      expect(text).toContain(
        `6 entries, 2005 bytes in files, ${bytes.length} bytes transferred`,
      );
      for (const length of [1, 7, 511, 512, 513]) {
        expect(record(bytes, length)).toEqual({ text, raw });
      }
    },
  );

  it('keeps what is no archive as it is, also behind one', () => {
    const shell = Buffer.from('$ echo tar is my shell\r\n'.repeat(40));
    for (const length of [1, 100, 5000]) {
      const { text, raw } = record(shell, length);
      expect(raw.toString()).toBe(shell.toString());
      expect(text).toContain('0 entries');
    }
    expect(record(Buffer.from('tar: no'), 100).raw.toString()).toBe('tar: no');
    writeFileSync(join(directory, 'a'), 'x');
    const both = Buffer.concat([archive(), shell]);
    expect(record(both, 512).raw.toString()).toBe(shell.toString());
    expect(record(both, both.length).raw.length).toBeGreaterThan(shell.length);
  });

  it('lets no name write to the terminal of who replays it', () => {
    writeFileSync(join(directory, 'a\u001b[2J\u202eb'), '');
    expect(record(archive(), 4096).text).toContain(
      './a\u{fffd}[2J\u{fffd}b  0',
    );
  });

  it('names a thousand files, and counts the others', () => {
    for (let i = 0; i < 1100; i++) {
      writeFileSync(join(directory, `${i}`), '');
    }
    const { text } = record(archive(), 65536);
    expect(text.split('\r\n').length).toBeLessThan(1010);
    expect(text).toContain('… and 101 more\r\n1101 entries');
  });

  it('takes no archive for one whose header is damaged', () => {
    writeFileSync(join(directory, 'a'), 'x');
    const bytes = archive();
    bytes[bytes.indexOf('./a')] ^= 1;
    const { raw } = record(bytes, 512);
    expect(raw.length).toBeGreaterThan(0);
  });
});

describe('detectCopy', () => {
  it.each([
    [['tar', 'cf', '-', '/etc/passwd'], 'from the pod', '/etc/passwd'],
    [['sh', '-c', 'tar cf - /a b | tail -c+1'], 'from the pod', '/a b'],
    [['tar', '-xmf', '-', '-C', '/tmp'], 'to the pod', '/tmp'],
    [['tar', 'xf', '-'], 'to the pod', '.'],
    [
      [
        'tar',
        '--no-same-permissions',
        '--no-same-owner',
        '-xmf',
        '-',
        '-C',
        '/',
      ],
      'to the pod',
      '/',
    ],
  ])('knows %j', (command, direction, path) => {
    const stdin = direction === 'to the pod';
    expect(detectCopy({ command, stdin, tty: false })).toEqual({
      direction,
      path,
    });
    expect(detectCopy({ command, stdin, tty: true })).toBeUndefined();
  });

  it('takes no archive out of a pod that somebody types into', () => {
    const command = ['tar', 'cf', '-', '/etc'];
    expect(detectCopy({ command, stdin: true, tty: false })).toBeUndefined();
  });

  it.each([
    [['tar', 'tf', '-']],
    [['tar', 'cf', '/backup.tar', '/etc']],
    [['sh', '-c', 'tar cf - /a; id']],
    [['sh', '-c', 'tar cf - /a; id | tail -c+1']],
    [['sh', '-c', 'tar cf - /a\nid | tail -c+1']],
    [['sh', '-c', 'tar cf - $(id) | tail -c+1']],
    [['sh', '-c', 'tar cf - /a --to-command=sh | tail -c+1']],
    [['tar', 'xf', '-', '--to-command=sh']],
    [['tar', 'cf', '-', '/a', '--checkpoint-action=exec=sh']],
    [['tar', 'cf', '-', '/a', '-I', 'sh']],
    [['tar', 'cIf', 'sh', '-', '/a']],
    [['sh']],
    [[]],
  ])('knows nothing of %j', command => {
    for (const stdin of [true, false]) {
      expect(detectCopy({ command, stdin, tty: false })).toBeUndefined();
    }
  });
});
