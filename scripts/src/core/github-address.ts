/** A repository on GitHub, as the address of a Git remote names it. */
export interface GitHubAddress {
  /** `github.com`, or that of a GitHub Enterprise Server; with its port, where it has one. */
  host: string;
  owner: string;
  name: string;
}

/**
 * Reads the address of a Git remote: `https://host/owner/name.git`, `ssh://git@host/owner/name.git` or
 * `git@host:owner/name.git`, of github.com or of one of the hosts that are named. Undefined for any other.
 * The forms are those of git-fetch(1); GitHub also answers ssh on ssh.github.com.
 */
export function readGitHubAddress(url: string, hosts: readonly string[]): GitHubAddress | undefined {
  const found =
    /^(?:https?|ssh|git\+ssh):\/\/(?:[^@/]*@)?(?<host>[^@/]+)\/(?<owner>[^/]+)\/(?<name>[^/]+?)(?:\.git)?\/?$/i.exec(
      url,
    ) ?? /^(?:[^@/:]+@)?(?<host>[^@/:]+):\/?(?<owner>[^/:]+)\/(?<name>[^/]+?)(?:\.git)?\/?$/.exec(url);
  const { host = '', owner = '', name = '' } = found?.groups ?? {};
  const at = hostOf(url, host);
  if (![...hosts, 'github.com'].includes(at)) return undefined;
  // As GitHub allows them, so that nothing else of an address becomes part of a path.
  if (!/^[A-Za-z0-9_-]+$/.test(owner) || !/^[\w.-]+$/.test(name) || /^\.{1,2}$/.test(name)) return undefined;
  return { host: at, owner, name };
}

/** Ssh may listen elsewhere than the site does. */
function hostOf(url: string, host: string): string {
  const named = host.toLowerCase();
  const bare = url.startsWith('http') ? named : named.replace(/:\d+$/, '');
  return bare === 'ssh.github.com' ? 'github.com' : bare;
}

/** Where its pages are. */
export function gitHubPage({ host, owner, name }: GitHubAddress): string {
  return `https://${host}/${owner}/${name}`;
}

/** Where the API of a host answers (docs.github.com, "Getting started with the REST API"). */
export function gitHubApi({ host }: Pick<GitHubAddress, 'host'>): string {
  return host === 'github.com' ? 'https://api.github.com' : `https://${host}/api/v3`;
}
