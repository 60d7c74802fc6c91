import type { Progress } from '@sluice/scripts/ui';
import type { Driver } from '../drivers/driver.ts';
import type { Paths } from '../state.ts';

/** What the Git remote needs to know of the platform. */
export interface RemoteHost {
  /** The user's checkout. */
  root: string;
  env: NodeJS.ProcessEnv;
  paths: Pick<Paths, 'remote' | 'bin'>;
  driver: Pick<Driver, 'kubeconfig' | 'registry' | 'localImages'>;
  progress: Pick<Progress, 'note'>;
  /** Ends what is streamed, never the pipeline. */
  signal?: AbortSignal;
}
