/** Runs `make`, which makes a lease at a path. Rejects with `rate_limited`, and makes none, where there may be no more. */
export type LeaseQuota = <T>(path: string, make: () => Promise<T>) => Promise<T>

/** There may be any number. */
export const NO_QUOTA: LeaseQuota = (_path, make) => make()
