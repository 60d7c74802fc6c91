import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isExecutable } from './executable.ts';

/** What decides which kustomize is the pinned one, below the repository's root. */
const inputs = [
  'infrastructure/local/tools.yaml',
  'infrastructure/local/tools/kustomize/go.mod',
  'infrastructure/local/tools/kustomize/go.sum',
];

/** The binary that an earlier resolution of the same pins found, if it is still there. Reads four small files, loads nothing. */
export function readAnswer(root: string, env: NodeJS.ProcessEnv): string | undefined {
  try {
    const path = readFileSync(answerFile(root, env), 'utf8').trim();
    return isExecutable(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps an answer for readAnswer; a state folder that cannot be written only makes the next call slower. */
export function writeAnswer(root: string, env: NodeJS.ProcessEnv, path: string): void {
  try {
    const file = answerFile(root, env);
    mkdirSync(dirname(file), { recursive: true });
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, `${path}\n`);
    renameSync(draft, file);
  } catch {
    // The resolution itself has succeeded.
  }
}

function answerFile(root: string, env: NodeJS.ProcessEnv): string {
  const hash = createHash('sha256').update(process.arch);
  for (const input of inputs) hash.update('\0').update(readFileSync(join(root, input)));
  return join(stateFolder(env), 'tools/kustomize/.answers', hash.digest('hex').slice(0, 16));
}

/** As stateFolder of the toolchain, whose modules would take longer to load than all of this. */
function stateFolder(env: NodeJS.ProcessEnv): string {
  if (env['SLUICE_STATE']) return resolve(env['SLUICE_STATE']);
  return join(env['XDG_STATE_HOME'] || join(env['HOME'] ?? '/', '.local/state'), 'sluice');
}
