import { attempt, run } from '../../run.ts';
import type { Settings } from '../../settings.ts';

interface Link {
  ifname: string;
  master?: string;
  ifalias?: string;
}

/** The state folder whose platform has its link on this host; running or left over. */
export async function linkOwner(settings: Settings): Promise<string | undefined> {
  const link = (await listLinks()).find((one) => one.ifname === settings.node.link);
  return link === undefined ? undefined : (link.ifalias ?? 'unknown');
}

/** A bridge without ports that carries the node address; its alias names the state folder that it belongs to. */
export async function ensureNodeLink(settings: Settings, state: string): Promise<void> {
  const { link, address } = settings.node;
  if ((await linkOwner(settings)) === undefined) await run('ip', ['link', 'add', 'name', link, 'type', 'bridge']);
  await run('ip', ['link', 'set', 'dev', link, 'alias', state]);
  await run('ip', ['address', 'replace', `${address}/32`, 'dev', link]);
  await run('ip', ['link', 'set', 'dev', link, 'up']);
}

/** Removes the platform's links: what hangs on the pods' bridge, the bridge, the node's link. */
export async function removeLinks(settings: Settings): Promise<void> {
  const links = await listLinks();
  const ours = [
    ...links.filter((one) => one.master === settings.network.link).map((one) => one.ifname),
    ...[settings.network.link, settings.node.link].filter((name) => links.some((one) => one.ifname === name)),
  ];
  for (const name of ours) {
    const { code, stderr } = await attempt('ip', ['link', 'delete', 'dev', name]);
    // The other end of a pair goes with the first.
    if (code !== 0 && !stderr.includes('Cannot find device')) throw new Error(`ip link delete ${name}: ${stderr}`);
  }
}

async function listLinks(): Promise<Link[]> {
  const text = await run('ip', ['-j', 'link', 'show']);
  return text.trim() === '' ? [] : (JSON.parse(text) as Link[]);
}
