import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { KubernetesObject } from '../store/KubernetesObject';

/** Each pod's folder, which its commands have as home and working directory. */
export class PodFiles {
  private constructor(private readonly root: string) {}

  static async create(): Promise<PodFiles> {
    return new PodFiles(await mkdtemp(join(tmpdir(), 'demo-cluster-')));
  }

  /** Where and with what environment a command of the pod runs. */
  async prepare(
    pod: KubernetesObject,
  ): Promise<{ cwd: string; env: Record<string, string> }> {
    const { name, uid } = pod.metadata;
    const cwd = join(this.root, uid);
    const prompt = `${name}:/$ `;
    await mkdir(cwd, { recursive: true });
    // An interactive bash takes its prompt from files, a plain sh from PS1.
    await writeFile(join(cwd, '.bashrc'), `PS1='${prompt}'\n`);
    const env = {
      PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
      HOME: cwd,
      TERM: 'xterm-256color',
      LANG: 'C.UTF-8',
      HOSTNAME: name,
      PS1: prompt,
    };
    return { cwd, env };
  }

  /** The program's file, as a shell would find it. */
  async findProgram(name: string, cwd: string): Promise<string | undefined> {
    const folders = (process.env.PATH ?? '').split(delimiter);
    const candidates = name.includes('/')
      ? [resolve(cwd, name)]
      : folders.filter(Boolean).map(folder => join(folder, name));
    for (const candidate of candidates) {
      const runs = await access(candidate, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (runs) return candidate;
    }
    return undefined;
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true, maxRetries: 3 });
  }
}
