import { Gauge, type Registry } from 'prom-client'
import type { Figure, MountFigure } from '../../engines/figure.ts'

const HELP: Readonly<Record<Figure['name'], string>> = {
  pki_stored_certificates: 'Certificates that a mount keeps, as of when they were last counted.',
  pki_revoked_certificates: 'Those of them that are on a list of revoked certificates.',
}

/** `read`: asked each time that metrics are read; a mount that is gone is in them no more. */
export function addMountFigures(registry: Registry, read: () => Promise<readonly MountFigure[]>): void {
  for (const [figure, help] of Object.entries(HELP)) {
    new Gauge({
      name: `egide_${figure}`,
      help,
      labelNames: ['mount'],
      registers: [registry],
      async collect() {
        const found = await read()
        this.reset()
        for (const { name, mount, value } of found) if (name === figure) this.set({ mount }, value)
      },
    })
  }
}
