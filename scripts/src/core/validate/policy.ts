import type { RenderedObject } from '../diff/objects.ts';

/** Where in an object: keys, and places in lists. */
export type Path = readonly (string | number)[];

/** What a policy finds: an object, where in it, what is wrong there, and how to put it right. */
export interface Finding {
  object: RenderedObject;
  path: Path;
  message: string;
  /** Where the policy's own does not fit. */
  fix?: string;
}

/** What is judged together: an app in an environment, or what one kustomization of the platform makes. */
export interface Subject {
  /** Undefined of the platform. */
  app: string | undefined;
  environment: { name: string; production: boolean } | undefined;
  /** Where the images of releases are. */
  registry: string;
  objects: readonly RenderedObject[];
  /** Everything that the platform's kustomizations make, such as projects and quotas. */
  platform: readonly RenderedObject[];
}

/** A rule. `check` is pure; adding a rule means adding a file and a line in the list. */
export interface Policy {
  /** What waivers and fixtures are named after. */
  id: string;
  /** Which requirements it stands for. */
  requirements: readonly string[];
  /** Whether it judges apps, the platform, or both. */
  scope: 'apps' | 'platform' | 'both';
  reason: string;
  fix: string;
  check(subject: Subject): Iterable<Finding>;
}

/** `Deployment/web`, as messages and waivers name it. */
export function nameOf({ kind, name }: Pick<RenderedObject, 'kind' | 'name'>): string {
  return `${kind}/${name}`;
}
