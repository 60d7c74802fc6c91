import type { Identity } from '../core/identity.ts';

export interface CommitRequest {
  /** The parent, or undefined for a branch's first commit. */
  head: string | undefined;
  /** Contents by path; written over what the parent has there. */
  files: ReadonlyMap<string, string>;
  /** Paths that the parent has and the commit has no longer. */
  removed?: readonly string[] | undefined;
  message: string;
  by: Identity;
  /** Seconds since 1970. */
  at: number;
}

/** The commands of git-fast-import(1) for some commits, each followed by a question for its id. */
export function importStream(
  ref: string,
  head: string | undefined,
  requests: readonly Omit<CommitRequest, 'head'>[],
): Buffer {
  const parts: (string | Buffer)[] = [];
  for (const [index, request] of requests.entries()) {
    const who = `${clean(request.by.name)} <${clean(request.by.email)}> ${request.at} +0000`;
    parts.push(`commit ${ref}\nmark :${index + 1}\nauthor ${who}\ncommitter ${who}\n`, data(request.message));
    const parent = index === 0 ? head : `:${index}`;
    if (parent !== undefined) parts.push(`from ${parent}\n`);
    for (const path of request.removed ?? []) parts.push(`D ${quotePath(path)}\n`);
    for (const [path, text] of request.files) parts.push(`M 100644 inline ${quotePath(path)}\n`, data(text));
    parts.push(`\nget-mark :${index + 1}\n`);
  }
  // The ref was only there to import to: a null id takes it away again.
  parts.push(`reset ${ref}\nfrom ${'0'.repeat(40)}\n\n`);
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}

function data(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n')]);
}

function quotePath(path: string): string {
  return `"${path.replace(/["\\\n]/g, (each) => (each === '\n' ? '\\n' : `\\${each}`))}"`;
}

function clean(text: string): string {
  return text.replace(/[<>\n]/g, '');
}
