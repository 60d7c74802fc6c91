/** What people and machines have called things to get out of a folder, into a command, or past an eye. */
export const nastyNames = [
  '../../x', '..', '.', '/etc/passwd', 'a/../b', 'a\\..\\b', '%2e%2e%2f', '~root', 'apps/web', ':(glob)*',
  '-rf', '-V', '--help', '--', '--output=pwned', 'a;touch pwned', 'a|b', 'a&b', '$(touch pwned)', '`touch pwned`', '${HOME}',
  'a\nb', '\r\nweb', 'a\0b', 'a b', ' ', '', 'web\u200B', 'w\u0435b', '\uFF57eb', 'we\u0301b', '\u202Ebew', 'WEB',
  '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'refs/heads/main', 'main@{1}', '{app}', '{registry}',
  'null', 'true', '1.10', '0123', '12345e7', 'no', 'a'.repeat(300),
]; // prettier-ignore

/** Revisions, remotes and paths that are options of Git's, programs for it to run, or other repositories. */
export const nastyRevisions = [
  '--output=pwned', '--ext-diff', '--upload-pack=touch pwned', '--receive-pack=touch pwned', '--exec=touch pwned',
  '--git-dir=/tmp', '-c', '--all', '--stdin', 'ext::sh -c "touch pwned"', 'main\n--output=pwned', ':/', '@{-1}', '*',
  ...nastyNames,
]; // prettier-ignore
