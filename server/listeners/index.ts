export { ListenError } from './errors.ts'
export { openGrpcListeners } from './grpc.ts'
export { type Listeners, openListeners } from './open.ts'
