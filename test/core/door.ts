import { engine, route } from '../../engines/engine.ts'

/** An auth method that lets everybody in, on the terms that the request names. */
export const door = engine({
  type: 'door',
  kind: 'auth',
  description: 'lets everybody in',
  routes: [
    route('login', {
      summary: 'Log in',
      fields: {},
      access: 'none',
      freeForm: true,
      operations: {
        update: async ({ data }) => ({
          auth: {
            displayName: 'guest',
            policies: [],
            meta: {},
            ttlSeconds: 0,
            maxTtlSeconds: 0,
            explicitMaxTtlSeconds: 0,
            periodSeconds: 0,
            renewable: true,
            numUses: 0,
            boundCidrs: [],
            tokenType: 'default',
            ...data,
          },
        }),
      },
    }),
  ],
  roles: {
    names: async () => ['ci', 'deploy'],
    get: async (name) =>
      /^(ci|deploy)$/i.test(name) ? { name: name.toLowerCase(), policies: [], noDefaultPolicy: false } : undefined,
  },
})
