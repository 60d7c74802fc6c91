import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../files.ts';
import type { RemoteLayout } from './layout.ts';

/**
 * Writes the hooks of the remote. They are short shell scripts that run the tool installed in the state folder, never a
 * pusher's own copy: `update` lets main through without starting Node.js (Git itself refuses what is no fast-forward)
 * and sees to it that it is delivered, has `check` decide on deploy branches and records, and refuses every other ref; `post-receive` streams the pipeline.
 */
export async function writeHooks(layout: RemoteLayout, bin: string): Promise<void> {
  await writeHook(layout, 'update', updateHook(layout, bin));
  await writeHook(layout, 'post-receive', postReceiveHook(layout));
}

async function writeHook(layout: RemoteLayout, name: string, text: string): Promise<void> {
  const file = join(layout.repository, 'hooks', name);
  await writeAtomically(file, text, 0o755);
  // The umask may have taken the permission to run it.
  await chmod(file, 0o755);
}

/** Git hands a hook the name of the ref, its old and its new object. */
function updateHook(layout: RemoteLayout, bin: string): string {
  return `#!/bin/sh
# Written by \`pnpm start\`, which overwrites it. Decides which refs may be pushed.
set -eu
ref=$1 old=$2 new=$3
tool=${quote(layout.current)}
# An interrupt may end a push after main has moved and before post-receive: then this starts the pipeline.
deliver_anyway() {
  # Git waits for the hook as long as somebody has its streams.
  exec </dev/null >/dev/null 2>&1
  trap '' INT HUP
  while kill -0 "$PPID"; do sleep 0.2; done
  if [ "$(git --git-dir ${quote(layout.repository)} rev-parse refs/heads/main)" != "$new" ]; then exit 0; fi
  if grep -qsF "$new" ${quote(layout.runs)}/*.json; then exit 0; fi
  ${startPipeline(layout, '"$new"')} --no-stream
}
case $ref in
refs/heads/main)
  ${unsetGit}
  deliver_anyway &
  ;;
refs/heads/deploy/* | refs/heads/delivery-records)
  if [ ! -x "$tool/node_modules/.bin/node" ]; then
    printf 'error: %s cannot be checked, because this remote has no tool yet\\n  run: pnpm start\\n' "$ref" >&2
    exit 1
  fi
  ${unsetGit}
  PATH=${quote(bin)}:$PATH SLUICE_STATE=${quote(layout.state)} NODE_COMPILE_CACHE=$tool/.compile-cache
  export PATH SLUICE_STATE NODE_COMPILE_CACHE
  exec "$tool/node_modules/.bin/node" "$tool/scripts/bin.js" check \\
    --repository ${quote(layout.repository)} --ref "$ref" --old "$old" --new "$new"
  ;;
*)
  printf 'error: this remote takes the branch main, not %s\\n' "$ref" >&2
  printf '  push main with: git push local main\\n  push what is checked out as main with: git push local HEAD:main\\n' >&2
  exit 1
  ;;
esac
`;
}

/** An interrupt of the push also ends the Node.js of the stream; the shell stays to start the pipeline if that had not happened yet. */
function postReceiveHook(layout: RemoteLayout): string {
  return `#!/bin/sh
# Written by \`pnpm start\`, which overwrites it. Streams the delivery of what was pushed to main.
set -eu
trap '' INT HUP
commit=
while read -r _ new ref; do
  if [ "$ref" = refs/heads/main ]; then commit=$new; fi
done
if [ -z "$commit" ]; then exit 0; fi
tool=${quote(layout.current)}
if [ ! -x "$tool/node_modules/.bin/node" ]; then
  printf 'sluice: main is accepted, but nothing can deliver it yet; run: pnpm start\\n' >&2
  exit 0
fi
${unsetGit}
pipeline() {
  ${startPipeline(layout, '"$commit"')} "$@"
}
status=0
pipeline || status=$?
if [ "$status" -gt 128 ]; then pipeline --no-stream; fi
`;
}

/** What starts the pipeline and streams it, in the words of the shell. */
function startPipeline(layout: RemoteLayout, commit: string): string {
  const script = '"$tool/packages/platform/src/remote/post-receive.ts"';
  const node = 'NODE_COMPILE_CACHE=$tool/.compile-cache "$tool/node_modules/.bin/node"';
  return `${node} ${script} --repository ${quote(layout.repository)} --commit ${commit}`;
}

const unsetGit =
  'unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_QUARANTINE_PATH GIT_PREFIX';

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
