import type { CommitRequest } from '../git-import.ts';
import type { Written } from '../writer.ts';
import type { Client } from './client.ts';

const mutation = `mutation ($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}`;

/**
 * Makes one commit on the head that it names, all files in it; GitHub signs it as whoever the token belongs to.
 * docs.github.com, "createCommitOnBranch": STALE_DATA says that the branch is elsewhere.
 */
export async function commitOnBranch(
  client: Client,
  branch: string,
  request: CommitRequest & { head: string },
): Promise<Written> {
  const { head, files, removed = [], message } = request;
  const { headline, body } = splitMessage(message);
  const input = {
    branch: { repositoryNameWithOwner: `${client.address.owner}/${client.address.name}`, branchName: branch },
    expectedHeadOid: head,
    message: { headline, body },
    fileChanges: {
      additions: [...files].map(([path, text]) => ({ path, contents: Buffer.from(text).toString('base64') })),
      deletions: removed.map((path) => ({ path })),
    },
  };
  return client.ask<Written>(
    { what: `write to ${branch}`, needs: 'contents: write' },
    async (octokit) => {
      const made = await octokit.graphql<{ createCommitOnBranch: { commit: { oid: string } } }>(mutation, { input });
      return { state: 'landed', commit: made.createCommitOnBranch.commit.oid };
    },
    ({ status, types, messages }) => {
      if (types.includes('STALE_DATA')) return { state: 'moved' };
      const known = types.some((type) => /^(FORBIDDEN|NOT_FOUND|RATE_LIMITED)$/.test(type));
      return status === 200 && !known ? { state: 'refused', reason: messages.join('; ') } : undefined;
    },
  );
}

/** A message as GitHub takes it: its first line, and what follows the blank line after it. */
function splitMessage(message: string): { headline: string; body: string } {
  const [headline = '', ...rest] = message.trimEnd().split('\n');
  return { headline, body: rest.join('\n').trim() };
}
