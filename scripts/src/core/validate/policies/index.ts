import type { Policy } from '../policy.ts';
import { analysisGuards } from './analysis-guards.ts';
import { appProject } from './app-project.ts';
import { applicationSet } from './application-set.ts';
import { application } from './application.ts';
import { capabilities } from './capabilities.ts';
import { configHashed } from './config-hashed.ts';
import { emptyDir } from './empty-dir.ts';
import { externalSecret } from './external-secret.ts';
import { gracePeriod } from './grace-period.ts';
import { hostAccess } from './host-access.ts';
import { hostSet } from './host-set.ts';
import { hpaBounds } from './hpa-bounds.ts';
import { hpaTarget } from './hpa-target.ts';
import { hpaVpa } from './hpa-vpa.ts';
import { imagePinned } from './image-pinned.ts';
import { imageRegistry } from './image-registry.ts';
import { ingress } from './ingress.ts';
import { jobs } from './jobs.ts';
import { labels } from './labels.ts';
import { namespaceSecurity } from './namespace-security.ts';
import { networkDns } from './network-dns.ts';
import { networkPolicy } from './network-policy.ts';
import { nonRoot } from './non-root.ts';
import { pdbAllows } from './pdb-allows.ts';
import { pdbPresent } from './pdb-present.ts';
import { pdbSelector } from './pdb-selector.ts';
import { plainSecret } from './plain-secret.ts';
import { privileges } from './privileges.ts';
import { probeTiming } from './probe-timing.ts';
import { probesDiffer } from './probes-differ.ts';
import { probes } from './probes.ts';
import { projectPermits } from './project-permits.ts';
import { quotaFits } from './quota-fits.ts';
import { quotaLimitRange } from './quota-limit-range.ts';
import { rbac } from './rbac.ts';
import { readOnlyRoot } from './read-only-root.ts';
import { references } from './references.ts';
import { replicas } from './replicas.ts';
import { resources } from './resources.ts';
import { rolloutHistory } from './rollout-history.ts';
import { rolloutReferences } from './rollout-references.ts';
import { routeServices } from './route-services.ts';
import { seccomp } from './seccomp.ts';
import { serviceAccount } from './service-account.ts';
import { servicePorts } from './service-ports.ts';
import { serviceSelects } from './service-selects.ts';
import { spread } from './spread.ts';
import { staleApi } from './stale-api.ts';
import { statefulSet } from './stateful-set.ts';
import { surge } from './surge.ts';
import { volumeClaim } from './volume-claim.ts';
import { workloadSelector } from './workload-selector.ts';

/** Every rule. Adding one means adding its file and a line here. */
export const policies: readonly Policy[] = [
  analysisGuards,
  appProject,
  applicationSet,
  application,
  capabilities,
  configHashed,
  emptyDir,
  externalSecret,
  gracePeriod,
  hostAccess,
  hostSet,
  hpaBounds,
  hpaTarget,
  hpaVpa,
  imagePinned,
  imageRegistry,
  ingress,
  jobs,
  labels,
  namespaceSecurity,
  networkDns,
  networkPolicy,
  nonRoot,
  pdbAllows,
  pdbPresent,
  pdbSelector,
  plainSecret,
  privileges,
  probeTiming,
  probesDiffer,
  probes,
  projectPermits,
  quotaFits,
  quotaLimitRange,
  rbac,
  readOnlyRoot,
  references,
  replicas,
  resources,
  rolloutHistory,
  rolloutReferences,
  routeServices,
  seccomp,
  serviceAccount,
  servicePorts,
  serviceSelects,
  spread,
  staleApi,
  statefulSet,
  surge,
  volumeClaim,
  workloadSelector,
];
