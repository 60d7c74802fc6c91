import type { Host } from '../platform.ts';
import type { PortUse } from '../preflight.ts';

/** An image on this machine that the cluster is to run. */
export interface LocalImage {
  /** OCI archive, as `buildah push <image> oci-archive:<file>` and `docker buildx build --output type=oci,dest=<file>` write it. */
  archive: string;
  /** Repository below the registry, for example `platform/argocd`. */
  name: string;
  tag: string;
}

export interface PublishedImage {
  /** What a pod's `image:` says: registry, name and tag. */
  reference: string;
  /** `sha256:<hex>` of the manifest, as the registry answered. */
  digest: string;
}

/** How far `down` goes: `data` also removes cluster, images and remote, `all` the whole state folder. */
export type Purge = 'none' | 'data' | 'all';

/** How a cluster is had. Nothing outside drivers/ asks which one is in use. */
export interface Driver {
  name: 'embedded' | 'kind' | 'context';
  /** In a few words, for the plan: `Kubernetes on this host, without Docker`. */
  summary: string;
  /** Whether the cluster runs images that are built here from the tools, or pulls upstream's. */
  localImages: boolean;
  /** Tools that `up` needs, in the order of use. */
  tools: readonly string[];
  /** Host commands (and their Debian packages) that `up` needs. */
  commands: readonly HostCommand[];
  /** Ports that `up` binds, with what they are for. */
  ports: readonly PortUse[];
  /** kubeconfig file; its context is `context`. Exists after `up`. */
  kubeconfig: string;
  /** kubeconfig context, Argo CD's cluster name and the environments' `cluster` in one. */
  context: string;
  /** Registry as build tools on this host reach it and as image references name it. */
  registry: string;
  /** Address at which pods reach processes of this host, for the Git remote. Known after `up`. */
  hostAddress(): Promise<string>;
  /** Refuses with a UserError where the machine lacks what this driver needs (root, Docker, the context). */
  check(host: Host): Promise<void>;
  /** Registry first, then a cluster with a node that can run pods. Idempotent; continues what was interrupted. */
  up(host: Host): Promise<void>;
  /** True while anything of it runs or is left on the host. */
  isPresent(host: Host): Promise<boolean>;
  /** Stops what `up` started and leaves nothing behind on the host. Idempotent. */
  down(host: Host, options: { purge: Purge }): Promise<void>;
  /** Makes an image available to the cluster. */
  publishImage(host: Host, image: LocalImage): Promise<PublishedImage>;
}

/** A command of the host, the Debian package that has it, and what it is for. */
export interface HostCommand {
  command: string;
  package: string;
  why: string;
}
