import type { Platform } from '../platform.ts';
import { attempt, run, type RunOptions, type RunResult } from '../run.ts';

/** Runs kubectl against the platform's cluster and gives its standard output; a failure is a UserError. */
export async function kubectl(platform: Platform, args: readonly string[], input?: string): Promise<string> {
  const { command, line, options } = await prepare(platform, args, input);
  return await run(command, line, options);
}

/** Like kubectl, but a failure is a result. */
export async function tryKubectl(platform: Platform, args: readonly string[]): Promise<RunResult> {
  const { command, line, options } = await prepare(platform, args);
  return await attempt(command, line, options);
}

/** A namespaced object, or undefined where it does not exist. */
export async function getObject<T>(
  platform: Platform,
  kind: string,
  namespace: string,
  name: string,
): Promise<T | undefined> {
  const args = ['get', kind, name, '--namespace', namespace, '--ignore-not-found', '--output', 'json'];
  const text = await kubectl(platform, args);
  return text === '' ? undefined : (JSON.parse(text) as T);
}

/** Applies objects as the platform: what it says wins, what it does not mention stays. */
export async function apply(platform: Platform, stream: string, manager = 'sluice-platform'): Promise<void> {
  if (stream === '') return;
  const args = ['apply', '--server-side', '--force-conflicts', `--field-manager=${manager}`, '--filename', '-'];
  await kubectl(platform, args, stream);
}

async function prepare(
  platform: Platform,
  args: readonly string[],
  input?: string,
): Promise<{ command: string; line: string[]; options: RunOptions }> {
  const { bin } = await platform.tool('kubernetes');
  const { kubeconfig, context } = platform.driver;
  return {
    command: bin['kubectl'] ?? 'kubectl',
    line: ['--kubeconfig', kubeconfig, '--context', context, ...args],
    options: { env: platform.env, signal: platform.signal, ...(input === undefined ? {} : { input }) },
  };
}
