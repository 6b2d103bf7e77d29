export { ListenError } from './errors.ts'
export { type GrpcListeners, openGrpcListeners } from './grpc.ts'
export { type Listeners, openListeners } from './open.ts'
