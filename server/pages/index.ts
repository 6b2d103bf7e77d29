export type { PageStatus } from './landing.ts'
export { createPages, type PageServices } from './pages.ts'
