import type { ServiceConfig } from './settings.ts';

/** Who answers: the service, the version and source revision of its image, the pod and its namespace. */
export interface Identity {
  service: string;
  version: string;
  revision: string;
  pod: string;
  namespace: string | undefined;
}

/** The version a pod is labelled with wins over the one its image was built with. */
export function identityOf(config: ServiceConfig): Identity {
  return {
    service: config.service,
    version: config.VERSION ?? config.BUILD_VERSION,
    revision: config.BUILD_REVISION,
    pod: config.POD_NAME,
    namespace: config.POD_NAMESPACE,
  };
}
