import { adminPasswordFile } from './bootstrap/index.ts';
import type { Platform } from './platform.ts';

/** What a person needs after a start: where things are, the password's whereabouts, what to try next. */
export function summaryLines(platform: Platform): string[] {
  const { settings, paths } = platform;
  const url = (host: string): string =>
    `http://${host}.localhost${settings.ports.router === 80 ? '' : `:${settings.ports.router}`}`;
  return [
    '',
    `shop        ${url('storefront')} (prod)`,
    `            ${url('storefront.staging')}`,
    `            ${url('storefront.dev')}`,
    `Argo CD     ${url('argocd')}, user admin, password in ${adminPasswordFile(paths)}`,
    `Prometheus  ${url('prometheus')}`,
    `Kubernetes  export KUBECONFIG=${platform.driver.kubeconfig}`,
    '',
    'Try next:',
    '  git commit -am "A change" && git push local main',
    '  pnpm run promote storefront --to staging',
    '  pnpm run status',
  ];
}
