export { ListenError } from './errors.ts'
export type { ListenerServices } from './listener.ts'
export { type Listeners, openListeners } from './open.ts'
