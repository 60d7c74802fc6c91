/** How a new version takes over; each is a component under apps/components/strategies. */
export const strategies = ['rolling', 'recreate', 'blue-green', 'canary', 'canary-slow', 'canary-header'] as const;
