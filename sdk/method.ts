/** The methods that the API is called by. */
export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Names may repeat; their order is kept. */
export type Query = readonly (readonly [name: string, value: string])[]
