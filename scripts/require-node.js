// Plain JavaScript, so that it also runs on the old Node of a host: it says why nothing else would.
const needed = 26;
const found = Number(process.versions.node.split('.')[0]);

if (found < needed) {
  process.stderr.write(
    `error: this is Node ${process.versions.node} (${process.execPath}), the project needs ${needed} or newer.\n` +
      `The install that brings it has failed or has not run: its own message stands above, if there is one.\n` +
      `Run \`npx --yes pnpm@12.21.0 install\` in the repository and mend what it names, then try again.\n`,
  );
  process.exit(1);
}
