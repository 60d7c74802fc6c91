import { readFile } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { join } from 'node:path';
import { UserError } from '@sluice/scripts/errors';
import { parse } from 'yaml';
import { z } from 'zod';

const address = z.string().refine(isIPv4, 'must be an IPv4 address');
const subnet = z.string().regex(/^\d+\.\d+\.\d+\.\d+\/\d+$/, 'must be an IPv4 subnet such as 10.244.0.0/24');
/** The kernel takes at most 15 characters: https://man7.org/linux/man-pages/man7/netdevice.7.html */
const link = z.string().regex(/^[a-z][a-z0-9-]{0,14}$/, 'must be a link name of at most 15 characters');
/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names */
const name = z.string().regex(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be a DNS label such as orders-dev');
const port = z.int().min(1).max(65535);

const schema = z.strictObject({
  node: z.strictObject({ name: z.string().min(1), address, link }),
  network: z.strictObject({ pods: subnet, link, services: subnet, dns: address }),
  ports: z.strictObject({
    router: port,
    registry: port,
    git: port,
    api: port,
    kubelet: port,
    etcd: port,
    etcdPeer: port,
    kubeletHealth: port,
    controllerManager: port,
    scheduler: port,
    proxyHealth: port,
    proxyMetrics: port,
    policyHealth: port,
  }),
  needs: z.strictObject({ diskFirst: z.number(), diskLater: z.number(), memory: z.number() }),
  databases: z.record(name, z.array(name)),
  traffic: z.strictObject({ perSecond: z.number().positive().max(1000), hosts: z.array(z.string().min(1)) }),
});

/** Addresses, subnets, ports and needs of the local platform; ports are TCP, needs are GiB. */
export type Settings = z.infer<typeof schema>;

/** The file that the settings come from, relative to the repository. */
export const settingsFile = 'infrastructure/local/platform.yaml';

/** Reads the settings of the repository at `root`; a UserError names the file and every wrong key. */
export async function readSettings(root: string): Promise<Settings> {
  const file = join(root, settingsFile);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UserError(`cannot read ${file}`, { hint: `restore it: git checkout -- ${settingsFile}`, cause });
  });
  return parseSettings(text, file);
}

/** The settings in a YAML text; `file` is only for messages. */
export function parseSettings(text: string, file: string): Settings {
  let value: unknown;
  try {
    value = parse(text);
  } catch (cause) {
    throw new UserError(`${file} is not YAML: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`);
  throw new UserError(`${file} has wrong settings`, { hint: problems.join('\n') });
}

/** The first address of the service subnet, which Kubernetes gives its own API. */
export function apiServiceAddress(settings: Settings): string {
  return settings.network.services.replace(/\.\d+\/\d+$/, '.1');
}
