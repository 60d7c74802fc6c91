import type { Actor, State } from './state.ts';

/** What GitHub shows of things, as far as the server knows; `complete` adds the rest. */

export function web({ owner, name }: State): string {
  return `https://github.com/${owner}/${name}`;
}

/** Instants have no fraction of a second. */
export function time(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

export function userObject({ login, id, type }: Actor): object {
  return { login, id, type, html_url: `https://github.com/${login.replace(/^(.*)\[bot\]$/, 'apps/$1')}` };
}

export function repositoryObject(state: State): object {
  return {
    id: 1,
    name: state.name,
    full_name: `${state.owner}/${state.name}`,
    private: true,
    owner: userObject({ login: state.owner, id: 1, type: 'User' }),
    html_url: web(state),
    clone_url: `${web(state)}.git`,
    default_branch: 'main',
  };
}
