export { ListenError } from './errors.ts'
export { type Listeners, openListeners } from './open.ts'
