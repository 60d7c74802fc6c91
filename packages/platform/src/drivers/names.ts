export const driverNames = ['embedded', 'kind', 'context'] as const;
export type DriverName = (typeof driverNames)[number];
